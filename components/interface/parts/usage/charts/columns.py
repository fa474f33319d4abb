"""Stacked columns over time. All places are percent of the plot, from its top left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.interface.parts.usage.charts.axis import Axis, Mark

MOST_LABELS = 10
"""Below the columns; a narrow window leaves out every second."""
BAR_SHARE = 0.74
WIDEST_BAR_PERCENT = 7.0


@dataclass(frozen=True)
class Part:
    """One series of a column; `text` is what is read of it, such as "Image: $2.10"."""

    series: str
    value: float
    text: str


@dataclass(frozen=True)
class Stack:
    """One column's figures: a heading for its parts, and what stands below it."""

    heading: str
    label: str
    parts: Sequence[Part]

    @property
    def total(self) -> float:
        """How high the column is."""
        return sum(part.value for part in self.parts)


@dataclass(frozen=True)
class Bar:
    """A rectangle."""

    series: str
    y: float
    height: float


@dataclass(frozen=True)
class Column:
    """`slot_x` and `slot_width` are the column's share of the plot, the bars stand inside."""

    slot_x: float
    slot_width: float
    x: float
    width: float
    bars: tuple[Bar, ...]
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class ColumnChart:
    """What the template writes; `tallest` is the heading of the highest column."""

    columns: tuple[Column, ...]
    tallest: str
    marks: tuple[Mark, ...]
    labels: tuple[Mark, ...]


def column_chart(stacks: Sequence[Stack], axis: Axis, write: Callable[[float], str]) -> ColumnChart:
    """Place the stacks from left to right; `write` puts a value of the axis into words."""
    slot = 100 / len(stacks)
    columns = tuple(
        _column(stack, number * slot, slot, axis) for number, stack in enumerate(stacks)
    )
    marks = tuple(Mark(100 - axis.percent(value), write(value)) for value in axis.marks)
    tallest = max(stacks, key=lambda stack: stack.total).heading
    return ColumnChart(columns, tallest, marks, _labels(stacks, slot))


def _column(stack: Stack, slot_x: float, slot: float, axis: Axis) -> Column:
    width = min(slot * BAR_SHARE, WIDEST_BAR_PERCENT)
    parts = [part for part in stack.parts if part.value]
    bars, below = [], 0.0
    for part in parts:
        y = 100 - axis.percent(below + part.value)
        bars.append(Bar(part.series, y, 100 - axis.percent(below) - y))
        below += part.value
    return Column(
        slot_x=slot_x,
        slot_width=slot,
        x=slot_x + (slot - width) / 2,
        width=width,
        bars=tuple(bars),
        heading=stack.heading,
        lines=tuple(part.text for part in parts),
    )


def _labels(stacks: Sequence[Stack], slot: float) -> tuple[Mark, ...]:
    """Counted from the last column back, so that the newest has one."""
    step = -(-len(stacks) // MOST_LABELS)
    numbers = range(len(stacks) - 1, -1, -step)
    labels = [
        Mark((number + 0.5) * slot, stacks[number].label, can_go=bool(place % 2))
        for place, number in enumerate(numbers)
    ]
    return tuple(reversed(labels))
