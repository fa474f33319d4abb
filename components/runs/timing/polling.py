"""When to poll next: pure functions of what is believed about durations.

A look that comes late costs waiting, one that comes before the end costs a request. If a run that
still goes on ends with the hazard h(t), the looks that wait least for their number lie
c / sqrt(h(t)) apart: far while an end is unlikely, near where it is likely.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy

from components.runs.timing.durations import Durations

MIN_GAP_S, LONGEST_GAP_S = 1.0, 180.0
STRETCH = (0.95, 1.05)
"""Each gap is a little shorter or longer by chance, so that runs sent together part."""
TAIL_GAP_S, TAIL_GAP_SHARE = 30.0, 1 / 60
"""After its plan a run is looked at again when it is a sixtieth older, or half a minute."""
OVERDUE_S, PLANNED_MEDIANS = 600.0, 4.0
"""Where a plan ends: a run twice as long as was thought, and slow at that, is still within it."""
LATE_LOOK_S, LATE_LOOK_SHARE = 10.0, 0.15
"""A look later than planned by this, or by this share, does not tell when a run ended."""
STUCK_SHARE = 0.01
"""Runs that follow no distribution; without them an old run would seem about to end."""
STEPS = 128


@dataclass(frozen=True)
class Budget:
    """What looking may cost: the mean delay to aim at, at most this share of a short run, and the
    longest gap once looks began. By default 2 s less a tenth, for what a belief has wrong.
    """

    mean_delay_s: float = 1.8
    most_share: float = 0.05
    max_gap_s: float = 15.0


DEFAULT_BUDGET = Budget()


@dataclass(frozen=True)
class Plan:
    """When to look, in seconds since sending, beginning with 0; and when a run is overdue.

    An overdue run is "still rendering at the provider", never failed.
    """

    looks_s: tuple[float, ...]
    overdue_s: float

    def pause_s(self, elapsed_s: float, stretch: float = 1.0) -> float:
        """Seconds until the next look: `stretch` gaps of the plan, wherever the last look fell."""
        elapsed_s, numbers = max(0.0, elapsed_s), range(len(self.looks_s))
        place = _read(self.looks_s, numbers, elapsed_s) + stretch
        pause_s = _read(numbers, self.looks_s, place) - elapsed_s
        if place >= numbers[-1]:
            last_gap_s = self.looks_s[-1] - self.looks_s[-2]
            pause_s = max(last_gap_s, min(TAIL_GAP_S, elapsed_s * TAIL_GAP_SHARE)) * stretch
        return max(MIN_GAP_S, min(pause_s, LONGEST_GAP_S))

    def rendered_s(self, going_s: float | None, seen_s: float) -> float | None:
        """About when a run ended that still went on at `going_s` and was seen done at `seen_s`.

        None where the look was so late that this cannot be told.
        """
        late_s = max(LATE_LOOK_S, LATE_LOOK_SHARE * seen_s)
        if going_s is None or seen_s - going_s > self.pause_s(going_s) + late_s:
            return None
        return seen_s - min(seen_s - going_s, DEFAULT_BUDGET.max_gap_s) / 2


def _read(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """Where the line through these points is at `x`; after the last it goes on as it went."""
    at = bisect_right(xs, x, 1, len(xs) - 1)
    return ys[at - 1] + (ys[at] - ys[at - 1]) * (x - xs[at - 1]) / (xs[at] - xs[at - 1])


def plan(durations: Durations, budget: Budget = DEFAULT_BUDGET, first_gap_s: float = inf) -> Plan:
    """Plan the looks at a run that is believed to last as `durations` say.

    The first look may be later than the budget's longest gap, but not than `first_gap_s`. No gap
    is longer than the mean of those before it: so, whenever a run ends, a fixed poll that waits as
    long for its end has looked at least as often, however wrong the belief.
    """
    median_s, freedom = durations.median_s, min(durations.freedom, 1e6)
    aim_s = min(budget.mean_delay_s, budget.most_share * median_s)
    edges_s = numpy.geomspace(median_s / 16, PLANNED_MEDIANS * median_s, STEPS + 1)
    widths_s = numpy.diff(edges_s)
    places = numpy.log((edges_s[:-1] + widths_s / 2) / median_s) / durations.spread
    weights = (1 + places**2 / freedom) ** (-(freedom + 1) / 2)
    shares = (1 - STUCK_SHARE) * weights / weights.sum()
    left = 1 - numpy.cumsum(shares) + shares / 2
    root_hazards = numpy.sqrt(shares / left / widths_s)
    wanted = root_hazards * (root_hazards * left * widths_s).sum() / (2 * aim_s)
    counts = [0.0, edges_s[0] / first_gap_s]
    for from_s, width_s, rate in zip(edges_s, widths_s, wanted, strict=False):
        least = 1 / first_gap_s
        if counts[-1] + rate * width_s >= 1:
            least = max(counts[-1] / from_s, 1 / budget.max_gap_s)
        counts.append(counts[-1] + width_s * min(1 / MIN_GAP_S, max(rate, least)))
    numbers = range(1, int(counts[-1]) + 1)
    looks_s = numpy.interp(numbers, counts, [0.0, *edges_s]).tolist() or [max(MIN_GAP_S, median_s)]
    return Plan((0.0, *looks_s), max(OVERDUE_S, PLANNED_MEDIANS * median_s))
