"""Sending a run, and looking for one whose answer was lost: one step at a time."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.media.store import FolderStore, ref
from components.runs.run import Run, Status
from components.runs.search import SEARCH_S
from components.runs.sending import SUBMIT_TRIES
from components.runs.step import Stepper
from tests.media_files import drawing
from tests.provider_server import ScriptedProvider, html, problem, reply, reset, scripted_provider
from tests.run_samples import FRAMES, IMAGE_O1, NOW, Clock, log_row, run_store, sample_run, stepper


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW + 10)


@pytest.fixture
def steps(provider: ScriptedProvider, tmp_path: Path, clock: Clock) -> Iterator[Stepper]:
    store = run_store(tmp_path)
    yield stepper(provider, store, tmp_path, clock)
    store.close()


def sending(**changes: Any) -> Run:
    return sample_run(status=Status.SUBMITTING, submitted_at=NOW, **changes)


def searched(**changes: Any) -> Run:
    return sample_run(status=Status.UNCERTAIN, submitted_at=NOW, note="Lost.", **changes)


def test_an_accepted_video_is_looked_at_later(provider: ScriptedProvider, steps: Stepper) -> None:
    provider.replies = [reply({"id": "g-1", "status": "queued"}, x_inference_id="inf-1")]
    run = steps.advance(sending())
    assert (run.status, run.generation_id, run.inference_id) == ("generating", "g-1", "inf-1")
    assert (run.expected_s, run.rendered_s) == (79.0, 10.0)
    assert NOW + 15 < run.next_step_at < NOW + 25
    assert run.response == {"id": "g-1", "status": "queued"}
    assert provider.received[0].headers["x-client-request-id"] == "run-1"


def test_finished_pictures_are_to_be_saved_and_their_price_is_known(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    answer = {"data": [{"url": "https://a/1.png"}, {"url": "https://a/2.png"}]}
    provider.replies = [reply(answer, x_inference_id="inf-1", x_aimlapi_usd_spent="0.07")]
    run = steps.advance(sending(model=IMAGE_O1))
    assert (run.status, run.charged_usd, run.inference_id) == ("saving", 0.07, "inf-1")
    assert [output.remote_url for output in run.outputs] == ["https://a/1.png", "https://a/2.png"]


def test_a_picture_inside_the_answer_is_kept_at_once(
    provider: ScriptedProvider, steps: Stepper, tmp_path: Path
) -> None:
    drawing().save(tmp_path / "a.png")
    inline = base64.b64encode((tmp_path / "a.png").read_bytes()).decode()
    provider.replies = [reply({"data": [{"b64_json": inline}]})]
    run = steps.advance(sending(model=IMAGE_O1))
    (output,) = run.outputs
    assert output.name
    assert steps.media.path(output.name).read_bytes() == (tmp_path / "a.png").read_bytes()
    assert run.response == {"data": [{"b64_json": f"({len(inline)} characters)"}]}
    assert steps.advance(run).status is Status.DONE


@pytest.mark.parametrize("picture", [{"b64_json": "?"}, {"b64_json": "AAAA"}, {"url": None}])
def test_pictures_that_cannot_be_read_were_perhaps_charged(
    provider: ScriptedProvider, steps: Stepper, picture: dict[str, str | None]
) -> None:
    provider.replies = [reply({"data": [picture]})]
    assert steps.advance(sending(model=IMAGE_O1)).status is Status.UNCERTAIN


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refused_run_is_over_and_free(
    provider: ScriptedProvider, steps: Stepper, status: int
) -> None:
    provider.replies = [problem(status, "Expected 5, received 7", x_inference_id="inf-1")]
    run = steps.advance(sending())
    assert (run.status, run.finished_at, run.inference_id) == ("failed", NOW + 10, "inf-1")
    assert "Nothing was charged." in run.error


@pytest.mark.parametrize(
    ("asked", "least_s", "most_s"), [("40", 40, 40), (None, 1, 2), ("86400", 300, 300)]
)
def test_a_run_that_was_not_accepted_waits_as_long_as_asked(
    provider: ScriptedProvider, steps: Stepper, asked: str | None, least_s: float, most_s: float
) -> None:
    provider.replies = [problem(429, **({"Retry_After": asked} if asked else {}))]
    run = steps.advance(sending())
    assert (run.status, run.attempts, run.submitted_at) == ("queued", 1, None)
    assert NOW + 10 + least_s <= run.next_step_at <= NOW + 10 + most_s
    assert "Nothing was charged." in run.note


def test_a_provider_that_never_accepts_ends_the_run_without_a_charge(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    provider.replies = [problem(503, "Service unavailable", Retry_After="3")]
    run = steps.advance(sending(attempts=SUBMIT_TRIES - 1))
    assert run.status is Status.FAILED
    assert run.error == "The provider is overloaded. Nothing was charged. Send it again later."


def test_a_file_that_is_gone_or_a_request_no_longer_taken_is_never_sent(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    gone = {"prompt": "A boat", "image_url": ref(f"{'0' * 64}.png")}
    wrong = {"prompt": "", "image_url": "https://a"}
    for run in (
        sending(request=gone),
        sending(request=wrong),
        replace(sending(), model="klingai/x"),
    ):
        failed = steps.advance(run)
        assert failed.status is Status.FAILED
        assert failed.error.endswith(". Nothing was sent or charged.")
    assert provider.received == []


def test_a_kept_file_is_sent_as_a_data_uri(
    provider: ScriptedProvider, steps: Stepper, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(b"picture")
    name = FolderStore(tmp_path / "media").keep(tmp_path / "a.png", ".png")
    provider.replies = [reply({"id": "g-1", "status": "queued"})]
    steps.advance(sending(request={"prompt": "A boat", "image_url": ref(name)}))
    assert provider.received[0].json["image_url"] == "data:image/png;base64,cGljdHVyZQ=="


@pytest.mark.parametrize("model", [FRAMES, IMAGE_O1])
def test_a_lost_answer_is_looked_for_and_not_sent_again(
    provider: ScriptedProvider, steps: Stepper, model: str
) -> None:
    provider.replies = [reset]
    run = steps.advance(sending(model=model))
    assert (run.status, run.next_step_at) == ("uncertain", NOW + 11)
    assert "may have been accepted" in run.note
    assert provider.post_count == 1


def test_a_lost_answer_that_names_its_generation_needs_no_search(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    provider.replies = [reply({}, 200, x_inference_id="g-7")]
    run = steps.advance(sending())
    assert (run.status, run.generation_id) == ("generating", "g-7")


def test_an_error_that_names_an_inference_is_looked_for_before_it_is_believed(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    provider.replies = [reply({}, 500, x_inference_id="g-7")]
    run = steps.advance(sending())
    assert (run.status, run.inference_id, run.generation_id) == ("uncertain", "g-7", None)


def test_a_lost_video_is_found_in_the_log_and_goes_on(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    provider.replies = [reply({"data": [log_row("run-1", inference_id="g-9")]})]
    run = steps.advance(searched())
    assert (run.status, run.generation_id, run.inference_id) == ("generating", "g-9", "g-9")
    assert provider.post_count == 0


def test_lost_pictures_were_charged_and_cannot_be_fetched(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    provider.replies = [reply({"data": [log_row("run-1", inference_id="inf-1")]})]
    run = steps.advance(searched(model=IMAGE_O1))
    assert (run.status, run.charged_usd, run.inference_id) == ("failed", 0.25, "inf-1")
    assert "Charged $0.2500." in run.error


def test_a_lost_request_that_failed_was_free(provider: ScriptedProvider, steps: Stepper) -> None:
    row = log_row("run-1", inference_id="inf-1", status="failed")
    provider.replies = [reply({"data": [row]})]
    run = steps.advance(searched())
    assert run.status is Status.FAILED
    assert "Nothing was charged." in run.error


def test_a_search_goes_on_while_the_log_may_lag_and_then_says_so(
    provider: ScriptedProvider, steps: Stepper, clock: Clock
) -> None:
    provider.replies = [reply({"data": [log_row("other", inference_id="g-2")]})]
    run = steps.advance(searched())
    assert (run.status, run.attempts, run.note) == ("uncertain", 1, "Lost.")
    assert run.next_step_at > clock.now
    clock.now = NOW + SEARCH_S
    assert steps.advance(run).status is Status.UNCERTAIN
    clock.now += 1
    failed = steps.advance(run)
    assert failed.status is Status.FAILED
    assert "Not charged as far as the log tells. You can send it again." in failed.error
    assert provider.post_count == 0


def test_a_log_that_cannot_be_read_ends_nothing(
    provider: ScriptedProvider, steps: Stepper, clock: Clock
) -> None:
    clock.now = NOW + 10 * SEARCH_S
    for answer in (html(502), reset, problem(401), problem(429)):
        provider.replies = [answer]
        run = steps.advance(searched())
        assert run.status is Status.UNCERTAIN
        assert run.note.startswith("The provider's log cannot be read: ")


def test_a_late_answer_ends_the_search(provider: ScriptedProvider, steps: Stepper) -> None:
    run = steps.advance(searched(generation_id="g-1"))
    assert (run.status, run.generation_id) == ("generating", "g-1")
    assert provider.received == []
