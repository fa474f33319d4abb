"""Polls a generation: one question after the other until the provider is done."""

from dataclasses import dataclass, replace

from components.errors import (
    BadKey,
    BadRequest,
    GenerationFailed,
    NoCredit,
    ProviderError,
    ProviderPaused,
)
from components.provider.answers.answer_models import Phase, Receipt, VideoAnswer
from components.runs.retry import FailureKind, honoured_s
from components.runs.run import Output, Run, Status
from components.runs.steps.context import ProviderStep
from components.runs.timing import polling
from components.runs.timing.expectation import Expectation
from components.runs.wording import at_most, moment, span

SAID_MAX_CHARS = 300


@dataclass(frozen=True)
class PollStep(ProviderStep):
    """Takes a generating run forward by one look."""

    def advance(self, run: Run) -> Run:
        """Ask once: finished, failed, or still going and to be asked again."""
        self.context.expectations.refresh()
        try:
            is_last = run.is_over(FailureKind.POLL_FAILED, self.context.clock())
            with self.context.throttle.asking(is_last=is_last):
                answer, receipt = self.context.provider.video_status(run.generation_id or "")
        except ProviderPaused as pause:
            note = f"{pause.message} {GOES_ON} Then it is asked again, {_END}."
            return self.held(run, FailureKind.POLL_FAILED, pause, note)
        except ProviderError as error:
            return self._unanswered(run, error)
        if answer.phase is Phase.ERROR:
            return self._declined(run, answer)
        if answer.phase is not Phase.COMPLETED:
            return self._still_going(run, answer, receipt)
        if not (answer.video and answer.video.url):
            what = "The provider says that the video is finished, but not where it is."
            return self._later(run, FailureKind.NO_ADDRESS, what)
        return self._finished(run, answer, answer.video.url, receipt)

    def _finished(self, run: Run, answer: VideoAnswer, url: str, receipt: Receipt) -> Run:
        now = self.context.clock()
        plan = self.expect(run).plan
        return run.moved(
            Status.SAVING,
            now,
            "The provider finished the video.",
            rendered_s=plan.rendered_s(run.rendered_s, now - _sent_at(run)),
            outputs=(Output(kind="video", remote_url=url),),
            response=answer.as_received(),
            # A look costs nothing, so a zero in its headers says nothing about the video.
            charged_usd=answer.charged_usd(receipt) or run.charged_usd or None,
        )

    def _declined(self, run: Run, answer: VideoAnswer) -> Run:
        said = _said(answer)
        why = f"The provider could not make this video{': ' + said if said else ''}"
        return run.failed(
            self.context.clock(),
            str(GenerationFailed(f"{why.rstrip('.')}.")),
            charged_usd=0.0,
            response=answer.as_received(),
        )

    def _still_going(self, run: Run, answer: VideoAnswer, receipt: Receipt) -> Run:
        now = self.context.clock()
        elapsed_s = now - _sent_at(run)
        expected = self.expect(run)
        trouble = _going_trouble(answer, elapsed_s, expected)
        note = _how_late(elapsed_s, expected)
        # An answer that is late or odd ends no other trouble: alternating, none would ever end.
        run = run.untroubled(came_on=trouble is None)
        if trouble:
            run = run.counted(trouble, now)
            if run.is_over(trouble):
                lasted = span(run.troubled_s)
                what = f"The provider still reports this as {answer.status or 'going on'}"
                return self._set_aside(run, trouble, f"{what}, and has for {lasted}.")
        if trouble is FailureKind.ODD_REPORT:
            run = replace(run, response=answer.as_received())
            note = (
                f"The provider reports an error, {_said(answer)!r}, and yet calls the generation "
                f"{answer.status!r}. {GOES_ON} It is asked again, {at_most(trouble)}."
            )
        pause_s = expected.plan.pause_s(elapsed_s, self.context.chance.uniform(*polling.STRETCH))
        return run.waiting(
            now + max(pause_s, honoured_s(receipt.retry_after_s)),
            note,
            # When a generation from elsewhere began is not known.
            rendered_s=elapsed_s if run.submitted_at and elapsed_s >= 0 else None,
        )

    def _unanswered(self, run: Run, error: ProviderError) -> Run:
        match error:
            case BadKey() | NoCredit():
                trouble = FailureKind.POLL_DENIED
            case BadRequest():
                trouble = FailureKind.UNKNOWN_THERE
            case _:
                trouble = FailureKind.POLL_FAILED
        if trouble is not FailureKind.UNKNOWN_THERE:
            return self._later(run, trouble, error.message, error)
        if run.submitted_at is None:
            what = f"The provider does not know the generation {run.generation_id}."
            return self._later(run, FailureKind.FETCHED_UNKNOWN, what, error)
        said = f" It says: {error.facts.detail.rstrip('.')}." if error.facts.detail else ""
        what = f"The provider does not show this generation ({error.facts.status_code}).{said}"
        return self._later(run, trouble, what, error)

    def _later(
        self, run: Run, trouble: FailureKind, what: str, error: ProviderError | None = None
    ) -> Run:
        run, until = self.troubled(run, trouble, error=error)
        if until is None:
            lasted = span(run.troubled_s)
            return self._set_aside(
                run, trouble, f"{what} It was asked again and again for {lasted}."
            )
        if trouble is FailureKind.FETCHED_UNKNOWN:
            again = f"It is asked again at {moment(until)}, {at_most(trouble)}."
            return run.waiting(until, f"{what} {again} {_FETCHING}")
        advice = (
            " Check AIML_API_KEY and the account." if trouble is FailureKind.POLL_DENIED else ""
        )
        return run.waiting(
            until,
            f"{what} {GOES_ON} It is asked again at {moment(until)}, {at_most(trouble)}.{advice}",
        )

    def _set_aside(self, run: Run, trouble: FailureKind, why: str) -> Run:
        """The run, over for now: what is known of it stays, and one click looks again."""
        words = _END_WORDS.get(trouble, _MAY_BE_CHARGED)
        return run.failed(self.context.clock(), f"{why} {words}", unresolved=True)


