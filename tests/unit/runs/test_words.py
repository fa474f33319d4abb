"""Every sentence of every state says what happened, what it may cost, until when, what to do."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from components.errors import ProviderPaused, Unreachable
from components.interface.parts.feed.card.run_words import run_as_json, status_words
from components.runs.engine.faults import after_a_fault
from components.runs.retry import RULES, FailureKind
from components.runs.run import Output, Run, Status
from components.runs.steps.result_collector import Collector
from components.runs.steps.runner import StepRunner
from components.runs.store.leases import WorkerPool
from components.runs.timing.expectation import Expectations
from tests.samples.media_files import drawing
from tests.samples.models import CATALOG
from tests.samples.run_samples import (
    IMAGE_O1,
    NOW,
    Clock,
    completed,
    log_row,
    nearly_over,
    run_store,
    sample_run,
    with_context,
)
from tests.servers.provider_server import Reply, ScriptedProvider, html, problem, reply, reset

GOING = {"id": "g-1", "status": "generating"}
SUBMITTING, UNCERTAIN = Status.SUBMITTING, Status.UNCERTAIN
GENERATING, SAVING = Status.GENERATING, Status.SAVING
WAITING: dict[str, tuple[Status, Reply]] = {
    "put off": (SUBMITTING, problem(429)),
    "lost": (SUBMITTING, reset),
    "lost, an error": (SUBMITTING, problem(500)),
    "lost, unreadable": (SUBMITTING, reply(raw=b"{")),
    "not in the log": (UNCERTAIN, reply({"data": []})),
    "log unreadable": (UNCERTAIN, html(502)),
    "log denied": (UNCERTAIN, problem(401)),
    "look lost": (GENERATING, reset),
    "look unreadable": (GENERATING, reply({"a": 1})),
    "look a web page": (GENERATING, html(200)),
    "look denied": (GENERATING, problem(403)),
    "unknown there": (GENERATING, problem(404)),
    "no address": (GENERATING, reply({"id": "g-1", "status": "completed"})),
    "odd report": (GENERATING, reply({**GOING, "status": "x", "error": {"message": "No GPU"}})),
    "copy failed": (SAVING, problem(404)),
}
ENDS: dict[str, tuple[Status, FailureKind, Reply]] = {
    "never taken": (SUBMITTING, FailureKind.NOT_ACCEPTED, problem(429)),
    "not in the log": (UNCERTAIN, FailureKind.NOT_IN_LOG, reply({"data": []})),
    "log unreadable": (UNCERTAIN, FailureKind.LOG_UNREADABLE, html(502)),
    "look lost": (GENERATING, FailureKind.POLL_FAILED, reset),
    "look denied": (GENERATING, FailureKind.POLL_DENIED, problem(403)),
    "unknown there": (GENERATING, FailureKind.UNKNOWN_THERE, problem(404)),
    "no address": (GENERATING, FailureKind.NO_ADDRESS, reply({"id": "g", "status": "completed"})),
    "odd report": (
        GENERATING,
        FailureKind.ODD_REPORT,
        reply({**GOING, "status": "x", "error": {"message": "No GPU"}}),
    ),
    "copy failed": (SAVING, FailureKind.COPY_FAILED, problem(404)),
}
OVER: dict[str, tuple[Status, Reply]] = {
    "refused": (SUBMITTING, problem(400)),
    "key refused": (SUBMITTING, problem(401)),
    "no credit": (SUBMITTING, problem(402)),
    "failed there": (GENERATING, reply({**GOING, "status": "error"})),
    "the log says failed": (
        UNCERTAIN,
        reply({"data": [log_row("run-1", inference_id="g", status="failed")]}),
    ),
}


def begun(status: Status, provider: ScriptedProvider) -> Run:
    known = {"generation_id": "g-1"} if status in (GENERATING, SAVING) else {}
    files = (Output("video", f"{provider.url}/a.mp4"),) if status is SAVING else ()
    return sample_run(status=status, submitted_at=NOW, outputs=files, **known)


def check_waiting(run: Run) -> None:
    """The note of a run that goes on: its cost, its next step, and until when."""
    note = run.note
    assert not run.status.is_final
    assert any(word in note for word in ("charged", "paid for")), note
    assert any(word in note for word in ("again", "looked for")), note
    assert " at most" in note, note
    assert note.endswith("."), note
    if run.status is UNCERTAIN:
        assert "may have been accepted and charged" in note, note
        assert "again by itself" in note, note
    if run.status is Status.QUEUED:
        assert "ancelling is free" in note, note


def check_over(run: Run) -> None:
    """The sentence of a run that is over: its cost, and what to do."""
    assert run.status is Status.FAILED
    assert any(word in run.error for word in ("charged", "paid for")), run.error
    todo = (
        "ook again",
        "again later",
        "Send it again",
        "send it again",
        "generate again",
        "again.",
    )
    assert any(words in run.error for words in todo), run.error
    assert run.error.endswith(".")
    if run.unresolved:
        assert "Nothing was" not in run.error


@pytest.mark.parametrize(("status", "answer"), WAITING.values(), ids=WAITING)
def test_a_run_that_waits_says_its_cost_its_next_step_and_its_end(
    provider: ScriptedProvider, steps: StepRunner, status: Status, answer: Reply
) -> None:
    provider.replies = [answer]
    check_waiting(steps.advance(begun(status, provider)))


@pytest.mark.parametrize(("status", "trouble", "answer"), ENDS.values(), ids=ENDS)
def test_a_run_that_is_given_up_says_its_cost_and_what_to_do(
    provider: ScriptedProvider,
    steps: StepRunner,
    status: Status,
    trouble: FailureKind,
    answer: Reply,
) -> None:
    provider.replies = [answer]
    run = steps.advance(nearly_over(begun(status, provider), trouble, NOW + 9))
    check_over(run)
    assert run.unresolved is (status is not SUBMITTING)
    assert "for " in run.error or "later" in run.error


@pytest.mark.parametrize(("status", "answer"), OVER.values(), ids=OVER)
def test_a_run_that_fails_says_its_cost_and_what_to_do(
    provider: ScriptedProvider, steps: StepRunner, status: Status, answer: Reply
) -> None:
    provider.replies = [answer]
    run = steps.advance(begun(status, provider))
    check_over(run)
    assert (run.charged_usd, run.unresolved) == (0.0, False)


@pytest.mark.parametrize("status", [UNCERTAIN, GENERATING])
def test_a_run_behind_the_gate_says_the_same(
    provider: ScriptedProvider, steps: StepRunner, status: Status
) -> None:
    for _ in range(5):
        with pytest.raises(Unreachable), steps.context.throttle.asking():
            raise Unreachable("No connection.")
    run = steps.advance(begun(status, provider))
    check_waiting(run)
    assert provider.received == []
    with pytest.raises(ProviderPaused), steps.context.throttle.asking():
        pass


@pytest.mark.parametrize("status", [it for it in Status if not it.is_final])
def test_a_fault_of_ours_says_the_same(provider: ScriptedProvider, status: Status) -> None:
    run = begun(status, provider)
    check_waiting(after_a_fault(run, NOW, 1.0))
    if status is not SUBMITTING:
        check_over(after_a_fault(nearly_over(run, FailureKind.FAULT_HERE, NOW), NOW + 1, 1.0))


def test_a_run_that_was_interrupted_says_the_same(tmp_path: Path) -> None:
    store = run_store(tmp_path)
    store.add(sample_run(status=SUBMITTING, submitted_at=NOW))
    (claim,) = store.tick([], NOW, 900.0, {WorkerPool.STEPS: 1})
    check_waiting(claim.run)
    store.close()


def test_a_late_run_says_the_same(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [reply(GOING)]
    for late_s in (300, 3600):
        clock.now = NOW + late_s
        check_waiting(steps.advance(begun(GENERATING, provider)))


@pytest.mark.parametrize("status", [it for it in Status if it not in (Status.DONE, Status.FAILED)])
def test_a_state_without_words_of_its_own_says_what_it_costs(status: Status) -> None:
    words = status_words(sample_run(status=status), CATALOG).explanation
    assert any(word in words for word in ("charged", "paid for")), words


def test_a_generation_is_never_without_a_word(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [reply({"id": "g-1", "status": "queued"}), reply(GOING)]
    accepted = steps.advance(begun(SUBMITTING, provider))
    for run in (accepted, steps.advance(accepted)):
        assert "The provider is at work." in run_as_json(run, CATALOG)["note"]


def test_what_the_provider_reports_beside_an_unknown_status_is_shown(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    odd = {"id": "g-1", "status": "moderating", "error": {"name": "E", "message": "A face"}}
    provider.replies = [reply(odd)]
    run = steps.advance(begun(GENERATING, provider))
    assert (run.status, run.response) == (GENERATING, odd)
    assert run.note.startswith("The provider reports an error, 'A face', and yet calls the ")
    assert "'moderating'" in run.note


class Broken(Expectations):
    """What is known of durations, when nothing can be read."""

    def expect(self, *_: Any) -> Any:
        raise RuntimeError("the database is gone")

    def learn(self, *_: Any) -> None:
        raise RuntimeError("the database is gone")


@pytest.fixture
def blind(steps: StepRunner) -> StepRunner:
    """Steps that know nothing of durations."""
    return with_context(
        steps, expectations=Broken(CATALOG, steps.context.expectations._store, lambda _: {})
    )


def test_nothing_stands_between_an_accepted_answer_and_its_storing(
    provider: ScriptedProvider, blind: StepRunner
) -> None:
    provider.replies = [reply({"id": "g-1", "status": "queued"}, x_inference_id="inf-1")]
    run = blind.advance(begun(SUBMITTING, provider))
    assert (run.status, run.generation_id, run.inference_id) == (GENERATING, "g-1", "inf-1")
    assert NOW < run.next_step_at < NOW + 600
    provider.replies = [reply({}, 200, x_inference_id="g-7")]
    assert blind.advance(begun(SUBMITTING, provider)).generation_id == "g-7"


@pytest.mark.parametrize(
    ("status", "answer", "becomes"),
    [
        (UNCERTAIN, reply({"data": [log_row("run-1", inference_id="g-1")]}), GENERATING),
        (GENERATING, reply(GOING), GENERATING),
        (GENERATING, completed("https://cdn.example/a.mp4"), SAVING),
    ],
    ids=["found", "going", "finished"],
)
def test_nothing_that_the_provider_tells_is_lost_for_want_of_an_expectation(
    provider: ScriptedProvider, blind: StepRunner, status: Status, answer: Reply, becomes: Status
) -> None:
    provider.replies = [answer]
    run = blind.advance(begun(status, provider))
    assert (run.status, run.generation_id) == (becomes, "g-1")


def inline(folder: Path) -> str:
    drawing().save(folder / "a.png")
    return base64.b64encode((folder / "a.png").read_bytes()).decode()


@pytest.mark.parametrize("unreadable", ["?", "AAAA", ""], ids=["no base64", "no picture", "empty"])
def test_one_unreadable_picture_of_three_loses_no_other(
    provider: ScriptedProvider, steps: StepRunner, tmp_path: Path, unreadable: str
) -> None:
    picture = {"b64_json": inline(tmp_path)}
    pictures = [picture, {"b64_json": unreadable}, {"url": "https://cdn.example/3.png"}]
    provider.replies = [reply({"data": pictures}, x_aimlapi_usd_spent="0.21")]
    run = steps.advance(replace(begun(SUBMITTING, provider), **_pictures()))
    assert (run.status, run.charged_usd) == (SAVING, 0.21)
    assert [bool(output.name) for output in run.outputs] == [True, False]
    assert run.events[-1].what == (
        "The provider made 2 pictures. 1 more in its answer could not be read."
    )


def test_a_picture_is_kept_as_it_came_whatever_fails_here(
    provider: ScriptedProvider, steps: StepRunner, tmp_path: Path
) -> None:
    def keep(*_: Any) -> Any:
        raise RuntimeError("a bug")

    broken = with_context(
        steps, collector=cast("Collector", _Unkeeping(steps.context.collector.media, keep))
    )
    provider.replies = [reply({"data": [{"b64_json": inline(tmp_path)}]})]
    run = broken.advance(replace(begun(SUBMITTING, provider), **_pictures()))
    assert (run.status, run.outputs[0].name) == (SAVING, None)
    assert steps.advance(run).status is Status.DONE


class _Unkeeping:
    def __init__(self, media: Any, keep: Callable[..., Any]) -> None:
        self.media = media
        self.keep_bytes = keep


def _pictures() -> dict[str, Any]:
    request = {"prompt": "A boat", "image_urls": ["https://example.com/a.png"]}
    return {"model": IMAGE_O1, "request": json.loads(json.dumps(request))}


def test_every_end_that_is_named_is_one_of_the_table() -> None:
    assert {trouble for _, trouble, _ in ENDS.values()} <= set(RULES)
