"""A breaker: after some failures in a row nothing is tried for a while, then one call alone.

Pure values, the clock by argument. Closed, every call may be made. Open, none may until a moment;
from then on one call at a time is let through as a probe, whose answer closes the breaker and whose
failure opens it for longer.
"""

from dataclasses import dataclass, replace

from components.runs.retry import RETRY_AFTER_MAX_S, full_jitter_s, honoured_s

FAILURES_IN_A_ROW = 5
BASE_S = 4.0
LONGEST_S = 60.0
PAUSE_MAX_S = LONGEST_S + RETRY_AFTER_MAX_S
PROBE_S = 30.0
"""A probe that has not come back for this long no longer keeps the next one from trying."""
BEHIND_PROBE_S = 2.0
"""How soon to ask again while a probe is under way."""


@dataclass(frozen=True)
class Breaker:
    """One breaker's state; times are seconds of whatever clock the caller uses."""

    failures: int = 0
    openings: int = 0
    open_until: float | None = None
    probe_until: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls are held back, but for a probe."""
        return self.open_until is not None

    def wait_s(self, now: float) -> float:
        """Seconds until a call may be made, 0 for now; behind a probe, until asking again."""
        if self.open_until is None:
            return 0.0
        if self._holds(now):
            return self.open_until - now
        if self.probe_until is not None and now < self.probe_until <= now + PROBE_S:
            return min(BEHIND_PROBE_S, self.probe_until - now)
        return 0.0

    def _holds(self, now: float) -> bool:
        """Whether the pause goes on; one that ends later than any can, a clock was set back in."""
        return self.open_until is not None and now < self.open_until <= now + PAUSE_MAX_S

    def began(self, now: float) -> "Breaker":
        """A call was begun; on an open breaker it is the probe."""
        return replace(self, probe_until=now + PROBE_S) if self.is_open else self

    def answered(self) -> "Breaker":
        """A call was answered: all is well."""
        return Breaker()

    def failed(
        self, now: float, chance: float, *, asked_s: float | None = None, at_once: bool = False
    ) -> "Breaker":
        """A call failed; `at_once` opens without waiting for more, for `asked_s` at least.

        `chance` is a random number from 0 to 1.
        """
        if self.open_until is not None and self._holds(now):
            # A call begun before it opened: it tells nothing new but a longer pause.
            return replace(self, open_until=max(self.open_until, now + honoured_s(asked_s)))
        failures = self.failures + 1
        if not (self.is_open or at_once or failures >= FAILURES_IN_A_ROW):
            return replace(self, failures=failures)
        pause_s = full_jitter_s(BASE_S, LONGEST_S, self.openings + 1, chance) + honoured_s(asked_s)
        return Breaker(failures, self.openings + 1, now + pause_s)
