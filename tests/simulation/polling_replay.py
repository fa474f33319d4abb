"""What a schedule of looks costs when the duration is drawn from a known distribution: exactly.

Nothing is sampled: for looks at t1 < t2 < ... and the distribution function F, the mean delay is
the sum of the integrals of F - F(t[k]) from t[k] to t[k + 1], the mean number of looks the sum of
1 - F(t[k]), both from t[0] = 0 until everything has ended.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

import numpy
from numpy.typing import NDArray

from components.provider.answers.answer_models import Percentiles
from components.runs.timing.durations import Durations, guessed, learned
from components.runs.timing.polling import Budget, Plan, plan

Array = NDArray[numpy.float64]
POLL_S = 15.0
"""How often the provider's own sample looks."""
NORMAL = NormalDist()


@dataclass(frozen=True)
class Truth:
    """The distribution of durations: `ended[i]` of all runs are over at `times_s[i]`."""

    name: str
    times_s: Array
    ended: Array
    area: Array
    draw: Callable[[numpy.random.Generator, int], Array]

    @property
    def end_s(self) -> float:
        """By then every run is over."""
        return float(self.times_s[-1])

    @property
    def median_s(self) -> float:
        """Half of all runs are over by then."""
        return float(numpy.interp(0.5, self.ended, self.times_s))


@dataclass(frozen=True)
class Cost:
    """What looking costs on average: seconds between the end and the look that sees it, looks."""

    delay_s: float
    looks: float


def truth(
    name: str,
    ended: Callable[[Array], Array],
    draw: Callable[[numpy.random.Generator, int], Array],
    median_s: float,
    end_s: float,
) -> Truth:
    """Tabulate a distribution: finely around its median, coarsely far beyond."""
    dense_s = numpy.arange(0.0, min(end_s, 6 * median_s), median_s / 400)
    times_s = numpy.append(dense_s, numpy.linspace(dense_s[-1], end_s, 120)[1:])
    share = ended(numpy.maximum(times_s, 1e-9))
    share = share / share[-1]
    pieces = (share[1:] + share[:-1]) / 2 * numpy.diff(times_s)
    return Truth(name, times_s, share, numpy.append(0.0, numpy.cumsum(pieces)), draw)


def lognormal(median_s: float, sigma: float) -> Truth:
    """Durations whose logarithms are normal."""
    return truth(
        f"{median_s:.0f} s, sigma {sigma}",
        lambda times_s: _normal(times_s, median_s, sigma),
        lambda chance, count: median_s * numpy.exp(chance.normal(0, sigma, count)),
        median_s,
        median_s * exp(5 * sigma),
    )


def heavy_tailed(median_s: float) -> Truth:
    """One run in five is of another, slower and wider kind."""

    def draw(chance: numpy.random.Generator, count: int) -> Array:
        slow = chance.random(count) < 0.2
        logs = numpy.where(slow, chance.normal(log(1.5), 0.5, count), chance.normal(0, 0.2, count))
        return median_s * numpy.exp(logs)

    def ended(times_s: Array) -> Array:
        usual = _normal(times_s, median_s, 0.2)
        return 0.8 * usual + 0.2 * _normal(times_s, 1.5 * median_s, 0.5)

    return truth(f"{median_s:.0f} s, heavy tail", ended, draw, median_s, 15 * median_s)


def sometimes_stuck(median_s: float, sigma: float = 0.25) -> Truth:
    """Two runs in a hundred take from 20 minutes to an hour."""

    def draw(chance: numpy.random.Generator, count: int) -> Array:
        usual = median_s * numpy.exp(chance.normal(0, sigma, count))
        stuck = chance.random(count) < 0.02
        return numpy.where(stuck, chance.uniform(1200, 3600, count), usual)

    def ended(times_s: Array) -> Array:
        stuck = numpy.clip((times_s - 1200) / 2400, 0, 1)
        return 0.98 * _normal(times_s, median_s, sigma) + 0.02 * stuck

    return truth(f"{median_s:.0f} s, 2 % stuck", ended, draw, median_s, 3600.0)


def _normal(times_s: Array, median_s: float, sigma: float) -> Array:
    places = (numpy.log(times_s) - log(median_s)) / sigma
    return numpy.array([NORMAL.cdf(place) for place in places])


def cost(looks_s: Sequence[float] | Array, of: Truth) -> Cost:
    """The exact mean cost of looking at these times, the last of which is the end of all runs."""
    edges_s = numpy.append(0.0, numpy.minimum(looks_s, of.end_s))
    ended = numpy.interp(edges_s, of.times_s, of.ended)
    area = numpy.interp(edges_s, of.times_s, of.area)
    delay_s = numpy.diff(area) - ended[:-1] * numpy.diff(edges_s)
    return Cost(float(delay_s.sum()), float((1 - ended[:-1]).sum()))


def fixed_poll(gap_s: float, of: Truth) -> Cost:
    """The cost of looking every `gap_s` seconds."""
    return cost(numpy.arange(gap_s, of.end_s + gap_s, gap_s), of)


def looks_of(schedule: Plan, end_s: float) -> list[float]:
    """The looks of a run that goes on until `end_s`, as they follow from each other."""
    looks_s = [0.0]
    while looks_s[-1] < end_s:
        looks_s.append(looks_s[-1] + schedule.pause_s(looks_s[-1]))
    return looks_s[1:]


def planned(
    beliefs: Iterable[Durations], of: Truth, budget: Budget, first_gap_s: float = float("inf")
) -> Cost:
    """The mean cost of the plans that these beliefs lead to."""
    costs = [cost(looks_of(plan(belief, budget, first_gap_s), of.end_s), of) for belief in beliefs]
    return Cost(
        sum(each.delay_s for each in costs) / len(costs),
        sum(each.looks for each in costs) / len(costs),
    )


def at_requests(beliefs: Sequence[Durations], of: Truth, looks: float) -> float:
    """The mean delay of the plans under one budget that lets them make so many looks on average."""
    least_s, most_s = 0.1, 100.0
    for _ in range(20):
        aim_s = sqrt(least_s * most_s)
        found = planned(beliefs, of, Budget(aim_s, most_share=10.0, max_gap_s=60.0))
        least_s, most_s = (aim_s, most_s) if found.looks > looks else (least_s, aim_s)
    return found.delay_s


def figures(of: Truth, factor: float = 1.0) -> Percentiles:
    """What a provider would report that is off by `factor`."""
    shares = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p99": 0.99}
    values_s = numpy.interp(list(shares.values()), of.ended, of.times_s) * factor
    return Percentiles(**{name: 1000 * value for name, value in zip(shares, values_s, strict=True)})


def after_runs(count: int, of: Truth, factor: float = 1.0, histories: int = 6) -> list[Durations]:
    """What is believed after so many runs, by several histories; the guess is off by `factor`."""
    chance = numpy.random.default_rng(count)
    before = guessed(of.median_s * factor)
    return [learned(of.draw(chance, count).tolist(), before) for _ in range(histories)]
