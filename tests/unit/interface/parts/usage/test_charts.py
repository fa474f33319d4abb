"""Charts are true to their figures: axes, periods, columns and rows."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.interface.parts.usage.charts.axis import Axis, count_axis, time_axis, usd_axis
from components.interface.parts.usage.charts.columns import MOST_LABELS, Part, Stack, column_chart
from components.interface.parts.usage.charts.periods import days_text, periods, unit
from components.interface.parts.usage.charts.rows import RowFigures, Stretch, row_chart

TEN_YEARS = 3653
days = st.dates(date(1970, 1, 1), date(2100, 1, 1))
amounts = st.floats(0, 1e6, allow_nan=False)
stacks = st.lists(
    st.lists(amounts, max_size=5).map(
        lambda values: Stack(
            "heading", "label", [Part(f"s{n}", value, str(n)) for n, value in enumerate(values)]
        )
    ),
    min_size=1,
    max_size=120,
)


@pytest.mark.parametrize(
    ("axis", "marks"),
    [
        (usd_axis(0), [0, 0.001]),
        (usd_axis(16.67), [0, 5, 10, 15, 20]),
        (usd_axis(0.03), [0, 0.01, 0.02, 0.03]),
        (count_axis(0), [0, 1]),
        (count_axis(3), [0, 1, 2, 3]),
        (count_axis(35), [0, 10, 20, 30, 40]),
        (time_axis(0.4), [0, 1]),
        (time_axis(211), [0, 60, 120, 180, 240]),
        (time_axis(8 * 86_400), [0, 2 * 86_400, 4 * 86_400, 6 * 86_400, 8 * 86_400]),
    ],
)
def test_an_axis_ends_a_little_above_the_most_in_few_round_steps(
    axis: Axis, marks: list[float]
) -> None:
    assert axis.marks == pytest.approx(marks)


@given(most=st.floats(0, 1e12))
def test_no_value_is_beyond_its_axis(most: float) -> None:
    for axis in (usd_axis(most), count_axis(most), time_axis(most)):
        assert most <= axis.top * (1 + 1e-9)
        assert axis.top <= max(axis.step, most + axis.step)
        assert 2 <= len(axis.marks) <= 5


@given(first=days, length=st.integers(1, TEN_YEARS))
def test_periods_cover_every_day_once_in_columns_that_can_be_told_apart(
    first: date, length: int
) -> None:
    last = first + timedelta(days=length - 1)
    cut = periods(first, last)
    assert [day for period in cut for day in period.days] == [
        first + timedelta(days=number) for number in range(length)
    ]
    assert len(cut) <= 122
    inner = [period.first for period in cut[1:]]
    match unit(first, last):
        case "day":
            assert len(cut) == length
        case "week":
            assert all(day.weekday() == 0 for day in inner)
        case "month":
            assert all(day.day == 1 for day in inner)


def test_days_are_written_as_people_write_them() -> None:
    day, next_day, next_year = date(2026, 11, 4), date(2026, 11, 5), date(2027, 1, 1)
    assert days_text(day, day) == "4 Nov 2026"
    assert days_text(day, next_day) == "4 Nov to 5 Nov 2026"
    assert days_text(day, next_year) == "4 Nov 2026 to 1 Jan 2027"
    assert periods(day, day)[0].title == "Wed 4 Nov 2026"
    assert periods(date(2024, 2, 10), next_day)[0].label == "Feb 2024"
    assert periods(date(2024, 2, 10), next_day)[0].last == date(2024, 2, 29)


@given(stacks)
def test_a_column_is_as_high_as_its_parts_and_none_is_lost(given_stacks: list[Stack]) -> None:
    axis = usd_axis(max(stack.total for stack in given_stacks))
    chart = column_chart(given_stacks, axis, str)
    for column, stack in zip(chart.columns, given_stacks, strict=True):
        parts = [part for part in stack.parts if part.value]
        assert [bar.series for bar in column.bars] == [part.series for part in parts]
        assert column.lines == tuple(part.text for part in parts)
        heights = [bar.height for bar in column.bars]
        expected = [100 * part.value / axis.top for part in parts]
        assert heights == pytest.approx(expected, abs=1e-6)
        for lower, upper in pairwise(column.bars):
            assert upper.y + upper.height == pytest.approx(lower.y, abs=1e-6)


@given(stacks)
def test_columns_stand_apart_inside_the_plot_and_the_newest_is_labelled(
    given_stacks: list[Stack],
) -> None:
    chart = column_chart(given_stacks, usd_axis(1), str)
    for left, right in pairwise(chart.columns):
        assert left.x + left.width < right.x
    last = chart.columns[-1]
    assert last.x + last.width < 100
    assert 1 <= len(chart.labels) <= MOST_LABELS
    assert last.x < chart.labels[-1].at < last.x + last.width
    assert not chart.labels[-1].can_go


def test_the_highest_column_is_told_in_words() -> None:
    low, high = (Stack(f"{value}", "", [Part("s", value, "")]) for value in (1, 2))
    assert column_chart([low, high, low], count_axis(2), str).tallest == "2"


def test_a_row_shows_its_stretches_and_leaves_out_empty_ones() -> None:
    figures = RowFigures("s", "name", (Stretch(0, 30), Stretch(30, 40, "light")), "30 / 40")
    whole = RowFigures("s", "all", (Stretch(0, 60), Stretch(60, 60, "failed")), "60")
    chart = row_chart([figures, whole], Axis(60, 30), str)
    assert [(bar.x, bar.width, bar.look) for bar in chart.rows[0].bars] == [
        (0, 50, "full"),
        (50, pytest.approx(100 / 6), "light"),
    ]
    assert [bar.look for bar in chart.rows[1].bars] == ["full"]
    assert [mark.at for mark in chart.marks] == [0, 50, 100]
