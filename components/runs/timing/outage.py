"""How long an outage lasts in which nothing could be sent: plain values, the clock by argument."""

from dataclasses import dataclass

GLANCE_MAX_S = 360.0
"""Looked at every few seconds, or when its pause is over; what is longer is a leap of the clock."""


@dataclass(frozen=True)
class Outage:
    """How long an outage lasted so far, in seconds, and when it was last looked at."""

    lasted_s: float = 0.0
    seen_at: float | None = None

    def seen(self, now: float, *, is_out: bool) -> "Outage":
        """The outage as it is now; none once something could be sent."""
        if not is_out:
            return Outage()
        since_s = 0.0 if self.seen_at is None else now - self.seen_at
        return Outage(self.lasted_s + max(0.0, min(since_s, GLANCE_MAX_S)), now)
