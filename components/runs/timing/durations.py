"""What is believed of how long a generation takes: pure functions of what has been seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, exp, expm1, hypot, inf, isfinite, log, sqrt
from statistics import NormalDist, median

from components.provider.answers.answer_models import Percentiles

ENOUGH_RUNS, TRUST = 3, 0.3
"""From so many runs on they alone say where the middle is; before, a guess counts as this many."""
USUAL_SPREAD, GUESS_SPREAD, LEAST_SPREAD = 0.25, 0.515, 0.05
"""Of log seconds: between runs of one kind, before any were seen; and of a first guess, of which
one in ten is off by more than twofold."""
DOUBT = 0.25
"""The spread of a provider's median around that of our kind of run: it mixes lengths."""
PRIOR_FREEDOM = 3.0
OUTLIER = 2.5
"""Past runs further from the median than so many standard deviations count as just so far."""
OTHER_MEASURE = 5.0
"""A provider's median that is off the guess by this factor may measure the request alone."""
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
    return Durations(middle_s, hypot(spread, DOUBT), PRIOR_FREEDOM)


def learned(past_s: Sequence[float], before: Durations) -> Durations:
    """The belief after some runs of one kind, `before` being the one without them.

    It is the predictive distribution of a normal one with unknown mean and variance. Outliers are
    drawn in, so that a stuck run does not blur the rest.
    """
    if not past_s:
        return before
    logs, trust, centre = [log(_bounded_s(each)) for each in past_s], TRUST, log(before.median_s)
    if len(logs) >= ENOUGH_RUNS:
        trust, usual = 0.0, median(logs)
        deviation = median(abs(each - usual) for each in logs) / _NORMAL.inv_cdf(0.75)
        reach = OUTLIER * max(LEAST_SPREAD, deviation)
        logs = [max(usual - reach, min(each, usual + reach)) for each in logs]
    total, freedom = trust + len(logs), PRIOR_FREEDOM + len(logs)
    middle = (trust * centre + sum(logs)) / total
    squares = trust * (centre - middle) ** 2 + sum((each - middle) ** 2 for each in logs)
    variance = (PRIOR_FREEDOM * USUAL_SPREAD**2 + squares) / freedom
    return Durations(exp(middle), max(LEAST_SPREAD, sqrt(variance * (1 + 1 / total))), freedom)


def _bounded_s(seconds: float) -> float:
    return max(0.05, min(seconds, 6 * 3600.0)) if isfinite(seconds) else 6 * 3600.0
