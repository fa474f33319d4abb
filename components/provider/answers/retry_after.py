"""The pause a provider asks for: the header `Retry-After`, which any answer may carry."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite


def retry_after_s(text: str | None) -> float | None:
    """Seconds, from either form of the header (a number or a date); None if it is neither."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        return max(0.0, seconds) if isfinite(seconds) else None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # A date whose zone is "-0000" or left out is read as UTC, the only one HTTP knows.
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
