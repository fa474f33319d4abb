"""Moments, spans, places and amounts in plain words."""

from datetime import UTC, datetime
from decimal import Decimal

from components.runs.retry import RULES, FailureKind

NOT_SHOWN_AS_CHARGED = "Not charged as far as its log and its ledger tell."
"""Of a lost request; it is true until the ledger shows a charge after all."""
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


def at_most(trouble: FailureKind) -> str:
    """How long a trouble is borne: "for 6 hours at most"."""
    return f"for {span(RULES[trouble].within_s)} at most"


def ordinal(number: int) -> str:
    """A place in a row: "1st", "22nd", "113th"."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


LOOKED_FOR = (
    "It may have been accepted and charged. It is looked for at the provider, "
    f"{at_most(FailureKind.NOT_IN_LOG)}, or {at_most(FailureKind.LOG_UNREADABLE)} while its log "
    "cannot be read; it is never sent again by itself. There is nothing to do."
)
"""What is true of every run whose answer was lost."""


NO_WORKER = (
    "No worker runs, so runs wait to be sent; they cost nothing meanwhile, and cancelling is free. "
    "Start one: python app.py worker"
)
"""What is true while the engine is elsewhere, and nobody is there."""


def money(usd: Decimal | float) -> str:
    """An amount as people write it: two decimals, up to six where they matter."""
    exact = f"{usd:.6f}".rstrip("0")
    decimals = max(2, len(exact.partition(".")[2]))
    return f"${usd:.{decimals}f}"
