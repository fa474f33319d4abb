"""What the Usage view says is what the report says, in words and in files."""

import csv
import io
import re
from datetime import date

import pytest

from components.errors import InvalidRequest
from components.interface.parts.usage.usage import MOST_DAYS, Today, usage_range
from components.interface.parts.usage.usage_charts import (
    duration_chart,
    runs_chart,
    spend_chart,
    success_chart,
)
from components.interface.parts.usage.usage_files import days_csv, models_csv
from components.interface.parts.usage.usage_series import by_period, series_in
from components.interface.widgets.wording import counted, percent_text
from components.runs.queries.spending import Spent
from components.runs.queries.usage import DayUsage, ModelUsage, Tally, UsageReport
from tests.samples.models import CATALOG
from tests.samples.run_samples import FRAMES, IMAGE_O1, NOW

TODAY = date(2027, 1, 15)
GONE = "klingai/of-old"
FRAMES_TALLY = Tally(done=9, failed=1, cancelled=2, uncharged=1, charged_usd=5.6)
REPORT = UsageReport(
    first=date(2027, 1, 13),
    last=TODAY,
    days=(
        DayUsage(date(2027, 1, 13), FRAMES, FRAMES_TALLY),
        DayUsage(date(2027, 1, 13), IMAGE_O1, Tally(done=2, charged_usd=0.14)),
        DayUsage(TODAY, GONE, Tally(cancelled=1)),
    ),
    models=(
        ModelUsage(GONE, Tally(cancelled=1), None, None),
        ModelUsage(IMAGE_O1, Tally(done=2, charged_usd=0.14), 20.0, 25.0),
        ModelUsage(FRAMES, FRAMES_TALLY, 90.0, 125.0),
    ),
    total=Tally(done=11, failed=1, cancelled=3, uncharged=1, charged_usd=5.74),
)
SERIES, PERIODS = series_in(REPORT, CATALOG), by_period(REPORT)


@pytest.mark.parametrize(
    ("days", "first", "last", "expected"),
    [
        (7, "", "", (date(2027, 1, 9), TODAY)),
        (1, "ignored", "", (TODAY, TODAY)),
        (0, "2027-01-01", "2027-01-03", (date(2027, 1, 1), date(2027, 1, 3))),
        (0, "2027-01-01", "9999-12-31", (date(2027, 1, 1), TODAY)),
    ],
)
def test_a_range_ends_today_at_the_latest(
    days: int, first: str, last: str, expected: tuple[date, date]
) -> None:
    assert usage_range(days, first, last, NOW) == expected


@pytest.mark.parametrize(
    ("days", "first", "last", "said"),
    [
        (0, "", "2027-01-01", "a first and a last day"),
        (-1, "", "", "a first and a last day"),
        (MOST_DAYS + 1, "", "", "a first and a last day"),
        (0, "2027-01-03", "2027-01-02", "not after the last"),
        (0, "2028-01-01", "2028-01-02", "nor after today (2027-01-15, UTC)"),
        (0, "0001-01-01", "2027-01-02", "ten years"),
    ],
)
def test_a_range_that_cannot_be_shown_is_refused_with_a_sentence(
    days: int, first: str, last: str, said: str
) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(said)):
        usage_range(days, first, last, NOW)


def test_models_stand_in_tab_order_with_a_colour_of_their_own() -> None:
    assert [(one.name, one.look) for one in SERIES] == [
        ("Image", "series-1"),
        ("Image to video", "series-3"),
        (GONE, "series-other"),
    ]


def test_days_without_a_run_are_shown_too() -> None:
    chart = spend_chart(PERIODS, SERIES, TODAY)
    assert [column.heading for column in chart.columns] == [
        "Wed 13 Jan 2027: $5.74",
        "Thu 14 Jan 2027: $0.00",
        "Fri 15 Jan 2027 (so far): $0.00",
    ]
    assert chart.columns[0].lines == ("Image: $0.14", "Image to video: $5.60")
    assert [mark.text for mark in chart.marks] == ["$0", "$2", "$4", "$6"]


def test_failed_and_cancelled_runs_are_told() -> None:
    first, _, last = runs_chart(PERIODS, SERIES, TODAY).columns
    assert first.heading == "Wed 13 Jan 2027: 14 runs"
    assert first.lines == ("Image: 2", "Image to video: 12 (1 failed, 2 cancelled)")
    assert last.lines == (f"{GONE}: 1 (1 cancelled)",)


def test_success_is_that_of_the_runs_that_were_not_cancelled() -> None:
    image, frames, gone = success_chart(REPORT.models, SERIES).rows
    assert (image.figures.value, frames.figures.value, gone.figures.value) == ("100%", "90.0%", "–")
    assert [(bar.x, bar.width, bar.look) for bar in frames.bars] == [
        (0, 90, "full"),
        (90, 10, "failed"),
    ]
    assert frames.figures.lines == ("9 done", "1 failed", "2 cancelled, not counted")
    assert gone.bars == ()


def test_durations_are_told_in_minutes_and_seconds() -> None:
    image, frames, gone = duration_chart(REPORT.models, SERIES).rows
    assert (image.figures.value, frames.figures.value) == ("0:20 / 0:25", "1:30 / 2:05")
    assert frames.figures.lines == ("Half within 1:30", "Nine of ten within 2:05")
    assert gone.figures.lines == ("No finished run",)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (0.0001, "0.1%"),
        (0.87, "87.0%"),
        (20 / 23, "87.0%"),
        (0.9999, "99.9%"),
        (1, "100%"),
    ],
)
def test_only_all_is_called_100_percent(share: float, text: str) -> None:
    assert percent_text(share) == text


def test_numbers_are_written_with_their_noun() -> None:
    assert [counted(number, "run") for number in (0, 1, 1200)] == ["0 runs", "1 run", "1,200 runs"]


@pytest.mark.parametrize(
    ("limit_usd", "charged_usd", "reserved_usd", "percents"),
    [
        (20.0, 5.0, 2.0, (25, 10)),
        (20.0, 18.0, 9.0, (90, 10)),
        (20.0, 50.0, 1.0, (100, 0)),
        (0.0, 0.0, 0.0, (100, 0)),
    ],
)
def test_no_more_than_the_whole_limit_is_drawn_as_used(
    limit_usd: float, charged_usd: float, reserved_usd: float, percents: tuple[int, int]
) -> None:
    today = Today(TODAY, Spent(charged_usd, reserved_usd), limit_usd, is_sandbox=False)
    assert today.limit_used_percent == percents


def test_files_hold_every_figure() -> None:
    days = list(csv.DictReader(io.StringIO(days_csv(REPORT))))
    assert [(row["day"], row["model"], row["runs"]) for row in days] == [
        ("2027-01-13", FRAMES, "12"),
        ("2027-01-13", IMAGE_O1, "2"),
        ("2027-01-15", GONE, "1"),
    ]
    assert sum(float(row["charged_usd"]) for row in days) == pytest.approx(5.74)
    gone, _, frames = csv.DictReader(io.StringIO(models_csv(REPORT)))
    assert frames == {
        "model": FRAMES,
        "runs": "12",
        "done": "9",
        "failed": "1",
        "cancelled": "2",
        "charged_usd": "5.600000",
        "done_without_known_charge": "1",
        "duration_p50_s": "90.0",
        "duration_p90_s": "125.0",
    }
    assert gone["duration_p50_s"] == ""
