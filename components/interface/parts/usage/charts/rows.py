"""Horizontal bars, one row for each name. All places are percent of the plot's width."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.interface.parts.usage.charts.axis import Axis, Mark


@dataclass(frozen=True)
class Stretch:
    """A part of a row's bar, from and to a value; `look` is "full", "light" or "failed"."""

    start: float
    end: float
    look: str = "full"


@dataclass(frozen=True)
class RowFigures:
    """One row: whose it is, its bar, what is written at its end and what is read of it."""

    series: str
    name: str
    stretches: Sequence[Stretch]
    value: str
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class RowBar:
    """A rectangle."""

    x: float
    width: float
    look: str


@dataclass(frozen=True)
class Row:
    """What the template writes of one row."""

    figures: RowFigures
    bars: tuple[RowBar, ...]


@dataclass(frozen=True)
class RowChart:
    """What the template writes."""

    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]


def row_chart(rows: Sequence[RowFigures], axis: Axis, write: Callable[[float], str]) -> RowChart:
    """Place the rows; `write` puts a value of the axis into words."""
    marks = tuple(Mark(axis.percent(value), write(value)) for value in axis.marks)
    return RowChart(tuple(Row(row, _bars(row, axis)) for row in rows), marks)


def _bars(row: RowFigures, axis: Axis) -> tuple[RowBar, ...]:
    ends = ((axis.percent(it.start), axis.percent(it.end), it.look) for it in row.stretches)
    return tuple(RowBar(start, end - start, look) for start, end, look in ends if end > start)
