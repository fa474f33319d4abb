"""Axes: round steps from zero to a little above the largest value."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, takewhile
from math import ceil

MOST_STEPS = 4
SMALLEST_USD = 0.001
"""A step below a tenth of a cent could not be told from its neighbours in writing."""
DAY_S = 86_400
ROUND_TIMES_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200)


@dataclass(frozen=True)
class Axis:
    """From 0 to `top`, marked at every multiple of `step`."""

    top: float
    step: float

    @property
    def marks(self) -> list[float]:
        """The marked values, zero and the top included."""
        return [number * self.step for number in range(round(self.top / self.step) + 1)]

    def percent(self, value: float) -> float:
        """Where a value stands, 0 to 100."""
        return 100 * max(0.0, min(1.0, value / self.top))


@dataclass(frozen=True)
class Mark:
    """A word at an axis; one that `can_go` is left out where there is little room."""

    at: float
    text: str
    can_go: bool = False


PERCENT_AXIS = Axis(top=100, step=25)


def usd_axis(most_usd: float) -> Axis:
    """An axis for amounts of money."""
    return _axis(most_usd, _round_numbers(SMALLEST_USD))


def count_axis(most: float) -> Axis:
    """An axis for whole numbers."""
    return _axis(most, _round_numbers(1))


def time_axis(most_s: float) -> Axis:
    """An axis for seconds, in steps that are round on a clock."""
    days = (DAY_S * number for number in _round_numbers(1))
    return _axis(most_s, (step for steps in (ROUND_TIMES_S, days) for step in steps))


def _axis(most: float, steps: Iterable[float]) -> Axis:
    step = next(step for step in steps if step * MOST_STEPS >= most)
    return Axis(step * max(1, ceil(round(most / step, 9))), step)


def _round_numbers(smallest: float) -> Iterator[float]:
    """`smallest` times 1, 2, 5, 10, 20, 50 and so on."""
    for power in takewhile(lambda power: power < 300, count()):
        for digit in (1, 2, 5):
            yield digit * smallest * 10**power
