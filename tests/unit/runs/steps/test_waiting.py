"""Waiting for a video: one step at a time."""

from typing import Any

import pytest

from components.runs.retry import DAY_S, RULES, FailureKind
from components.runs.run import Output, Run, Status
from components.runs.steps.runner import StepRunner
from components.runs.timing.breaker import FAILURES_IN_A_ROW
from components.runs.wording import span
from tests.samples.run_samples import NOW, Clock, completed, nearly_over, sample_run
from tests.servers.provider_server import (
    Reply,
    ScriptedProvider,
    html,
    problem,
    reply,
    reset,
)

GENERATING = {"id": "g-1", "status": "generating"}


def waited(**changes: Any) -> Run:
    given: dict[str, Any] = {
        "submitted_at": NOW,
        "expected_s": 100.0,
        "generation_id": "g-1",
        **changes,
    }
    return sample_run(status=Status.GENERATING, **given)


def test_a_finished_video_is_to_be_saved(provider: ScriptedProvider, steps: StepRunner) -> None:
    provider.replies = [completed("https://cdn.example/a.mp4")]
    run = steps.advance(waited())
    assert (run.status, run.charged_usd) == ("saving", 0.56)
    assert run.outputs == (Output("video", "https://cdn.example/a.mp4"),)
    assert provider.received[0].query == {"generation_id": ["g-1"]}


