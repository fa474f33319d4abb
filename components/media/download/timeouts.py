"""Timeouts of downloads: a try ends when nothing comes any more, not after a total.

A try that is ended leaves what arrived, and the next one goes on from there.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import httpcore

_CONNECT_S = 10.0


@dataclass(frozen=True)
class DownloadTimeouts:
    """Limits of one try, in seconds of `clock`, which must not go backwards.

    `stall_s` is the longest wait for a byte; until the body begins there are `head_s`, and then
    `least_bytes` must come within every `window_s`, so that drops of data cannot hold a worker.
    `turn_s` ends a try that can be resumed, so that a slow server does not keep others waiting;
    one that cannot be resumed has `whole_s`. `total_s` bounds everything, for someone who waits.
    """

    stall_s: float = 30.0
    head_s: float = 60.0
    window_s: float = 60.0
    least_bytes: int = 65_536
    turn_s: float = 60.0
    whole_s: float = 2 * 3600.0
    total_s: float = inf
    clock: Callable[[], float] = time.monotonic

    def timeouts_s(self) -> dict[str, float]:
        """The longest single waits, as httpcore takes them."""
        waits = {"connect": _CONNECT_S, "pool": _CONNECT_S}
        return {**waits, "read": self.stall_s, "write": self.stall_s}


class Deadline:
    """The moment after which every wait of a try is over; what arrives moves it on."""

    def __init__(self, patience: DownloadTimeouts) -> None:
        self.patience = patience
        self._begun_s = patience.clock()
        self._since_moved_bytes = 0
        self._end_s = self._begun_s + min(patience.head_s, patience.total_s)

    def bound(self, timeout_s: float | None) -> float:
        """Return the shorter of this wait and what is left. Raises `ReadTimeout` at the end."""
        left_s = self._end_s - self.patience.clock()
        if left_s <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return left_s if timeout_s is None else min(timeout_s, left_s)

    def asked(self) -> None:
        """A request goes out: its answer has `head_s` to begin."""
        self._move(self.patience.head_s)

    def arrived(self, size_bytes: int) -> None:
        """Bytes of the body came; enough of them give the next ones another `window_s`."""
        self._since_moved_bytes += size_bytes
        if self._since_moved_bytes >= self.patience.least_bytes:
            self._move(self.patience.window_s)

    def is_turn_over(self, *, can_resume: bool) -> bool:
        """Tell whether the try has had its time."""
        turn_s = self.patience.turn_s if can_resume else self.patience.whole_s
        return self.patience.clock() - self._begun_s >= turn_s

    def _move(self, span_s: float) -> None:
        last_s = self._begun_s + self.patience.total_s
        self._end_s = min(last_s, self.patience.clock() + span_s)
        self._since_moved_bytes = 0
