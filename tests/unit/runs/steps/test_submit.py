"""Sending a run: one step at a time."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.media.store.media_store import FolderStore, ref
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.retry import FailureKind
from components.runs.run import Run, Status
from components.runs.steps.runner import StepRunner
from tests.samples.media_files import drawing
from tests.samples.run_samples import FRAMES, IMAGE_O1, NOW, nearly_over, sample_run, with_context
from tests.servers.provider_server import ScriptedProvider, problem, reply, reset


def sending(**changes: Any) -> Run:
    return sample_run(status=Status.SUBMITTING, submitted_at=NOW, **changes)


def test_an_accepted_video_is_looked_at_later(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [reply({"id": "g-1", "status": "queued"}, x_inference_id="inf-1")]
    run = steps.advance(sending())
    assert (run.status, run.generation_id, run.inference_id) == ("generating", "g-1", "inf-1")
    assert (run.expected_s, run.rendered_s) == (79.0, 10.0)
    assert NOW + 15 < run.next_step_at < NOW + 25
    assert run.response == {"id": "g-1", "status": "queued"}
    assert provider.received[0].headers["x-client-request-id"] == "run-1"


def test_finished_pictures_are_to_be_saved_and_their_price_is_known(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    answer = {"data": [{"url": "https://a/1.png"}, {"url": "https://a/2.png"}]}
    provider.replies = [reply(answer, x_inference_id="inf-1", x_aimlapi_usd_spent="0.07")]
    run = steps.advance(sending(model=IMAGE_O1))
    assert (run.status, run.charged_usd, run.inference_id) == ("saving", 0.07, "inf-1")
    assert [output.remote_url for output in run.outputs] == ["https://a/1.png", "https://a/2.png"]


@pytest.mark.parametrize("header", ["0", "-0.07", "nan"])
def test_pictures_whose_charge_is_not_told_are_left_to_the_ledger(
    provider: ScriptedProvider, steps: StepRunner, header: str
) -> None:
    answer = {"data": [{"url": "https://cdn.example/1.png"}]}
    provider.replies = [reply(answer, x_inference_id="inf-1", x_aimlapi_usd_spent=header)]
    run = steps.advance(sending(model=IMAGE_O1))
    assert (run.status, run.charged_usd, run.inference_id) == ("saving", None, "inf-1")


def test_a_run_that_can_never_be_sent_from_here_ends_at_once_and_is_free(
    steps: StepRunner,
) -> None:
    client = ProviderClient(HttpClient("http://127.0.0.1:9", "“sk-quotes”"))
    run = with_context(steps, provider=client).advance(sending())
    assert (run.status, run.charged_usd) == ("failed", 0.0)
    assert run.error == (
        "AIML_API_KEY has a character that no key has, such as a typographic quote. "
        "Nothing was sent or charged. "
        "Set it again, start the playground again and send the request again."
    )


def test_a_picture_inside_the_answer_is_kept_at_once(
    provider: ScriptedProvider, steps: StepRunner, tmp_path: Path
) -> None:
    drawing().save(tmp_path / "a.png")
    inline = base64.b64encode((tmp_path / "a.png").read_bytes()).decode()
    provider.replies = [reply({"data": [{"b64_json": inline}]})]
    run = steps.advance(sending(model=IMAGE_O1))
    (output,) = run.outputs
    assert output.name
    assert steps.context.media.path(output.name).read_bytes() == (tmp_path / "a.png").read_bytes()
    assert run.response == {"data": [{"b64_json": f"({len(inline)} characters)"}]}
    assert steps.advance(run).status is Status.DONE


@pytest.mark.parametrize("picture", [{"b64_json": "?"}, {"b64_json": "AAAA"}, {"url": None}])
def test_pictures_that_cannot_be_read_were_perhaps_charged(
    provider: ScriptedProvider, steps: StepRunner, picture: dict[str, str | None]
) -> None:
    provider.replies = [reply({"data": [picture]})]
    assert steps.advance(sending(model=IMAGE_O1)).status is Status.UNCERTAIN


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refused_run_is_over_and_free(
    provider: ScriptedProvider, steps: StepRunner, status: int
) -> None:
    provider.replies = [problem(status, "Expected 5, received 7", x_inference_id="inf-1")]
    run = steps.advance(sending())
    assert (run.status, run.finished_at, run.inference_id) == ("failed", NOW + 10, "inf-1")
    assert "Nothing was charged." in run.error


@pytest.mark.parametrize(
    ("asked", "least_s", "most_s"), [("40", 40, 42), (None, 0.5, 2), ("86400", 300, 302)]
)
def test_a_run_that_was_not_accepted_waits_as_long_as_asked(
    provider: ScriptedProvider, steps: StepRunner, asked: str | None, least_s: float, most_s: float
) -> None:
    provider.replies = [problem(429, **({"Retry_After": asked} if asked else {}))]
    run = steps.advance(sending())
    assert (run.status, run.attempts, run.submitted_at) == ("queued", 1, None)
    assert NOW + 10 + least_s <= run.next_step_at <= NOW + 10 + most_s
    assert run.note.startswith("The provider asks for a pause (429). Nothing was charged. It is ")
    assert run.provider_request_id == "req-1"


def test_a_provider_that_never_accepts_ends_the_run_without_a_charge(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [problem(503, "Service unavailable", Retry_After="3")]
    run = nearly_over(sending(), FailureKind.NOT_ACCEPTED, NOW, left_s=11)
    assert steps.advance(run).status is Status.QUEUED
    run = steps.advance(nearly_over(sending(), FailureKind.NOT_ACCEPTED, NOW, left_s=10))
    assert run.status is Status.FAILED
    assert run.error == (
        "The provider is overloaded. The provider accepted nothing for 6 hours. "
        "Nothing was charged. Send it again later."
    )


def test_a_file_that_is_gone_or_a_request_no_longer_taken_is_never_sent(
    provider: ScriptedProvider, steps: StepRunner
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
        assert ". Nothing was sent or charged. Change the request" in failed.error
    assert provider.received == []


def test_a_kept_file_is_sent_as_a_data_uri(
    provider: ScriptedProvider, steps: StepRunner, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(b"picture")
    name = FolderStore(tmp_path / "media").keep(tmp_path / "a.png", ".png")
    provider.replies = [reply({"id": "g-1", "status": "queued"})]
    steps.advance(sending(request={"prompt": "A boat", "image_url": ref(name)}))
    assert provider.received[0].json["image_url"] == "data:image/png;base64,cGljdHVyZQ=="


@pytest.mark.parametrize("model", [FRAMES, IMAGE_O1])
def test_a_lost_answer_is_looked_for_and_not_sent_again(
    provider: ScriptedProvider, steps: StepRunner, model: str
) -> None:
    provider.replies = [reset]
    run = steps.advance(sending(model=model))
    assert run.status is Status.UNCERTAIN
    assert NOW + 10.5 <= run.next_step_at <= NOW + 12
    assert "may have been accepted" in run.note
    assert provider.post_count == 1


def test_a_lost_answer_that_names_its_generation_needs_no_search(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [reply({}, 200, x_inference_id="g-7")]
    run = steps.advance(sending())
    assert (run.status, run.generation_id) == ("generating", "g-7")


def test_an_error_that_names_an_inference_is_looked_for_before_it_is_believed(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [reply({}, 500, x_inference_id="g-7")]
    run = steps.advance(sending())
    assert (run.status, run.inference_id, run.generation_id) == ("uncertain", "g-7", None)