def test_a_report_without_a_charge_leaves_the_one_that_is_known(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    """As of a run that was found in the log, given up and looked for again."""
    done = {"id": "g-1", "status": "completed", "video": {"url": "https://cdn.example/a.mp4"}}
    provider.replies = [reply(done)]
    assert steps.advance(waited(charged_usd=0.56)).charged_usd == 0.56
    assert steps.advance(waited(charged_usd=0.0)).charged_usd is None


def test_how_long_the_provider_took_is_known_as_closely_as_the_looks(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [completed("https://cdn.example/a.mp4")]
    clock.now = NOW + 84
    assert steps.advance(waited(rendered_s=80.0)).rendered_s == 82
    assert steps.advance(waited(rendered_s=20.0)).rendered_s is None
    assert steps.advance(waited()).rendered_s is None


@pytest.mark.parametrize("status", ["queued", "waiting", "generating", "moderating", "failed"])
def test_any_other_status_keeps_going(
    provider: ScriptedProvider, steps: StepRunner, status: str
) -> None:
    provider.replies = [reply({"id": "g-1", "status": status})]
    run = steps.advance(waited(attempts=3))
    assert (run.status, run.attempts, run.note) == ("generating", 0, "")
    assert run.rendered_s == 10
    assert NOW + 15 < run.next_step_at < NOW + 25


def test_a_finished_video_without_an_address_is_asked_for_again(
    provider: ScriptedProvider, steps: StepRunner
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
    provider: ScriptedProvider, steps: StepRunner, error: dict[str, str] | None, said: str
) -> None:
    provider.replies = [reply({"id": "g-1", "status": "error", "error": error})]
    run = steps.advance(waited())
    assert (run.status, run.charged_usd) == ("failed", 0)
    assert run.error == (
        f"The provider could not make this video{said} A failed generation is not charged. "
        "Change the request and generate again."
    )


def test_a_run_that_takes_longer_than_most_says_so(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [reply(GENERATING)]
    clock.now = NOW + 300
    note = steps.advance(waited()).note
    assert note.startswith("This takes longer than usual. A generation that fails is not charged.")
    assert note.endswith("for 3 days at most.")


def test_past_its_deadline_a_run_is_still_rendering(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [reply(GENERATING)]
    clock.now = NOW + 601
    run = steps.advance(waited())
    assert run.status is Status.GENERATING
    assert clock.now + 8 < run.next_step_at < clock.now + 15
    assert run.note.startswith("Still rendering at the provider, much longer than usual. ")
    assert run.note.endswith("for 3 days at most.")


@pytest.mark.parametrize(
    "answer", [html(502), problem(401), problem(404), problem(500), reset, reply({"a": 1})]
)
def test_a_look_that_fails_never_ends_a_run(
    provider: ScriptedProvider, steps: StepRunner, answer: Reply
) -> None:
    provider.replies = [answer]
    run = steps.advance(waited(attempts=2))
    assert (run.status, run.attempts) == ("generating", 3)
    assert run.next_step_at > NOW + 10
    assert "goes on at the provider" in run.note


def test_a_look_keeps_to_the_pause_it_is_asked_for(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [problem(429, Retry_After="120")]
    assert NOW + 130 <= steps.advance(waited()).next_step_at <= NOW + 132


def test_a_pause_is_kept_to_also_where_nothing_is_wrong(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [reply(GENERATING, Retry_After="40")]
    assert steps.advance(waited()).next_step_at == NOW + 50
    provider.replies = [reply(GENERATING, Retry_After="86400")]
    assert steps.advance(waited()).next_step_at == NOW + 310


@pytest.mark.parametrize(
    ("trouble", "answer", "said"),
    [
        (FailureKind.UNKNOWN_THERE, problem(404), "look again later, or send the request again"),
        (FailureKind.UNKNOWN_THERE, problem(400), "Its id is in the receipt"),
        (FailureKind.POLL_DENIED, problem(401), "Check AIML_API_KEY"),
        (FailureKind.POLL_DENIED, problem(403), "The video may be finished and charged"),
        (FailureKind.NO_ADDRESS, reply({"id": "g", "status": "completed"}), "probably charged"),
    ],
)
def test_a_generation_that_is_not_shown_is_given_up_at_a_stated_time(
    provider: ScriptedProvider, steps: StepRunner, trouble: FailureKind, answer: Reply, said: str
) -> None:
    provider.replies = [answer]
    clock = steps.context.clock
    assert isinstance(clock, Clock)
    rule = RULES[trouble]
    run = steps.advance(waited())
    assert (run.status, run.trouble) == ("generating", trouble)
    assert f", for {span(rule.within_s)} at most." in run.note
    clock.now += rule.within_s
    assert steps.advance(run).status is Status.GENERATING
    run = nearly_over(run, trouble, clock.now)
    assert steps.advance(run).status is Status.GENERATING
    clock.now += 1
    failed = steps.advance(run)
    assert (failed.status, failed.unresolved, failed.generation_id) == ("failed", True, "g-1")
    assert failed.charged_usd is None
    assert said in failed.error


@pytest.mark.parametrize("answer", [html(502), reset, problem(503), reply({"a": 1})])
def test_a_generation_outlasts_days_in_which_the_provider_is_away_and_is_then_set_aside(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock, answer: Reply
) -> None:
    provider.replies = [answer]
    run = nearly_over(waited(attempts=1000), FailureKind.POLL_FAILED, NOW, left_s=DAY_S)
    clock.now = NOW + 30 * DAY_S
    run = steps.advance(run)
    assert (run.status, run.attempts) == ("generating", 1001)
    assert run.next_step_at <= clock.now + 300
    failed = steps.advance(nearly_over(run, FailureKind.POLL_FAILED, clock.now - 1))
    assert (failed.status, failed.unresolved, failed.generation_id) == ("failed", True, "g-1")
    assert "for 3 days. The video may be finished and charged." in failed.error


def test_a_foreign_id_that_the_provider_does_not_know_says_so_soon_and_may_be_looked_for_again(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [problem(404)]
    run = steps.advance(waited(submitted_at=None))
    assert run.status == "generating"
    assert run.note.startswith("The provider does not know the generation g-1. It is asked again")
    assert "Fetching it costs nothing. Check the id" in run.note
    began = clock.now
    while run.status == "generating":
        clock.now = run.next_step_at
        run = steps.advance(run)
    assert clock.now - began < 120
    assert (run.status, run.unresolved, run.charged_usd) == ("failed", True, None)
    assert run.error.startswith("The provider does not know the generation g-1. It was asked")
    assert "Fetching it cost nothing." in run.error


def test_a_foreign_id_that_is_known_a_moment_later_is_fetched(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [problem(404), reply(GENERATING)]
    run = steps.advance(waited(submitted_at=None))
    clock.now = run.next_step_at
    run = steps.advance(run)
    assert (run.status, run.attempts) == ("generating", 0)


def test_a_dead_provider_is_not_asked_by_every_run(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [reset]
    runs = [steps.advance(waited()) for _ in range(50)]
    assert len(provider.received) == FAILURES_IN_A_ROW
    assert all(run.status is Status.GENERATING for run in runs)
    held = runs[-1]
    assert held.attempts == 0
    assert held.note.startswith("The provider does not answer; trying again at ")
    assert held.note.endswith("Then it is asked again, for 3 days at most.")
    clock.now = max(run.next_step_at for run in runs)
    provider.replies = [reply(GENERATING)]
    assert steps.advance(held).note == ""
    assert steps.advance(runs[0]).trouble == ""
