"""What a run is expected to take, what that rests on, and that asking costs nothing."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from components.errors import ProviderPaused, Unreachable
from components.provider.answers.answer_models import Percentiles
from components.runs.run import Output, Run, Status
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import PAUSED_S, REFRESH_S, REMEMBERED, Basis, Expectations
from tests.samples.models import CATALOG
from tests.samples.run_samples import FRAMES, NOW, PICTURE, Clock, sample_run

EDIT = "klingai/video-o1-video-to-video-edit"
FIVE = {"prompt": "A boat", "image_url": PICTURE, "duration": 5}
TEN = {**FIVE, "duration": 10}
FIGURES = {FRAMES: Percentiles(p50=100_000, p75=110_000, p90=120_000, p99=150_000)}


def no_figures(_: list[str]) -> Mapping[str, Percentiles]:
    return {}


def past(number: int, rendered_s: float | None, **changes: object) -> Run:
    given = {"status": Status.DONE, "finished_at": NOW + number, "request": FIVE, **changes}
    return replace(sample_run(f"run-{number}", **given), rendered_s=rendered_s)


def test_without_any_runs_it_is_the_catalogues_guess(store: RunStore) -> None:
    expected = Expectations(CATALOG, store, no_figures).expect(FRAMES, FIVE)
    assert (expected.expected_s, expected.basis) == (79.0, Basis.GUESS)
    assert expected.low_s < 45
    assert 140 < expected.high_s < expected.unusual_s
    assert expected.plan.pause_s(0) <= 15


def test_a_first_guess_can_be_replaced(store: RunStore) -> None:
    assert (
        Expectations(CATALOG, store, no_figures, guess_s=6.0).expect(FRAMES, FIVE).expected_s == 6.0
    )


def test_a_run_of_a_model_that_is_gone_has_an_expectation_too(store: RunStore) -> None:
    assert Expectations(CATALOG, store, no_figures).expect("gone/model", {}).expected_s == 120.0


@pytest.mark.parametrize("duration", [None, "", "5", "long", [], 1e400])
def test_an_unfinished_form_has_an_expectation_too(store: RunStore, duration: object) -> None:
    asked = {"duration": duration}
    assert Expectations(CATALOG, store, no_figures).expect(FRAMES, asked).basis is Basis.GUESS


def test_the_providers_figures_outweigh_the_guess(store: RunStore) -> None:
    expectations = Expectations(CATALOG, store, lambda _: FIGURES)
    expectations.refresh()
    expected = expectations.expect(FRAMES, FIVE)
    assert (expected.expected_s, expected.basis) == (100.0, Basis.PROVIDER)


def test_three_past_runs_of_that_length_outweigh_the_figures(store: RunStore) -> None:
    for number, seconds in enumerate([50, 60, 70]):
        store.add(past(number, seconds))
        store.add(past(100 + number, 3 * seconds, request=TEN))
    expectations = Expectations(CATALOG, store, lambda _: FIGURES)
    expectations.refresh()
    five, ten = expectations.expect(FRAMES, FIVE), expectations.expect(FRAMES, TEN)
    assert (round(five.expected_s), five.basis) == (59, Basis.PAST_RUNS)
    assert (round(ten.expected_s), ten.basis) == (178, Basis.PAST_RUNS)


def test_runs_of_other_lengths_are_better_than_a_guess(store: RunStore) -> None:
    for number in range(3):
        store.add(past(number, 40))
    expected = Expectations(CATALOG, store, no_figures).expect(FRAMES, TEN)
    assert (round(expected.expected_s), expected.basis) == (40, Basis.OTHER_LENGTHS)
    assert expected.high_s > 80


def test_an_edit_is_as_long_as_its_clip(store: RunStore) -> None:
    asked = {"prompt": "A boat", "video_url": "https://example.com/a.mp4"}
    for number, length_s in enumerate([3.0, 3.04, 2.9, 9.9, 10.0, 10.04]):
        outputs = (Output("video", duration_s=length_s),)
        run = past(number, 40 * length_s, request=asked, outputs=outputs)
        store.add(replace(run, model=EDIT))
    known = Expectations(CATALOG, store, no_figures, clip_s=lambda *_: 9.8).expect(EDIT, asked)
    assert (round(known.expected_s / 10), known.basis) == (40, Basis.PAST_RUNS)
    unknown = Expectations(CATALOG, store, no_figures).expect(EDIT, asked)
    assert 120 < unknown.expected_s < 400
    assert unknown.basis is Basis.PAST_RUNS


def test_neither_failed_runs_nor_those_of_unknown_duration_count(store: RunStore) -> None:
    for number in range(5):
        store.add(past(number, 10, status=Status.FAILED))
        store.add(past(10 + number, 10, status=Status.CANCELLED))
        store.add(past(20 + number, None))
    assert Expectations(CATALOG, store, no_figures).expect(FRAMES, FIVE).basis is Basis.GUESS


def test_asking_again_reads_nothing_until_a_run_is_done(store: RunStore) -> None:
    expectations = Expectations(CATALOG, store, no_figures)
    first = expectations.expect(FRAMES, FIVE)
    store.close()
    assert expectations.expect(FRAMES, FIVE) is first
    expectations.learn(past(1, 50))
    assert expectations.expect(FRAMES, FIVE).expected_s < first.expected_s
    expectations.learn(past(2, 50))
    expectations.learn(past(3, 50))
    learned = expectations.expect(FRAMES, FIVE)
    assert (round(learned.expected_s), learned.basis) == (50, Basis.PAST_RUNS)
    assert learned.plan.pause_s(0) > first.plan.pause_s(0)


def test_a_run_of_unknown_duration_teaches_nothing(store: RunStore) -> None:
    expectations = Expectations(CATALOG, store, no_figures)
    first = expectations.expect(FRAMES, FIVE)
    expectations.learn(past(1, None))
    assert expectations.expect(FRAMES, FIVE) is first


def test_what_others_wrote_is_seen_at_the_next_refresh(store: RunStore) -> None:
    clock = Clock()
    expectations = Expectations(CATALOG, store, no_figures, clock=clock)
    expectations.refresh()
    assert expectations.expect(FRAMES, FIVE).basis is Basis.GUESS
    for number in range(3):
        store.add(past(number, 40))
    expectations.refresh()
    assert expectations.expect(FRAMES, FIVE).basis is Basis.GUESS
    clock.now += REFRESH_S
    expectations.refresh()
    assert expectations.expect(FRAMES, FIVE).basis is Basis.PAST_RUNS


def test_figures_that_cannot_be_had_change_nothing(store: RunStore) -> None:
    clock = Clock()
    answers = [FIGURES]

    def durations(_: list[str]) -> Mapping[str, Percentiles]:
        if not answers:
            raise Unreachable("The provider cannot be reached.")
        return answers.pop()

    expectations = Expectations(CATALOG, store, durations, clock=clock)
    for _ in range(3):
        expectations.refresh()
        assert expectations.expect(FRAMES, FIVE).basis is Basis.PROVIDER
        clock.now += REFRESH_S


def test_figures_not_asked_for_while_the_provider_is_left_alone_come_soon_after(
    store: RunStore,
) -> None:
    clock, is_paused = Clock(), [True]

    def durations(_: list[str]) -> Mapping[str, Percentiles]:
        if is_paused:
            raise ProviderPaused("Trying again soon.", until=is_paused.pop())
        return FIGURES

    expectations = Expectations(CATALOG, store, durations, clock=clock)
    expectations.refresh()
    clock.now += PAUSED_S
    expectations.refresh()
    assert expectations.expect(FRAMES, FIVE).basis is Basis.PROVIDER


def test_only_the_newest_twenty_runs_count(store: RunStore) -> None:
    expectations = Expectations(CATALOG, store, no_figures)
    expectations.expect(FRAMES, FIVE)
    for number in range(40):
        expectations.learn(past(number, 40 if number < 20 else 120))
    assert round(expectations.expect(FRAMES, FIVE).expected_s) == 120


def test_forms_that_ask_for_every_length_are_not_all_remembered(store: RunStore) -> None:
    expectations = Expectations(CATALOG, store, no_figures)
    first = expectations.expect(FRAMES, FIVE)
    for seconds in range(10, REMEMBERED + 10):
        expectations.expect(FRAMES, {"duration": seconds})
    assert expectations.expect(FRAMES, FIVE) is not first
