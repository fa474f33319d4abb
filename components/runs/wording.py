"""Moments, spans and places in plain words."""

from datetime import UTC, datetime

_UNITS_S = (("day", 86_400), ("hour", 3600), ("minute", 60))


def moment(at: float) -> str:
    """Seconds since the epoch as the time of day: "14:05:10 UTC"."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S UTC")


def span(seconds: float) -> str:
    """A span in its largest unit: "2 hours", "1 minute"."""
    for name, unit_s in _UNITS_S:
        count = int(seconds // unit_s)
        if count:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "less than a minute"


def ordinal(number: int) -> str:
    """A place in a row: "1st", "22nd", "113th"."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
