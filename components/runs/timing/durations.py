"""What is believed of how long a generation takes: pure functions of what has been seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, exp, expm1, hypot, inf, isfinite, log, sqrt
from statistics import NormalDist, median

from components.provider.answers.answer_models import Percentiles

ENOUGH_RUNS = 3
"""From here on runs alone say where the middle is: a guess, which may be far off, counts before."""
USUAL_SPREAD, LEAST_SPREAD, GUESS_SPREAD = 0.25, 0.05, 0.515
"""Of log seconds: of runs of one kind and of the provider's median around theirs; of guesses."""
OUTLIER, OTHER_MEASURE, PRIOR_FREEDOM, SHORTEST_S, LONGEST_S = 3.7, 5.0, 3.0, 0.05, 6 * 3600.0
_z = NormalDist().inv_cdf


@dataclass(frozen=True)
class Durations:
    """A belief: log seconds follow Student's t of that scale, by infinite freedom the normal."""

    median_s: float
    spread: float
    freedom: float = inf

    def quantile_s(self, share: float) -> float:
        """Seconds within which that share of runs ends, 0 < share < 1 (Gaver and Kafadar, 1984)."""
        z, n = _z(share), min(self.freedom, 1e6)
        t = sqrt(n * expm1(z**2 * (n - 5 / 6) / (n - 2 / 3 + 0.1 / n) ** 2))
        return self.median_s * exp(self.spread * copysign(t, z))


def guessed(guess_s: float) -> Durations:
    """The belief where nothing was ever measured: a guess in ten is off by more than twofold."""
    return Durations(_bounded_s(guess_s), GUESS_SPREAD, PRIOR_FREEDOM)


def reported(figures: Percentiles, guess_s: float) -> Durations:
    """The belief by the provider's figures, of all lengths; far off, maybe of the request alone."""
    middle_s, guess_s = _bounded_s(figures.p50 / 1000), _bounded_s(guess_s)
    apart = abs(log(middle_s / guess_s))
    if apart > log(OTHER_MEASURE):
        return Durations(guess_s, apart / 2, PRIOR_FREEDOM)
    spread = log(_bounded_s(figures.p90 / 1000) / middle_s) / _z(0.9)
    return Durations(middle_s, hypot(spread, USUAL_SPREAD), PRIOR_FREEDOM)


def learned(past_s: Sequence[float], before: Durations) -> Durations:
    """The belief after some runs of one kind, by Bayes' rule; `before` is the one without them.
    What is off by more than `OUTLIER` median deviations counts as just so far: a run may be stuck.
    """
    if not past_s:
        return before
    logs, centre = [log(_bounded_s(each)) for each in past_s], log(before.median_s)
    trust = 1 / max(1.0, (before.spread / USUAL_SPREAD) ** 2 - 1)
    if len(logs) >= ENOUGH_RUNS:
        trust, usual = 0.0, median(logs)
        reach = OUTLIER * max(LEAST_SPREAD, median(abs(each - usual) for each in logs))
        logs = [max(usual - reach, min(each, usual + reach)) for each in logs]
    total, freedom = trust + len(logs), PRIOR_FREEDOM + len(logs)
    middle = (trust * centre + sum(logs)) / total
    squares = trust * (centre - middle) ** 2 + sum((each - middle) ** 2 for each in logs)
    variance = (PRIOR_FREEDOM * USUAL_SPREAD**2 + squares) / freedom
    return Durations(exp(middle), max(LEAST_SPREAD, sqrt(variance * (1 + 1 / total))), freedom)


def _bounded_s(seconds: float) -> float:
    return max(SHORTEST_S, min(seconds, LONGEST_S)) if isfinite(seconds) else LONGEST_S
