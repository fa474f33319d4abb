"""Figures of use are what counting the runs one by one gives, also after some were purged."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.runs.queries.usage import DayUsage, ModelUsage, Tally, last_days
from components.runs.run import Run, Status
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import FRAMES, IMAGE_O1, NOW, run_store, sample_run

DAY_S = 86_400.0
TODAY = datetime.fromtimestamp(NOW, UTC).date()


def ended(
    run_id: str,
    days_ago: float = 0.0,
    *,
    status: Status = Status.DONE,
    took_s: float | None = 60.0,
    charged_usd: float | None = 0.5,
    model: str = FRAMES,
) -> Run:
    at = NOW - days_ago * DAY_S
    return sample_run(
        run_id,
        model=model,
        status=status,
        submitted_at=None if took_s is None else at - took_s,
        finished_at=at,
        charged_usd=charged_usd,
    )


def test_an_empty_history_has_empty_figures(store: RunStore) -> None:
    report = store.usage(*last_days(7, NOW))
    assert (report.first, report.last) == (TODAY - timedelta(days=6), TODAY)
    assert (report.days, report.models, report.total) == ((), (), Tally())
    assert report.total.success_share is None


def test_runs_are_told_by_day_and_model(store: RunStore) -> None:
    store.add(ended("a", took_s=10))
    store.add(ended("b", took_s=30, charged_usd=None))
    store.add(ended("c", status=Status.FAILED, charged_usd=0.0))
    store.add(ended("d", 1, model=IMAGE_O1, took_s=5, charged_usd=0.07))
    store.add(ended("e", 1, status=Status.CANCELLED, took_s=None, charged_usd=None))
    store.add(ended("too old", 9))
    store.add(sample_run("under way", quoted_usd=1.0))
    report = store.usage(*last_days(3, NOW))
    frames = Tally(done=2, failed=1, cancelled=1, uncharged=1, charged_usd=0.5)
    picture = Tally(done=1, charged_usd=0.07)
    yesterday = TODAY - timedelta(days=1)
    assert report.days == (
        DayUsage(yesterday, IMAGE_O1, picture),
        DayUsage(yesterday, FRAMES, Tally(cancelled=1)),
        DayUsage(TODAY, FRAMES, Tally(done=2, failed=1, uncharged=1, charged_usd=0.5)),
    )
    assert report.models == (
        ModelUsage(IMAGE_O1, picture, 5.0, 5.0),
        ModelUsage(FRAMES, frames, 10.0, 30.0),
    )
    assert report.total.runs == 5
    assert report.total.charged_usd == pytest.approx(0.57)
    assert frames.success_share == pytest.approx(2 / 3)


def test_a_day_is_one_of_utc_and_begins_with_its_first_moment(store: RunStore) -> None:
    midnight = datetime(2027, 1, 16, tzinfo=UTC).timestamp()
    for name, at in (("before", midnight - 0.001), ("at", midnight), ("after", midnight + 1)):
        store.add(ended(name, (NOW - at) / DAY_S))
    days = [each.day for each in store.usage(date(2027, 1, 1), date(2027, 1, 31)).days]
    assert days == [date(2027, 1, 15), date(2027, 1, 16)]
    only = store.usage(date(2027, 1, 16), date(2027, 1, 16))
    assert only.total.done == 2


def test_figures_outlive_the_runs_they_are_of(store: RunStore) -> None:
    for number in range(4):
        store.add(ended(str(number), number % 2, took_s=number))
    before = store.usage(*last_days(2, NOW))
    store.delete(["0", "3"], NOW)
    assert store.usage(*last_days(2, NOW)) == before
    assert store.purge(NOW + 1, str.strip) == 2
    assert store.usage(*last_days(2, NOW)) == before


some_runs = st.lists(
    st.builds(
        ended,
        st.uuids().map(str),
        st.floats(0, 5),
        status=st.sampled_from([Status.DONE, Status.DONE, Status.FAILED, Status.CANCELLED]),
        took_s=st.none() | st.integers(0, 50).map(float),
        charged_usd=st.none() | st.integers(0, 9).map(float),
        model=st.sampled_from([FRAMES, IMAGE_O1]),
    ),
    max_size=25,
)


@given(some_runs)
@settings(max_examples=25, deadline=None)
def test_grouping_in_the_database_is_counting_one_by_one(
    new_database: Callable[[], str], runs: list[Run]
) -> None:
    with closing(run_store(new_database())) as store:
        for run in runs:
            store.add(run)
        report = store.usage(*last_days(4, NOW))
    wanted = [run for run in runs if day_of(run) >= report.first]
    counted: dict[tuple[date, str], int] = defaultdict(int)
    for run in wanted:
        counted[day_of(run), run.model] += 1
    assert {(each.day, each.model): each.tally.runs for each in report.days} == counted
    charges = sum(run.charged_usd or 0 for run in wanted)
    assert report.total.charged_usd == pytest.approx(charges)
    for model in report.models:
        seconds = sorted(
            run.finished_at - run.submitted_at
            for run in wanted
            if run.model == model.model and run.status is Status.DONE
            if run.finished_at is not None and run.submitted_at is not None
        )
        assert (model.p50_s, model.p90_s) == (nearest_rank(seconds, 50), nearest_rank(seconds, 90))


def day_of(run: Run) -> date:
    return datetime.fromtimestamp(run.finished_at or 0, UTC).date()


def nearest_rank(ordered: list[float], percent: int) -> float | None:
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None
