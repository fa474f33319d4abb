"""How query parameters of the account routes are read; each raises `ApiError` 400."""

import re
from datetime import UTC, datetime, timedelta

from starlette.datastructures import QueryParams

from components.sandbox.http.responses import ApiError

MAX_WINDOW = timedelta(days=92)


def wrong(name: str, expected: str) -> ApiError:
    """Return the error for a parameter that is not what was expected."""
    return ApiError(400, f"Query validation error: {name}: Expected {expected}")


def whole_number(
    query: QueryParams, name: str, *, default: int, low: int, high: int = 2**31
) -> int:
    """Return a whole number from `low` to `high`."""
    value = query.get(name, str(default))
    if not re.fullmatch(r"\d{1,10}", value, re.ASCII) or not low <= int(value) <= high:
        raise wrong(name, f"whole number from {low} to {high}")
    return int(value)


def choice(query: QueryParams, name: str, choices: tuple[str, ...]) -> str | None:
    """Return one of `choices`, or None when the parameter is absent."""
    value = query.get(name)
    if value is not None and value not in choices:
        raise wrong(name, " | ".join(choices))
    return value


def moment(query: QueryParams, name: str, *, needs_offset: bool) -> datetime | None:
    """Return an ISO-8601 moment; without an offset it is UTC, or an error if one is needed."""
    value = query.get(name)
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError as error:
        raise wrong(name, "ISO-8601 moment") from error
    if parsed.tzinfo is None:
        if needs_offset:
            raise wrong(name, "ISO-8601 moment with an offset")
        return parsed.replace(tzinfo=UTC)
    return parsed


def window(query: QueryParams, now: datetime) -> tuple[datetime, datetime]:
    """Return the window of `period`, or of `start` and `end`; without either, the longest."""
    period = query.get("period")
    start = moment(query, "start", needs_offset=False)
    end = moment(query, "end", needs_offset=False)
    if period is not None:
        if start or end:
            raise wrong("period", "either period or start and end")
        return now - _length(period), now
    if (start is None) != (end is None):
        raise wrong("start, end", "both or neither")
    if start is None or end is None:
        return now - MAX_WINDOW, now
    if end < start or end - start > MAX_WINDOW:
        raise wrong("end", "moment at most 92 days after start")
    return start, end


def _length(period: str) -> timedelta:
    match = re.fullmatch(r"([1-9]\d{0,5})([hd])", period, re.ASCII)
    if match is None:
        raise wrong("period", "positive whole number followed by h or d")
    hours = int(match.group(1)) * (24 if match.group(2) == "d" else 1)
    return min(timedelta(hours=hours), MAX_WINDOW)
