"""When to look: seldom at first, densely around the likely end, never worse than a fixed poll."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.runs.timing.durations import Durations, guessed, reported
from components.runs.timing.polling import DEFAULT_BUDGET, Plan, plan
from tests.simulation.polling_replay import (
    POLL_S,
    Truth,
    after_runs,
    at_requests,
    figures,
    fixed_poll,
    heavy_tailed,
    lognormal,
    planned,
    sometimes_stuck,
)

BEST_SHARE = {0.15: 0.26, 0.25: 0.41, 0.35: 0.53}
"""Of the fixed poll's mean delay, at its number of looks: by the dynamic program of the bench."""
beliefs = st.builds(
    Durations, st.floats(0.1, 5000), st.floats(0.05, 1.5), st.sampled_from([3.0, 8.0, float("inf")])
)
plans = st.builds(plan, beliefs, first_gap_s=st.sampled_from([POLL_S, float("inf")]))


@settings(deadline=None)
@given(schedule=plans, elapsed_s=st.floats(-10, 1e6), stretch=st.floats(0.95, 1.05))
def test_the_next_look_is_never_too_soon_nor_too_late(
    schedule: Plan, elapsed_s: float, stretch: float
) -> None:
    assert 1.0 <= schedule.pause_s(elapsed_s, stretch) <= 180.0


@settings(deadline=None)
@given(schedule=plans)
def test_once_looks_began_they_are_at_most_a_quarter_of_a_minute_apart(schedule: Plan) -> None:
    for before_s, look_s in pairwise(schedule.looks_s[1:]):
        assert look_s - before_s <= 15.0 + 1e-6
    for elapsed_s in (schedule.looks_s[-1], schedule.overdue_s, 1e6):
        assert schedule.pause_s(elapsed_s) <= max(15.0, min(30.0, elapsed_s / 60)) + 1e-6


@settings(deadline=None)
@given(belief=beliefs)
def test_a_first_guess_is_not_trusted_with_a_long_first_gap(belief: Durations) -> None:
    assert plan(belief, first_gap_s=15.0).pause_s(0) <= 15.0 + 1e-6


@settings(deadline=None)
@given(schedule=plans, earlier_s=st.floats(0, 5000), later_s=st.floats(0, 100))
def test_a_later_look_is_followed_by_a_later_one(
    schedule: Plan, earlier_s: float, later_s: float
) -> None:
    later_s += earlier_s
    assert later_s + schedule.pause_s(later_s) >= earlier_s + schedule.pause_s(earlier_s) - 1e-6


@settings(deadline=None)
@given(schedule=plans)
def test_no_gap_of_a_plan_is_longer_than_the_mean_of_those_before(schedule: Plan) -> None:
    looks_s = [look_s for look_s in schedule.looks_s if look_s]
    for count, (look_s, next_s) in enumerate(pairwise(looks_s), 1):
        assert next_s - look_s <= look_s / count + 1e-6


def test_looks_are_sparse_at_first_and_dense_around_the_end() -> None:
    schedule = plan(Durations(126, 0.25))
    assert 60 < schedule.pause_s(0) < 80
    assert 4 < schedule.pause_s(80) < 7
    assert schedule.pause_s(126) < 3.5
    assert schedule.pause_s(540) == pytest.approx(9)
    assert schedule.pause_s(5000) == 30


def test_a_late_look_is_followed_by_a_whole_gap() -> None:
    schedule = plan(Durations(126, 0.25))
    first_s, second_s, third_s = schedule.looks_s[1:4]
    late_s = (first_s + second_s) / 2
    assert late_s + schedule.pause_s(late_s) == pytest.approx((second_s + third_s) / 2)


def test_a_stretched_gap_is_longer_by_its_share() -> None:
    schedule = plan(Durations(126, 0.25))
    first_s, second_s, third_s = schedule.looks_s[1:4]
    assert schedule.pause_s(first_s, 1.1) == pytest.approx(
        second_s - first_s + 0.1 * (third_s - second_s)
    )


def test_a_run_is_overdue_after_ten_minutes_or_four_times_the_usual() -> None:
    assert plan(Durations(126, 0.25)).overdue_s == 600
    assert plan(Durations(235, 0.25)).overdue_s == 940


def test_the_end_is_taken_to_be_between_the_last_two_looks() -> None:
    schedule = plan(Durations(126, 0.25))
    assert schedule.rendered_s(120, 124) == 122
    assert schedule.rendered_s(2, 70) == 62.5


def test_nothing_is_learned_from_a_look_that_came_hours_late() -> None:
    schedule = plan(Durations(126, 0.25))
    assert schedule.rendered_s(120, 7200) is None
    assert schedule.rendered_s(60, 126) is None
    assert schedule.rendered_s(None, 126) is None


@pytest.mark.parametrize("sigma", BEST_SHARE)
def test_a_known_distribution_is_seen_within_a_tenth_of_the_best_possible(sigma: float) -> None:
    truth = lognormal(126, sigma)
    poll = fixed_poll(POLL_S, truth)
    delay_s = at_requests([Durations(126, sigma)], truth, poll.looks)
    assert delay_s <= 1.1 * BEST_SHARE[sigma] * poll.delay_s


@pytest.mark.parametrize("sigma", BEST_SHARE)
def test_twenty_runs_bring_it_within_three_tenths(sigma: float) -> None:
    truth = lognormal(126, sigma)
    poll = fixed_poll(POLL_S, truth)
    delay_s = at_requests(after_runs(20, truth), truth, poll.looks)
    assert delay_s <= 1.3 * BEST_SHARE[sigma] * poll.delay_s


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(
    "truth",
    [lognormal(79, 0.15), lognormal(235, 0.35), heavy_tailed(126), sometimes_stuck(126)],
    ids=lambda truth: truth.name,
)
def test_before_that_it_is_never_worse_than_the_fixed_poll(truth: Truth, factor: float) -> None:
    poll = fixed_poll(POLL_S, truth)
    for belief in (
        [guessed(truth.median_s * factor)],
        [reported(figures(truth, factor), truth.median_s)],
        after_runs(1, truth, factor),
        after_runs(2, truth, factor),
        after_runs(5, truth, factor),
    ):
        assert at_requests(belief, truth, poll.looks) < poll.delay_s


@pytest.mark.parametrize("sigma", BEST_SHARE)
def test_by_default_the_end_is_seen_within_two_seconds_on_average(sigma: float) -> None:
    truth = lognormal(126, sigma)
    known = planned([Durations(126, sigma)], truth, DEFAULT_BUDGET)
    after = planned(after_runs(20, truth), truth, DEFAULT_BUDGET)
    first = planned([guessed(126)], truth, DEFAULT_BUDGET, first_gap_s=15.0)
    assert max(known.delay_s, after.delay_s, first.delay_s) <= 2.0
    assert max(known.looks, after.looks) < fixed_poll(5.0, truth).looks
