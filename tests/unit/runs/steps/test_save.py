"""Bringing a result home: one step at a time, however often it takes."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.errors import DownloadFailed, DownloadUnfinished
from components.media.download.fetch import download
from components.media.download.timeouts import DownloadTimeouts
from components.media.store.media_store import FolderStore
from components.runs.retry import RULES, FailureKind
from components.runs.run import Output, Run, Status
from components.runs.steps.runner import StepRunner
from tests.samples.media_files import drawing, video
from tests.samples.run_samples import (
    IMAGE_O1,
    NOW,
    Clock,
    FullStore,
    completed,
    nearly_over,
    sample_run,
    with_context,
)
from tests.servers.media_server import serve
from tests.servers.provider_server import (
    Handler,
    Reply,
    ScriptedProvider,
    html,
    problem,
    reply,
    reset,
)

GENERATING = {"id": "g-1", "status": "generating"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return video(tmp_path_factory.mktemp("clip") / "a.mp4", sound=True).read_bytes()


def to_save(*urls: str, **changes: Any) -> Run:
    outputs = tuple(Output("video", url) for url in urls)
    return sample_run(status=Status.SAVING, generation_id="g-1", outputs=outputs, **changes)


def test_a_saved_video_is_described_and_has_a_picture(
    provider: ScriptedProvider, steps: StepRunner, clip: bytes
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
    assert steps.context.media.path(output.name).read_bytes() == clip
    assert steps.context.media.has(output.thumb)


@pytest.mark.parametrize("broken", ["truncated", "404", "HTML", "empty", "reset"])
def test_a_broken_copy_stays_saving_with_a_fresh_link_and_then_succeeds(
    provider: ScriptedProvider, steps: StepRunner, clip: bytes, broken: str
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


def test_a_link_that_cannot_be_renewed_stays(provider: ScriptedProvider, steps: StepRunner) -> None:
    provider.replies = [problem(404)]
    run = steps.advance(to_save(f"{provider.url}/old"))
    assert run.status is Status.SAVING
    assert run.outputs[0].remote_url == f"{provider.url}/old"


def test_files_that_are_saved_are_not_fetched_again(
    provider: ScriptedProvider, steps: StepRunner, tmp_path: Path
) -> None:
    drawing().save(tmp_path / "a.png")
    picture = reply(raw=(tmp_path / "a.png").read_bytes())
    provider.replies = [problem(404), picture]
    outputs = tuple(Output("image", f"{provider.url}/{number}") for number in (1, 2))
    run = sample_run(status=Status.SAVING, outputs=outputs, model=IMAGE_O1)
    run = steps.advance(run)
    assert [bool(output.name) for output in run.outputs] == [False, True]
    run = steps.advance(run)
    assert run.status is Status.DONE
    assert [request.path for request in provider.received] == ["/1", "/2", "/1"]


def test_an_address_we_do_not_go_to_is_kept_and_shown(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [problem(404)]
    run = steps.advance(to_save("http://10.0.0.1/a.mp4"))
    assert run.status is Status.SAVING
    assert run.outputs[0].remote_url == "http://10.0.0.1/a.mp4"
    assert "The result's address cannot be used" in run.note


def test_runs_that_are_done_teach_what_to_expect(
    provider: ScriptedProvider, steps: StepRunner, clip: bytes
) -> None:
    provider.replies = [reply(raw=clip)]
    run = to_save(f"{provider.url}/clip", rendered_s=30.0)
    assert steps.context.expectations.expect(run.model, run.request).expected_s == 79
    for _ in range(3):
        assert steps.advance(run).status is Status.DONE
    assert round(steps.context.expectations.expect(run.model, run.request).expected_s) == 30


def test_a_file_of_another_kind_is_no_result(
    provider: ScriptedProvider, steps: StepRunner, tmp_path: Path
) -> None:
    drawing().save(tmp_path / "a.png")
    provider.replies = [reply(raw=(tmp_path / "a.png").read_bytes())]
    run = steps.advance(to_save(f"{provider.url}/a"))
    assert run.status is Status.SAVING
    assert run.note.startswith("A picture arrived, not a video. The result is paid for")


def test_a_full_disk_is_waited_out_with_the_link_that_is_known(
    provider: ScriptedProvider, steps: StepRunner, clip: bytes, tmp_path: Path
) -> None:
    provider.replies = [reply(raw=clip)]
    small = with_context(
        steps, collector=replace(steps.context.collector, media=FullStore(tmp_path / "full"))
    )
    run = small.advance(to_save(f"{provider.url}/a"))
    assert (run.status, run.trouble) == ("saving", FailureKind.DISK_FULL)
    assert "Free some space in the data folder" in run.note
    assert [request.path for request in provider.received] == ["/a"]
    assert steps.advance(run).status is Status.DONE


def test_a_folder_that_cannot_be_written_is_said_and_waited_out(
    provider: ScriptedProvider, steps: StepRunner, clip: bytes, tmp_path: Path
) -> None:
    provider.replies = [reply(raw=clip)]
    (tmp_path / "file").write_text("in the way")
    blocked = FolderStore(tmp_path / "file" / "media")
    run = with_context(steps, collector=replace(steps.context.collector, media=blocked)).advance(
        to_save(f"{provider.url}/a")
    )
    assert run.status is Status.SAVING
    assert run.note.startswith("The file could not be written here (Not a directory).")


def test_a_picture_inside_the_answer_is_not_lost_on_a_full_disk(
    provider: ScriptedProvider, steps: StepRunner, tmp_path: Path
) -> None:
    drawing().save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    provider.replies = [reply({"data": [{"b64_json": base64.b64encode(content).decode()}]})]
    small = with_context(
        steps, collector=replace(steps.context.collector, media=FullStore(tmp_path / "full"))
    )
    run = small.advance(sample_run(status=Status.SUBMITTING, submitted_at=NOW, model=IMAGE_O1))
    assert (run.status, run.outputs[0].name) == ("saving", None)
    waiting = small.advance(run)
    assert waiting.trouble == FailureKind.DISK_FULL
    assert " The result is paid for, and its data is kept with the run. Free" in waiting.note
    done = steps.advance(run)
    assert done.status is Status.DONE
    assert steps.context.media.path(done.outputs[0].name or "").read_bytes() == content


def test_a_copy_that_fails_for_a_week_ends_with_its_link(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [problem(404)]
    rule = RULES[FailureKind.COPY_FAILED]
    run = steps.advance(to_save(f"{provider.url}/a"))
    assert run.note.endswith(", for 7 days at most.")
    clock.now += rule.within_s
    assert steps.advance(run).status is Status.SAVING
    failed = steps.advance(nearly_over(run, FailureKind.COPY_FAILED, clock.now - 1))
    assert (failed.status, failed.unresolved) == ("failed", True)
    assert failed.outputs[0].remote_url == f"{provider.url}/a"
    assert "is paid for, but for 7 days it could not be copied here." in failed.error


def test_a_slow_result_comes_on_step_by_step_without_trouble(
    steps: StepRunner, clip: bytes, tmp_path: Path
) -> None:
    third = len(clip) // 3 + 1
    with serve({"/clip": lambda it: it.stall_after(third, clip)}) as server:

        def fetch(url: str, target: Path) -> object:
            return download(
                url,
                target,
                max_size_bytes=10**7,
                allowed_hosts=server.allowed_hosts,
                patience=DownloadTimeouts(stall_s=0.2, least_bytes=1000),
            )

        slow = with_context(steps, collector=replace(steps.context.collector, download=fetch))
        run = to_save(server.url("/clip"))
        for _ in range(2):
            run = slow.advance(run)
            assert (run.status, run.attempts, run.trouble) == ("saving", 0, "")
            assert " are here. The result is paid for and still at the provider. " in run.note
            assert run.note.endswith("The rest is fetched by itself.")
        run = slow.advance(run)
        asked = [headers.get("range") for _, headers in server.requests]
    assert run.status is Status.DONE
    assert asked == [None, f"bytes={third}-", f"bytes={2 * third}-"]
    assert list((tmp_path / "media" / "parts").iterdir()) == []


def test_a_damaged_result_is_said_to_be_that_and_is_fetched_from_its_beginning(
    provider: ScriptedProvider, steps: StepRunner, clip: bytes
) -> None:
    provider.replies = [reply(raw=clip[: len(clip) // 2])]
    run = steps.advance(to_save(f"{provider.url}/a"))
    assert run.note.startswith(
        "What arrived is damaged or incomplete. The result is paid for and still at the provider. "
        "Copying it is tried again by itself. Next try at "
    )
    provider.replies = [reply(raw=clip)]
    done = steps.advance(run)
    assert done.status is Status.DONE
    assert "range" not in provider.received[-1].headers


def test_a_result_that_arrived_on_a_full_disk_is_not_fetched_again(
    provider: ScriptedProvider, steps: StepRunner, clip: bytes, tmp_path: Path
) -> None:
    provider.replies = [reply(raw=clip)]
    small = with_context(
        steps, collector=replace(steps.context.collector, media=FullStore(tmp_path / "full"))
    )
    run = small.advance(small.advance(to_save(f"{provider.url}/a")))
    assert (run.status, run.trouble) == ("saving", FailureKind.DISK_FULL)
    assert steps.advance(run).status is Status.DONE
    assert [request.path for request in provider.received] == ["/a"]


def test_one_file_that_comes_on_does_not_hush_up_one_that_does_not(steps: StepRunner) -> None:
    def fetch(url: str, _: Path) -> object:
        if url.endswith("/slow"):
            raise DownloadUnfinished("1 MB of 2 MB are here.")
        raise DownloadFailed("It is broken.")

    broken = with_context(steps, collector=replace(steps.context.collector, download=fetch))
    run = broken.advance(to_save("/slow", "/broken"))
    assert (run.trouble, run.attempts) == (FailureKind.COPY_FAILED, 1)
    assert run.note.startswith("It is broken. The result is paid for")
