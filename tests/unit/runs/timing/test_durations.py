"""What is believed of durations: wide at first, by the runs later on, and never thrown by a few."""

from math import exp, inf

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.provider.answers.answer_models import Percentiles
from components.runs.timing.durations import Durations, guessed, learned, reported
from components.runs.timing.polling import plan

any_number = st.floats(allow_nan=True, allow_infinity=True)


@settings(deadline=None)
@given(past_s=st.lists(any_number, max_size=30), guess_s=any_number, p50=any_number)
def test_no_history_and_no_figures_are_beyond_belief(
    past_s: list[float], guess_s: float, p50: float
) -> None:
    figures = Percentiles.model_construct(p50=p50, p75=p50, p90=-p50, p99=p50)
    for before in (guessed(guess_s), reported(figures, guess_s)):
        belief = learned(past_s, before)
        assert 0 < belief.quantile_s(0.1) < belief.median_s < belief.quantile_s(0.9)
        assert plan(belief).pause_s(10) > 0


@pytest.mark.parametrize(
    ("share", "freedom", "scales"),
    [(0.9, 3, 1.638), (0.95, 3, 2.353), (0.9, 23, 1.319), (0.95, inf, 1.645), (0.05, 23, -1.714)],
)
def test_quantiles_are_those_of_students_tables(
    share: float, freedom: float, scales: float
) -> None:
    belief = Durations(100, 0.2, freedom)
    assert belief.quantile_s(share) == pytest.approx(100 * exp(0.2 * scales), rel=0.002)


def test_a_first_guess_allows_for_being_off_by_twofold() -> None:
    belief = guessed(100)
    assert belief.quantile_s(0.1) < 50
    assert belief.quantile_s(0.9) > 200


def test_the_more_runs_the_narrower_the_range() -> None:
    chance = numpy.random.default_rng(1)
    seconds = (126 * numpy.exp(chance.normal(0, 0.2, 20))).tolist()
    widths = [
        belief.quantile_s(0.9) / belief.quantile_s(0.1)
        for belief in (learned(seconds[:count], guessed(126)) for count in (0, 1, 3, 8, 20))
    ]
    assert widths == sorted(widths, reverse=True)


def test_three_runs_outweigh_any_guess() -> None:
    assert learned([40, 50, 60], guessed(5000)).median_s == pytest.approx(49.3, abs=0.1)
    assert 500 < learned([50, 50], guessed(5000)).median_s * 7 < 5000


def test_a_stuck_run_does_not_blur_the_others() -> None:
    usual = [100.0 + number for number in range(19)]
    with_one_stuck = learned([*usual, 3600], guessed(100))
    assert with_one_stuck.median_s == pytest.approx(109, abs=2)
    assert with_one_stuck.quantile_s(0.9) < 150


def test_nine_in_ten_ranges_after_a_few_runs_hold_what_they_promise() -> None:
    chance = numpy.random.default_rng(2)
    inside = []
    for _ in range(400):
        *seconds, following = (126 * numpy.exp(chance.normal(0, 0.25, 9))).tolist()
        belief = learned(seconds, guessed(126))
        inside.append(belief.quantile_s(0.1) <= following <= belief.quantile_s(0.9))
    assert 0.75 <= numpy.mean(inside) <= 0.9


def test_the_providers_figures_give_the_middle_and_the_spread() -> None:
    narrow = reported(Percentiles(p50=80_000, p75=85_000, p90=90_000, p99=99_000), 79)
    wide = reported(Percentiles(p50=80_000, p75=120_000, p90=160_000, p99=400_000), 79)
    assert narrow.median_s == wide.median_s == 80
    assert narrow.spread < 0.3
    assert wide.spread > 0.5


def test_figures_of_another_measure_widen_the_guess_instead() -> None:
    of_the_post = Percentiles(p50=400, p75=500, p90=600, p99=900)
    belief = reported(of_the_post, 79)
    assert belief.median_s == 79
    assert belief.quantile_s(0.1) < 2
    assert plan(belief).pause_s(0) < 15
