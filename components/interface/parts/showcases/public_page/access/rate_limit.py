"""How fast somebody may write: a bucket of tokens each, which fills again as time passes."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

REMEMBERED = 10_000
"""Buckets kept; those that were used longest ago are forgotten, and are full then."""
MINUTE_S = 60.0


@dataclass(frozen=True)
class RateLimit:
    """At most `burst` at once, and `per_minute` in the long run; safe from any thread."""

    per_minute: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait_s(self, key: str) -> float:
        """Take a token for `key`; returns 0, or the seconds until there is one, taking none."""
        with self._lock:
            now = self.clock()
            tokens, at = self._buckets.pop(key, (float(self.burst), now))
            tokens = min(self.burst, tokens + (now - at) * self.per_minute / MINUTE_S)
            is_free = tokens >= 1
            self._buckets[key] = (tokens - 1 if is_free else tokens, now)
            while len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return 0.0 if is_free else (1 - tokens) * MINUTE_S / self.per_minute
