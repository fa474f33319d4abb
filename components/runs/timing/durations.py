"""What is believed of how long a generation takes: pure functions of what has been seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, exp, expm1, hypot, inf, isfinite, log, sqrt
from statistics import NormalDist, median

from components.provider.answers.answer_models import Percentiles

ENOUGH_RUNS = 3
"""From here on past runs alone say where the middle is: a guess may be off by any factor."""
TRUST = 0.3
"""Before that, what was believed without them counts as so many runs."""
USUAL_SPREAD, GUESS_SPREAD, DOUBT = 0.25, 0.515, 0.25
"""Of log seconds: between runs of one kind, before any were seen; of a first guess, of which one in
ten is off by more than twofold; and how well a provider's median, of all lengths, fits ours.
"""
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
    """A belief: log seconds follow Student's t, the wider the fewer runs it rests on.

    `spread` is their scale, `freedom` the degrees of freedom; infinitely many are the lognormal.
    """

    median_s: float
    spread: float
    freedom: float = inf

    def quantile_s(self, share: float) -> float:
        """Seconds within which that share of runs ends, 0 < share < 1 (Gaver and Kafadar, 1984)."""
        z, n = _NORMAL.inv_cdf(share), min(self.freedom, 1e6)
        t = sqrt(n * expm1(z**2 * (n - 5 / 6) / (n - 2 / 3 + 0.1 / n) ** 2))
        return self.median_s * exp(self.spread * copysign(t, z))


def guessed(guess_s: float) -> Durations:
    """The belief where nothing was ever measured."""
    return Durations(_bounded_s(guess_s), GUESS_SPREAD, PRIOR_FREEDOM)


def reported(figures: Percentiles, guess_s: float) -> Durations:
    """The belief by the provider's figures, which are of every length and of the last minutes."""
    middle_s, guess_s = _bounded_s(figures.p50 / 1000), _bounded_s(guess_s)
    apart = abs(log(middle_s / guess_s))
    if apart > log(OTHER_MEASURE):
        return Durations(guess_s, apart / 2, PRIOR_FREEDOM)
    spread = log(_bounded_s(figures.p90 / 1000) / middle_s) / _NORMAL.inv_cdf(0.9)
    spread = hypot(_within(spread, LEAST_SPREAD, MOST_SPREAD), DOUBT)
    return Durations(middle_s, spread, PRIOR_FREEDOM)


def learned(past_s: Sequence[float], before: Durations) -> Durations:
    """The belief after some runs of one kind, `before` being the one without them.

    It is the predictive distribution of a normal one with unknown mean and variance. Outliers are
    drawn in, so that a stuck run does not blur the rest.
    """
    logs = [log(_bounded_s(seconds)) for seconds in past_s]
    if not logs:
        return before
    trust = TRUST
    if len(logs) >= ENOUGH_RUNS:
        trust, usual = 0.0, median(logs)
        deviation = median(abs(value - usual) for value in logs) / _NORMAL.inv_cdf(0.75)
        reach = OUTLIER * max(LEAST_SPREAD, deviation)
        logs = [_within(value, usual - reach, usual + reach) for value in logs]
    total, freedom = trust + len(logs), PRIOR_FREEDOM + len(logs)
    centre = log(before.median_s)
    middle = (trust * centre + sum(logs)) / total
    squares = trust * (centre - middle) ** 2 + sum((value - middle) ** 2 for value in logs)
    variance = (PRIOR_FREEDOM * USUAL_SPREAD**2 + squares) / freedom
    return Durations(exp(middle), max(LEAST_SPREAD, sqrt(variance * (1 + 1 / total))), freedom)


def _bounded_s(seconds: float) -> float:
    return _within(seconds, SHORTEST_S, LONGEST_S) if isfinite(seconds) else LONGEST_S


def _within(value: float, least: float, most: float) -> float:
    return max(least, min(value, most))
