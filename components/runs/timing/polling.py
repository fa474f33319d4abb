"""When to look next: pure functions of what is believed about durations.

A look that comes late costs waiting, one that comes before the end costs a request. If a run that
still goes on ends with the hazard h(t), the looks that wait least for their number lie
c / sqrt(h(t)) apart: far while an end is unlikely, near where it is likely.
"""

from bisect import bisect_right
from dataclasses import dataclass
from math import floor, inf, log, sqrt

from components.runs.timing.durations import Durations

MIN_GAP_S = 1.0
STRETCH = (0.95, 1.05)
"""Each gap is a little shorter or longer by chance, so that runs sent together part."""
LONGEST_GAP_S = 180.0
"""However sure a belief is, no run is left alone for longer."""
TAIL_GAP_SHARE = 1 / 60
TAIL_GAP_S = 30.0
"""After its plan a run is looked at again when it is a sixtieth older, or half a minute."""
PLANNED_MEDIANS = 4.0
"""Where a plan ends: a run twice as long as was thought, and slow at that, is still within it."""
OVERDUE_S = 600.0
LATE_LOOK_S, LATE_LOOK_SHARE = 10.0, 0.15
"""A look later than planned by this, or by this share, does not tell when a run ended."""
STUCK_SHARE = 0.01
"""Runs that follow no distribution; without them an old run would seem about to end."""
STEPS = 128


@dataclass(frozen=True)
class Budget:
    """What looking may cost: the mean delay to aim at, and the longest gap once looks began.

    By default 2 s less a tenth, for what a belief has wrong. For runs that are very short or very
    long, the delay is to be within these shares of their likely duration instead.
    """

    mean_delay_s: float = 1.8
    least_share: float = 0.0025
    most_share: float = 0.05
    max_gap_s: float = 15.0

    def aim_s(self, likely_s: float) -> float:
        """The mean delay to aim at, in seconds."""
        return max(self.least_share * likely_s, min(self.mean_delay_s, self.most_share * likely_s))


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
        elapsed_s = max(0.0, elapsed_s)
        place = self._place(elapsed_s) + stretch
        if place < len(self.looks_s) - 1:
            pause_s = self._time_s(place) - elapsed_s
        else:
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

    def _place(self, elapsed_s: float) -> float:
        """Which look falls on a time; between two of them it is a fraction."""
        before = bisect_right(self.looks_s, elapsed_s) - 1
        if before + 1 == len(self.looks_s):
            return float(before)
        last_s, next_s = self.looks_s[before : before + 2]
        return before + (elapsed_s - last_s) / (next_s - last_s)

    def _time_s(self, place: float) -> float:
        before = floor(place)
        last_s, next_s = self.looks_s[before : before + 2]
        return last_s + (place - before) * (next_s - last_s)


def plan(durations: Durations, budget: Budget = DEFAULT_BUDGET, first_gap_s: float = inf) -> Plan:
    """Plan the looks at a run that is believed to last as `durations` say.

    The first look may be later than the budget's longest gap, but not than `first_gap_s`. No gap
    is longer than the mean of those before it: so, whenever a run ends, a fixed poll that waits as
    long for its end has looked at least as often, however wrong the belief.
    """
    steps = _steps(durations)
    aim_s = budget.aim_s(durations.median_s)
    waiting = sum(step.root_hazard * step.survival * step.width_s for step in steps)
    looks_s, count = [0.0], 0.0
    for step in steps:
        wanted = step.root_hazard * waiting / (2 * aim_s)
        least = 1 / first_gap_s
        if count + wanted * step.width_s >= 1:
            least = max(count / step.from_s, 1 / budget.max_gap_s)
        rate = min(1 / MIN_GAP_S, max(wanted, least))
        until = count + rate * step.width_s
        new = range(floor(count) + 1, floor(until) + 1)
        looks_s += [step.from_s + (number - count) / rate for number in new]
        count = until
    if len(looks_s) == 1:
        looks_s.append(max(MIN_GAP_S, durations.median_s))
    return Plan(tuple(looks_s), max(OVERDUE_S, PLANNED_MEDIANS * durations.median_s))


@dataclass(frozen=True)
class _Step:
    """A stretch of time: its start and width, the root of its hazard, who is left half-way."""

    from_s: float
    width_s: float
    root_hazard: float
    survival: float


def _steps(durations: Durations) -> list[_Step]:
    """The time that is planned for; each step is longer than the last by the same factor."""
    start_s = durations.median_s / 16
    factor = (16 * PLANNED_MEDIANS) ** (1 / STEPS)
    starts_s = [start_s * factor**number for number in range(STEPS)]
    masses = [durations.weight(log(from_s) + log(factor) / 2) for from_s in starts_s]
    scale = (1 - STUCK_SHARE) / sum(masses)
    steps = [_Step(0.0, start_s, 0.0, 1.0)]
    left = 1.0
    for from_s, mass in zip(starts_s, masses, strict=True):
        share, width_s = mass * scale, from_s * (factor - 1)
        survival = left - share / 2
        steps.append(_Step(from_s, width_s, sqrt(share / survival / width_s), survival))
        left -= share
    return steps
