"""What is believed of how long a generation takes: pure functions of what has been seen.

The logarithms of durations are taken to follow Student's t distribution: the fewer runs a belief
rests on, the heavier its tails. With infinitely many degrees of freedom it is the lognormal one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, hypot, inf, isfinite, log, sqrt
from statistics import NormalDist, fmean, median

from components.provider.answers.answer_models import Percentiles

ENOUGH_RUNS = 3
"""From here on past runs alone say where the middle is: a guess may be off by any factor."""
USUAL_SPREAD = 0.25
"""Standard deviation of log seconds between runs of one kind, before any were seen."""
DOUBT = 0.25
"""The same for a provider's median as the median of our kind of run: it mixes lengths."""
GUESS_DOUBT = 0.45
"""The same for a first guess: about one in ten is off by more than twofold."""
PRIOR_FREEDOM = 3.0
LEAST_SPREAD, MOST_SPREAD = 0.05, 1.0
OUTLIER = 2.5
"""Past runs further from the median than so many standard deviations count as just so far."""
OTHER_MEASURE = 5.0
"""A provider's median that is off the guess by this factor may measure the request alone."""
SHORTEST_S, LONGEST_S = 0.05, 6 * 3600.0
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Durations:
    """A belief. `spread` is the scale of log seconds, `freedom` the degrees of freedom."""

    median_s: float
    spread: float
    freedom: float = inf

    def quantile_s(self, share: float) -> float:
        """Seconds within which that share of runs ends, 0 < share < 1.

        Student's quantile by its expansion around the normal one (Abramowitz and Stegun 26.7.5):
        exact to 1 % in the scale for 3 degrees of freedom between 5 and 95 %.
        """
        z, n = _NORMAL.inv_cdf(share), self.freedom
        t = (
            z
            + (z**3 + z) / (4 * n)
            + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
            + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
        )
        return self.median_s * exp(self.spread * t)

    def weight(self, log_s: float) -> float:
        """The density of log seconds, but for a constant factor."""
        z2 = ((log_s - log(self.median_s)) / self.spread) ** 2
        if self.freedom == inf:
            return exp(-z2 / 2)
        return float((1 + z2 / self.freedom) ** (-(self.freedom + 1) / 2))


def guessed(guess_s: float) -> Durations:
    """The belief where nothing was ever measured."""
    return Durations(_bounded_s(guess_s), hypot(USUAL_SPREAD, GUESS_DOUBT), PRIOR_FREEDOM)


def reported(figures: Percentiles, guess_s: float) -> Durations:
    """The belief by the provider's figures, which are of every length and of the last minutes."""
    middle_s, guess_s = _bounded_s(figures.p50 / 1000), _bounded_s(guess_s)
    apart = log(middle_s / guess_s)
    if abs(apart) > log(OTHER_MEASURE):
        return Durations(guess_s, abs(apart) / 2, PRIOR_FREEDOM)
    spreads = [
        log(_bounded_s(figure / 1000) / middle_s) / _NORMAL.inv_cdf(share)
        for figure, share in ((figures.p75, 0.75), (figures.p90, 0.9))
    ]
    spread = _within(fmean(spreads), LEAST_SPREAD, MOST_SPREAD)
    return Durations(middle_s, hypot(spread, DOUBT), PRIOR_FREEDOM)


def learned(past_s: Sequence[float], before: Durations) -> Durations:
    """The belief after some runs of one kind, `before` being the one without them.

    It is the predictive distribution of a normal one with unknown mean and variance under the
    conjugate prior. Outliers are drawn in, so that a stuck run does not blur the rest.
    """
    logs = _drawn_in([log(_bounded_s(seconds)) for seconds in past_s])
    count = len(logs)
    if count == 0:
        return before
    spread = min(USUAL_SPREAD, before.spread / sqrt(2))
    trust = spread**2 / (before.spread**2 - spread**2) if count < ENOUGH_RUNS else 0.0
    centre, mean = log(before.median_s), fmean(logs)
    total = trust + count
    freedom = PRIOR_FREEDOM + count
    squares = (
        PRIOR_FREEDOM * spread**2
        + sum((value - mean) ** 2 for value in logs)
        + trust * count / total * (mean - centre) ** 2
    )
    scale = sqrt(squares / freedom * (1 + 1 / total))
    middle = (trust * centre + count * mean) / total
    return Durations(exp(middle), max(LEAST_SPREAD, scale), freedom)


def _drawn_in(logs: list[float]) -> list[float]:
    if len(logs) < ENOUGH_RUNS:
        return logs
    middle = median(logs)
    deviation = median(abs(value - middle) for value in logs) / _NORMAL.inv_cdf(0.75)
    reach = OUTLIER * max(LEAST_SPREAD, deviation)
    return [_within(value, middle - reach, middle + reach) for value in logs]


def _bounded_s(seconds: float) -> float:
    return _within(seconds, SHORTEST_S, LONGEST_S) if isfinite(seconds) else LONGEST_S


def _within(value: float, least: float, most: float) -> float:
    return max(least, min(value, most))
