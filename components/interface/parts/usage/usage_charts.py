"""The charts of the Usage view: what they show and how each figure is put into words."""

from collections.abc import Callable, Sequence
from datetime import date

from components.interface.parts.usage.charts.axis import (
    PERCENT_AXIS,
    Axis,
    count_axis,
    time_axis,
    usd_axis,
)
from components.interface.parts.usage.charts.columns import ColumnChart, Part, Stack, column_chart
from components.interface.parts.usage.charts.periods import Period
from components.interface.parts.usage.charts.rows import RowChart, RowFigures, Stretch, row_chart
from components.interface.parts.usage.usage_series import PeriodUsage, Series
from components.interface.widgets.wording import clock_text, counted, percent_text, usd
from components.runs.queries.usage import ModelUsage, Tally

NO_RESULT = "–"


def spend_chart(usage: Sequence[PeriodUsage], series: Sequence[Series], today: date) -> ColumnChart:
    """What was charged in each period, by model."""
    axis = usd_axis(max(each.total.charged_usd for each in usage))

    def part(one: Series, tally: Tally) -> Part:
        return Part(one.look, tally.charged_usd, f"{one.name}: {spend_text(tally)}")

    stacks = _stacks(usage, series, part, spend_text, today)
    return column_chart(stacks, axis, _usd_mark(axis))


def runs_chart(usage: Sequence[PeriodUsage], series: Sequence[Series], today: date) -> ColumnChart:
    """How many runs ended in each period, by model, those without a result included."""
    axis = count_axis(max(each.total.runs for each in usage))

    def part(one: Series, tally: Tally) -> Part:
        return Part(one.look, tally.runs, f"{one.name}: {runs_text(tally)}")

    stacks = _stacks(usage, series, part, lambda total: counted(total.runs, "run"), today)
    return column_chart(stacks, axis, lambda value: f"{value:,.0f}")


def success_chart(models: Sequence[ModelUsage], series: Sequence[Series]) -> RowChart:
    """Which part of the runs that were sent brought a result."""
    rows = []
    for one, model in _paired(series, models):
        share = model.tally.success_share
        done = 100 * (share or 0)
        stretches = () if share is None else (Stretch(0, done), Stretch(done, 100, "failed"))
        value = NO_RESULT if share is None else percent_text(share)
        rows.append(RowFigures(one.look, one.name, stretches, value, _endings(model.tally)))
    return row_chart(rows, PERCENT_AXIS, lambda value: f"{value:.0f}%")


def duration_chart(models: Sequence[ModelUsage], series: Sequence[Series]) -> RowChart:
    """How long the finished runs took, from sending to result."""
    axis = time_axis(max((model.p90_s or 0 for model in models), default=0))
    rows = []
    for one, model in _paired(series, models):
        if model.p50_s is None or model.p90_s is None:
            rows.append(RowFigures(one.look, one.name, (), NO_RESULT, ("No finished run",)))
            continue
        half, most = clock_text(model.p50_s), clock_text(model.p90_s)
        stretches = (Stretch(0, model.p50_s), Stretch(model.p50_s, model.p90_s, "light"))
        lines = (f"Half within {half}", f"Nine of ten within {most}")
        rows.append(RowFigures(one.look, one.name, stretches, f"{half} / {most}", lines))
    return row_chart(rows, axis, clock_text)


def spend_text(tally: Tally) -> str:
    """What is known to be charged, as "$1.20"."""
    return usd(tally.charged_usd)


def runs_text(tally: Tally) -> str:
    """As in "12 (1 failed, 2 cancelled)"."""
    without = [
        f"{number:,} {how}"
        for number, how in ((tally.failed, "failed"), (tally.cancelled, "cancelled"))
        if number
    ]
    return f"{tally.runs:,}" + (f" ({', '.join(without)})" if without else "")


def _stacks(
    usage: Sequence[PeriodUsage],
    series: Sequence[Series],
    part: Callable[[Series, Tally], Part],
    sum_up: Callable[[Tally], str],
    today: date,
) -> list[Stack]:
    return [
        Stack(
            heading=f"{_title(each.period, today)}: {sum_up(each.total)}",
            label=each.period.label,
            parts=[
                part(one, each.tallies[one.model]) for one in series if one.model in each.tallies
            ],
        )
        for each in usage
    ]


def _title(period: Period, today: date) -> str:
    return f"{period.title} (so far)" if period.last >= today else period.title


def _endings(tally: Tally) -> tuple[str, ...]:
    return (
        f"{tally.done:,} done",
        f"{tally.failed:,} failed",
        f"{tally.cancelled:,} cancelled, not counted",
    )


def _paired(
    series: Sequence[Series], models: Sequence[ModelUsage]
) -> list[tuple[Series, ModelUsage]]:
    found = {model.model: model for model in models}
    return [(one, found[one.model]) for one in series]


def _usd_mark(axis: Axis) -> Callable[[float], str]:
    decimals = 0 if axis.step >= 1 else 2 if axis.step >= 0.01 else 3
    return lambda value: f"${value:,.{decimals}f}"
