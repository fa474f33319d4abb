"""When to look next. The looks that wait least for their number lie c / sqrt(h(t)) apart, where
h(t) is the hazard with which a run ends: far while that is unlikely, near where it is likely.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from math import inf, sqrt
from statistics import fmean

from components.runs.timing.durations import Durations

MIN_GAP_S, LONGEST_GAP_S, STRETCH = 1.0, 180.0, (0.95, 1.05)
"""Each gap is stretched or shortened a little by chance, so that runs sent together part."""
OVERDUE_S, PLANNED_MEDIANS, STEPS = 600.0, 4.0, 500
"""Where a plan ends: a run twice as long as was thought, and slow at that, is still within it."""


@dataclass(frozen=True)
class Budget:
    """The mean delay to aim at, 2 s less what a belief has wrong; the longest gap after a look."""

    mean_delay_s: float = 1.8
    most_share: float = 0.05
    max_gap_s: float = 15.0


DEFAULT_BUDGET = Budget()


@dataclass(frozen=True)
class Plan:
    """When to look, in seconds since sending, from 0 on. An overdue run is never called failed."""

    looks_s: tuple[float, ...]
    overdue_s: float

    def pause_s(self, elapsed_s: float, stretch: float = 1.0) -> float:
        """Seconds to the next look: `stretch` gaps of the plan; then 30 s or a 60th of the age."""
        elapsed_s, numbers = max(0.0, elapsed_s), range(len(self.looks_s))
        place = _read(self.looks_s, numbers, elapsed_s) + stretch
        pause_s = _read(numbers, self.looks_s, place) - elapsed_s
        if place >= numbers[-1]:
            pause_s = max(pause_s, min(30.0, elapsed_s / 60) * stretch)
        return max(MIN_GAP_S, min(pause_s, LONGEST_GAP_S))

    def rendered_s(self, going_s: float | None, seen_s: float) -> float | None:
        """About when a run ended that went on at `going_s`; None if it was seen done too late."""
        if going_s is None or seen_s - going_s > self.pause_s(going_s) + max(10.0, 0.15 * seen_s):
            return None
        return seen_s - min(seen_s - going_s, DEFAULT_BUDGET.max_gap_s) / 2


def _read(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    at = bisect_right(xs, x, 1, len(xs) - 1)
    return ys[at - 1] + (ys[at] - ys[at - 1]) * (x - xs[at - 1]) / (xs[at] - xs[at - 1])


def plan(durations: Durations, budget: Budget = DEFAULT_BUDGET, first_gap_s: float = inf) -> Plan:
    """Plan the looks at a run by steps of time, in each of which as many are believed to end.

    Only the first gap may be longer than the budget's, but not than `first_gap_s`; none is than the
    mean of those before. So a fixed poll that waits as long for the end looks at least as often.
    """
    median_s, end_s = durations.median_s, PLANNED_MEDIANS * durations.median_s
    quantiles_s = (durations.quantile_s(number / STEPS) for number in range(1, STEPS))
    edges_s = [0.0, *takewhile(end_s.__gt__, quantiles_s), end_s]
    steps = list(pairwise(edges_s[1:]))
    roots = [sqrt((to_s - at_s) * (len(steps) - n - 0.5)) for n, (at_s, to_s) in enumerate(steps)]
    scale = fmean(roots) / 2 / min(budget.mean_delay_s, budget.most_share * median_s)
    counts = [0.0, edges_s[1] / first_gap_s]
    for (at_s, to_s), root in zip(steps, roots, strict=True):
        rate = max(scale / root, 1 / first_gap_s)
        if counts[-1] + rate * (to_s - at_s) >= 1:
            rate = max(rate, counts[-1] / at_s, 1 / budget.max_gap_s)
        counts.append(counts[-1] + (to_s - at_s) * min(rate, 1 / MIN_GAP_S))
    looks = [_read(counts, edges_s, number) for number in range(1, int(counts[-1]) + 1)]
    return Plan((0.0, *(looks or [max(MIN_GAP_S, median_s)])), max(OVERDUE_S, end_s))
