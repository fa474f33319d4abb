"""Looking for a run whose answer was lost: at the provider, never by sending it again."""

from typing import Any

import pytest

from components.runs.retry import DAY_S, HOUR_S, RULES, FailureKind
from components.runs.run import Run, Status
from components.runs.steps.runner import StepRunner
from tests.samples.run_samples import IMAGE_O1, NOW, Clock, log_row, nearly_over, sample_run
from tests.servers.provider_server import ScriptedProvider, html, problem, reply, reset


def searched(**changes: Any) -> Run:
    return sample_run(status=Status.UNCERTAIN, submitted_at=NOW, note="Lost.", **changes)


def test_a_lost_video_is_found_in_the_log_and_goes_on(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [reply({"data": [log_row("run-1", inference_id="g-9")]})]
    run = steps.advance(searched())
    assert (run.status, run.generation_id, run.inference_id) == ("generating", "g-9", "g-9")
    assert provider.post_count == 0


def test_lost_pictures_were_charged_and_cannot_be_fetched(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [reply({"data": [log_row("run-1", inference_id="inf-1")]})]
    run = steps.advance(searched(model=IMAGE_O1))
    assert (run.status, run.charged_usd, run.inference_id) == ("failed", 0.25, "inf-1")
    assert "Charged $0.2500." in run.error


def test_a_lost_request_that_failed_was_free(provider: ScriptedProvider, steps: StepRunner) -> None:
    row = log_row("run-1", inference_id="inf-1", status="failed")
    provider.replies = [reply({"data": [row]})]
    run = steps.advance(searched())
    assert run.status is Status.FAILED
    assert "Nothing was charged." in run.error


def test_the_log_row_of_a_try_that_was_put_off_proves_nothing(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    """The rows of both tries carry our id, and that of the accepted one may come later."""
    refused = log_row("run-1", inference_id="inf-0", status="failed")
    accepted = log_row("run-1", inference_id="g-9")
    provider.replies = [reply({"data": [refused]}), reply({"data": [refused, accepted]})]
    run = steps.advance(searched(times_begun=2))
    assert (run.status, run.trouble) == ("uncertain", FailureKind.NOT_IN_LOG)
    assert steps.advance(run).generation_id == "g-9"


def test_a_search_goes_on_while_the_log_may_lag_and_then_says_so(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [reply({"data": [log_row("other", inference_id="g-2")]})]
    rule = RULES[FailureKind.NOT_IN_LOG]
    run = steps.advance(searched())
    assert (run.status, run.attempts) == ("uncertain", 1)
    assert "nothing is sent again by itself" in run.note
    assert "It may have been accepted and charged." in run.note
    assert ", for 30 minutes at most;" in run.note
    assert run.next_step_at > clock.now
    clock.now = NOW + rule.within_s
    assert steps.advance(run).status is Status.UNCERTAIN
    run = nearly_over(run, FailureKind.NOT_IN_LOG, clock.now)
    assert steps.advance(run).status is Status.UNCERTAIN
    clock.now += 1
    failed = steps.advance(run)
    assert (failed.status, failed.unresolved, failed.charged_usd) == ("failed", True, None)
    assert failed.error == (
        "The answer to the request was lost, and the provider's log does not show it 30 minutes "
        "later. Not charged as far as its log and its ledger tell. You can look again, or send it "
        "again."
    )
    assert provider.post_count == 0


def test_a_log_that_can_never_be_read_ends_the_search_at_a_stated_time(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    clock.now = NOW + 30 * DAY_S
    run = searched(inference_id=None)
    for answer in (html(502), reset, problem(401), problem(429)):
        provider.replies = [answer]
        run = steps.advance(run)
        clock.now = run.next_step_at
        assert run.status is Status.UNCERTAIN
        assert "the provider's log cannot be read: " in run.note
    provider.replies = [problem(500)]
    assert steps.advance(run).status is Status.UNCERTAIN
    failed = steps.advance(nearly_over(run, FailureKind.LOG_UNREADABLE, clock.now - 1))
    assert (failed.status, failed.unresolved) == ("failed", True)
    assert "It may have been charged. The receipt keeps its ids." in failed.error


def test_the_log_is_searched_around_the_time_of_sending_alone(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    clock.now = NOW + 200 * DAY_S
    provider.replies = [reply({"data": []})]
    steps.advance(searched())
    (start,), (end,) = (provider.received[0].query[name] for name in ("start", "end"))
    assert (start, end) == ("2027-01-15T07:55:00+00:00", "2027-01-15T08:25:00+00:00")


def test_a_clock_that_is_far_off_is_thought_of_before_giving_up(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    provider.replies = [
        reply({"data": []}),
        reply({"data": [log_row("run-1", inference_id="g-9")]}),
    ]
    clock.now = NOW + HOUR_S
    run = nearly_over(searched(), FailureKind.NOT_IN_LOG, clock.now - 1)
    assert steps.advance(run).generation_id == "g-9"
    narrow, wide = (request.query["start"][0] for request in provider.received)
    assert (narrow, wide) == ("2027-01-15T07:55:00+00:00", "2027-01-14T06:00:00+00:00")


def test_a_log_too_long_to_be_read_to_its_end_proves_nothing(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [reply({"data": [], "pagination": {"has_more": True}})]
    run = steps.advance(searched())
    assert run.trouble == FailureKind.LOG_UNREADABLE
    assert "too long to be read to its end" in run.note


def test_a_lost_video_whose_id_an_error_named_is_asked_for_by_that_id(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [reply({"id": "g-7", "status": "generating"})]
    run = steps.advance(searched(inference_id="g-7"))
    assert (run.status, run.generation_id) == ("generating", "g-7")
    assert [request.path for request in provider.received] == ["/v2/video/generations"]


def test_an_id_the_provider_does_not_know_is_looked_for_in_the_log(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    provider.replies = [problem(404), reply({"data": [log_row("run-1", inference_id="g-9")]})]
    run = steps.advance(searched(inference_id="g-7"))
    assert (run.status, run.generation_id) == ("generating", "g-9")


@pytest.mark.parametrize("in_log", [False, True], ids=["log lags", "log has no cost yet"])
def test_lost_pictures_are_found_charged_in_the_ledger(
    provider: ScriptedProvider, steps: StepRunner, in_log: bool
) -> None:
    row = {**log_row("run-1", inference_id="inf-1"), "cost": {"usd": 0}}
    charge = {
        "created_at": "2026-07-02T03:04:05.000Z",
        "direction": "CHARGE",
        "amount": {"usd": 0.07},
        "reference_id": "inf-1",
    }
    provider.replies = [reply({"data": [row] if in_log else []}), reply({"data": [charge]})]
    run = steps.advance(searched(model=IMAGE_O1, inference_id=None if in_log else "inf-1"))
    assert (run.status, run.charged_usd, run.inference_id) == ("failed", 0.07, "inf-1")
    assert "Charged $0.0700. Sending it again would be charged again." in run.error


def test_the_ledger_is_searched_through_the_gate_around_the_time_of_sending(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock
) -> None:
    clock.now = NOW + 6 * DAY_S
    provider.replies = [reply({"data": []})]
    steps.advance(searched(model=IMAGE_O1, inference_id="inf-1"))
    asked = provider.received[-1]
    assert asked.path == "/v2/billing/transactions"
    assert asked.query["from"] == ["2027-01-15T07:55:00+00:00"]
    assert asked.query["to"] == ["2027-01-16T10:00:00+00:00"]


def test_lost_pictures_that_nobody_charged_yet_are_waited_for(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    row = {**log_row("run-1", inference_id="inf-1"), "cost": {"usd": 0}}
    provider.replies = [reply({"data": [row]}), reply({"data": []})]
    assert steps.advance(searched(model=IMAGE_O1)).status is Status.UNCERTAIN


def test_a_late_answer_ends_the_search(provider: ScriptedProvider, steps: StepRunner) -> None:
    run = steps.advance(searched(generation_id="g-1"))
    assert (run.status, run.generation_id) == ("generating", "g-1")
    assert provider.received == []


@pytest.mark.parametrize("cost_usd", [0, 0.56])
def test_a_request_that_the_log_shows_without_an_id_was_accepted_and_is_said_to_be(
    provider: ScriptedProvider, steps: StepRunner, clock: Clock, cost_usd: float
) -> None:
    row = {**log_row("run-1", inference_id="x"), "inference_id": None, "cost": {"usd": cost_usd}}
    provider.replies = [reply({"data": [row]})]
    run = steps.advance(searched())
    assert run.status is Status.UNCERTAIN
    assert "shows that it accepted the request, but not yet under which id." in run.note
    assert ("Charged $0.5600." if cost_usd else "It may have been charged.") in run.note
    failed = steps.advance(nearly_over(run, FailureKind.NOT_IN_LOG, clock.now - 1))
    assert (failed.status, failed.unresolved) == ("failed", True)
    assert failed.charged_usd == (cost_usd or None)
    assert "accepted the request, but not under which id" in failed.error
    assert "Not charged" not in failed.error


def test_an_id_that_comes_into_the_log_later_is_gone_on_with(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    row = log_row("run-1", inference_id="g-9")
    provider.replies = [
        reply({"data": [{**row, "inference_id": None}]}),
        reply({"data": [row]}),
    ]
    run = steps.advance(steps.advance(searched()))
    assert (run.status, run.generation_id) == ("generating", "g-9")


def test_the_id_of_lost_pictures_is_kept_where_the_log_names_none(
    provider: ScriptedProvider, steps: StepRunner
) -> None:
    row = {**log_row("run-1", inference_id="x"), "inference_id": None, "cost": {"usd": 0}}
    charge = {
        "created_at": "2026-07-02T03:04:05.000Z",
        "direction": "CHARGE",
        "amount": {"usd": 0.07},
        "reference_id": "inf-1",
    }
    provider.replies = [reply({"data": [row]}), reply({"data": [charge]})]
    run = steps.advance(searched(model=IMAGE_O1, inference_id="inf-1"))
    assert (run.status, run.charged_usd, run.inference_id) == ("failed", 0.07, "inf-1")
