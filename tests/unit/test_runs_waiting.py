"""Waiting for a video and bringing it home: one step at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.runs.run import Output, Run, Status
from components.runs.step import Stepper
from tests.media_files import drawing, video
from tests.provider_server import (
    Handler,
    Reply,
    ScriptedProvider,
    html,
    problem,
    reply,
    reset,
    scripted_provider,
)
from tests.run_samples import IMAGE_O1, NOW, Clock, completed, run_store, sample_run, stepper

GENERATING = {"id": "g-1", "status": "generating"}


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


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return video(tmp_path_factory.mktemp("clip") / "a.mp4", sound=True).read_bytes()


def waited(**changes: Any) -> Run:
    given: dict[str, Any] = {
        "submitted_at": NOW,
        "expected_s": 100.0,
        "generation_id": "g-1",
        **changes,
    }
    return sample_run(status=Status.GENERATING, **given)


def to_save(*urls: str, **changes: Any) -> Run:
    outputs = tuple(Output("video", url) for url in urls)
    return sample_run(status=Status.SAVING, generation_id="g-1", outputs=outputs, **changes)


def test_a_finished_video_is_to_be_saved(provider: ScriptedProvider, steps: Stepper) -> None:
    provider.replies = [completed("https://cdn.example/a.mp4")]
    run = steps.advance(waited())
    assert (run.status, run.charged_usd) == ("saving", 0.56)
    assert run.outputs == (Output("video", "https://cdn.example/a.mp4"),)
    assert provider.received[0].query == {"generation_id": ["g-1"]}


def test_how_long_the_provider_took_is_known_as_closely_as_the_looks(
    provider: ScriptedProvider, steps: Stepper, clock: Clock
) -> None:
    provider.replies = [completed("https://cdn.example/a.mp4")]
    clock.now = NOW + 84
    assert steps.advance(waited(rendered_s=80.0)).rendered_s == 82
    assert steps.advance(waited(rendered_s=20.0)).rendered_s is None
    assert steps.advance(waited()).rendered_s is None


def test_runs_that_are_done_teach_what_to_expect(
    provider: ScriptedProvider, steps: Stepper, clip: bytes
) -> None:
    provider.replies = [reply(raw=clip)]
    run = to_save(f"{provider.url}/clip", rendered_s=30.0)
    assert steps.expectations.expect(run.model, run.request).expected_s == 79
    for _ in range(3):
        assert steps.advance(run).status is Status.DONE
    assert round(steps.expectations.expect(run.model, run.request).expected_s) == 30


@pytest.mark.parametrize("status", ["queued", "waiting", "generating", "moderating", "failed"])
def test_any_other_status_keeps_going(
    provider: ScriptedProvider, steps: Stepper, status: str
) -> None:
    provider.replies = [reply({"id": "g-1", "status": status})]
    run = steps.advance(waited(attempts=3))
    assert (run.status, run.attempts, run.note) == ("generating", 0, "")
    assert run.rendered_s == 10
    assert NOW + 15 < run.next_step_at < NOW + 25


def test_a_finished_video_without_an_address_is_asked_for_again(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    provider.replies = [reply({"id": "g-1", "status": "completed", "video": None})]
    assert steps.advance(waited()).status is Status.GENERATING


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"name": "E", "message": "Declined."}, ": Declined."),
        ({"name": "E", "message": "No dot"}, ": No dot."),
        (None, "."),
    ],
)
def test_a_failed_video_says_why_and_that_it_is_free(
    provider: ScriptedProvider, steps: Stepper, error: dict[str, str] | None, said: str
) -> None:
    provider.replies = [reply({"id": "g-1", "status": "error", "error": error})]
    run = steps.advance(waited())
    assert (run.status, run.charged_usd) == ("failed", 0)
    assert run.error == (
        f"The provider could not make this video{said} A failed generation is not charged. "
        "Change the request and generate again."
    )


def test_a_run_that_takes_longer_than_most_says_so(
    provider: ScriptedProvider, steps: Stepper, clock: Clock
) -> None:
    provider.replies = [reply(GENERATING)]
    clock.now = NOW + 300
    assert steps.advance(waited()).note == "This takes longer than usual."


def test_past_its_deadline_a_run_is_still_rendering(
    provider: ScriptedProvider, steps: Stepper, clock: Clock
) -> None:
    provider.replies = [reply(GENERATING)]
    clock.now = NOW + 601
    run = steps.advance(waited())
    assert run.status is Status.GENERATING
    assert clock.now + 10 < run.next_step_at < clock.now + 20
    assert run.note == "Still rendering at the provider, much longer than usual."


@pytest.mark.parametrize(
    "answer", [html(502), problem(401), problem(404), problem(500), reset, reply({"a": 1})]
)
def test_a_look_that_fails_never_ends_a_run(
    provider: ScriptedProvider, steps: Stepper, answer: Reply
) -> None:
    provider.replies = [answer]
    run = steps.advance(waited(attempts=2))
    assert (run.status, run.attempts) == ("generating", 3)
    assert run.next_step_at > NOW + 10
    assert "goes on at the provider" in run.note


def test_a_look_keeps_to_the_pause_it_is_asked_for(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    provider.replies = [problem(429, Retry_After="120")]
    assert steps.advance(waited()).next_step_at == NOW + 130


def test_a_saved_video_is_described_and_has_a_picture(
    provider: ScriptedProvider, steps: Stepper, clip: bytes
) -> None:
    provider.replies = [reply(raw=clip)]
    run = steps.advance(to_save(f"{provider.url}/a"))
    (output,) = run.outputs
    assert (run.status, run.finished_at) == ("done", NOW + 10)
    assert (output.kind, output.mime, output.width_px, output.height_px) == (
        "video",
        "video/mp4",
        128,
        72,
    )
    assert output.size_bytes == len(clip)
    assert output.duration_s == pytest.approx(1.0, abs=0.1)
    assert output.name
    assert output.thumb
    assert steps.media.path(output.name).read_bytes() == clip
    assert steps.media.has(output.thumb)


@pytest.mark.parametrize("broken", ["truncated", "404", "HTML", "empty", "reset"])
def test_a_broken_copy_stays_saving_with_a_fresh_link_and_then_succeeds(
    provider: ScriptedProvider, steps: Stepper, clip: bytes, broken: str
) -> None:
    answers: dict[str, Reply] = {
        "truncated": reply(raw=clip[: len(clip) // 2]),
        "404": problem(404),
        "HTML": html(200),
        "empty": reply(raw=b""),
        "reset": reset,
    }
    files = {"/old": answers[broken], "/new": reply(raw=clip)}

    def by_path(handler: Handler) -> None:
        path = provider.received[-1].path
        answer = files.get(path) or completed(f"{provider.url}/new")
        answer(handler)

    provider.replies = [by_path]
    run = steps.advance(to_save(f"{provider.url}/old"))
    assert (run.status, run.attempts) == ("saving", 1)
    assert run.next_step_at > NOW + 10
    assert "paid for and still at the provider" in run.note
    assert run.outputs[0].remote_url == f"{provider.url}/new"
    assert steps.advance(run).status is Status.DONE
    assert provider.post_count == 0


def test_a_link_that_cannot_be_renewed_stays(provider: ScriptedProvider, steps: Stepper) -> None:
    provider.replies = [problem(404)]
    run = steps.advance(to_save(f"{provider.url}/old"))
    assert run.status is Status.SAVING
    assert run.outputs[0].remote_url == f"{provider.url}/old"


def test_files_that_are_saved_are_not_fetched_again(
    provider: ScriptedProvider, steps: Stepper, tmp_path: Path
) -> None:
    drawing().save(tmp_path / "a.png")
    picture = reply(raw=(tmp_path / "a.png").read_bytes())
    provider.replies = [picture, problem(404), picture]
    urls = [f"{provider.url}/1", f"{provider.url}/2"]
    run = to_save(*urls, model=IMAGE_O1)
    run = steps.advance(Run(**{**vars(run), "generation_id": None}))
    assert [bool(output.name) for output in run.outputs] == [True, False]
    run = steps.advance(run)
    assert run.status is Status.DONE
    assert [request.path for request in provider.received] == ["/1", "/2", "/2"]


def test_an_address_we_do_not_go_to_is_kept_and_shown(
    provider: ScriptedProvider, steps: Stepper
) -> None:
    provider.replies = [problem(404)]
    run = steps.advance(to_save("http://10.0.0.1/a.mp4"))
    assert run.status is Status.SAVING
    assert run.outputs[0].remote_url == "http://10.0.0.1/a.mp4"
    assert "The result's address cannot be used" in run.note