def _sent_at(run: Run) -> float:
    return run.submitted_at or run.created_at


def _said(answer: VideoAnswer) -> str:
    """The provider's own words about what went wrong, on one line."""
    return " ".join(answer.error.message.split())[:SAID_MAX_CHARS] if answer.error else ""


def _going_trouble(
    answer: VideoAnswer, elapsed_s: float, expected: Expectation
) -> FailureKind | None:
    """What is odd about an answer that says that the generation goes on."""
    if answer.error and _said(answer):
        return FailureKind.ODD_REPORT
    # Before it was sent it cannot be: the clock was set back, and nobody knows how late it is.
    is_late = not 0 <= elapsed_s <= expected.plan.overdue_s
    return FailureKind.STILL_GOING if is_late else None


def _how_late(elapsed_s: float, expected: Expectation) -> str:
    if elapsed_s > expected.plan.overdue_s:
        what = "Still rendering at the provider, much longer than usual."
    elif elapsed_s > expected.unusual_s:
        what = "This takes longer than usual."
    else:
        return ""
    return f"{what} A generation that fails is not charged. It is asked again, {_END}."


GOES_ON = "The generation goes on at the provider, and is charged unless it fails there."
_END = at_most(FailureKind.POLL_FAILED)
_MAY_BE_CHARGED = (
    "The video may be finished and charged. Its id is in the receipt: look again later, or send "
    "the request again on purpose."
)
_FETCHING = (
    "Fetching it costs nothing. Check the id meanwhile: a generation is known only to the key that "
    "made it."
)
_END_WORDS = {
    FailureKind.FETCHED_UNKNOWN: (
        "Fetching it cost nothing. Check the id: a generation is known only to the key that made "
        "it. You can look again, or fetch it by another id."
    ),
    FailureKind.UNKNOWN_THERE: (
        "The provider accepted this generation and may have charged it. Its id is in the receipt: "
        "look again later, or send the request again on purpose."
    ),
    FailureKind.POLL_DENIED: (
        "The video may be finished and charged. Check AIML_API_KEY and the account, then look "
        "again."
    ),
    FailureKind.NO_ADDRESS: (
        "The video was probably charged. Its id is in the receipt: look again later, or send the "
        "request again on purpose."
    ),
}
