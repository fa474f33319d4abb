"""When to look next: pure functions of what is known about durations and failures."""

import random
from collections.abc import Sequence
from statistics import median

FIRST_LOOK_SHARE = 0.6
DENSE_GAP_SHARE = 0.05
MIN_GAP_S = 1.0
MAX_GAP_S = 15.0
LATE_GAP_S = 60.0
RETRY_BASE_S = 2.0
RETRY_MAX_S = 60.0
RETRY_AFTER_MAX_S = 300.0
"""A longer pause asked for by the provider is cut to this, so that no header can park a run."""
ENOUGH_RUNS = 3


def expected_s(past_s: Sequence[float], provider_p50_s: float | None, guess_s: float) -> float:
    """Seconds a generation likely takes: by past runs, else the provider's figure, else a guess."""
    if len(past_s) >= ENOUGH_RUNS:
        return median(past_s)
    return provider_p50_s or guess_s


def overdue_s(expectation_s: float) -> float:
    """Seconds after which a run is called "still rendering at the provider"."""
    return max(600.0, 4 * expectation_s)


def next_look_s(elapsed_s: float, expectation_s: float) -> float:
    """Seconds until the next look: seldom at first, densely around the expected end."""
    first = FIRST_LOOK_SHARE * expectation_s
    if elapsed_s < first:
        return max(MIN_GAP_S, min(first - elapsed_s, MAX_GAP_S))
    if elapsed_s > overdue_s(expectation_s):
        return LATE_GAP_S
    return min(MAX_GAP_S, max(MIN_GAP_S, DENSE_GAP_SHARE * max(expectation_s, elapsed_s)))


def retry_s(attempts: int, retry_after_s: float | None, chance: random.Random) -> float:
    """Seconds until the next try: exponential with full jitter, never before a `Retry-After`."""
    ceiling = min(RETRY_MAX_S, RETRY_BASE_S * 2 ** min(attempts, 10))
    pause = chance.uniform(RETRY_BASE_S / 2, ceiling)
    return max(pause, min(retry_after_s or 0.0, RETRY_AFTER_MAX_S))
