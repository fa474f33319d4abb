"""Looking at a generation: one question after the other until the provider is done."""

from dataclasses import dataclass

from components.errors import (
    BadKey,
    BadRequest,
    GenerationFailed,
    NoCredit,
    ProviderError,
    ProviderPaused,
)
from components.provider.wire import Phase, Receipt, VideoAnswer
from components.runs import polling
from components.runs.expectation import Expectation
from components.runs.provider_step import ProviderStep
from components.runs.retry import RULES, Next, Trouble, honoured_s
from components.runs.run import Output, Run, Status
from components.runs.wording import moment, span

SAID_MAX_CHARS = 300


@dataclass(frozen=True)
class Looking(ProviderStep):
    """Takes a generating run forward by one look."""

    def advance(self, run: Run) -> Run:
        """Ask once: finished, failed, or still going and to be asked again."""
        self.expectations.refresh()
        try:
            with self.gate.asking():
                answer, receipt = self.provider.video_status(run.generation_id or "")
        except ProviderPaused as pause:
            note = f"{pause.message} The generation goes on at the provider."
            return run.waiting(pause.until, note)
        except ProviderError as error:
            return self._unanswered(run, error)
        if answer.phase is Phase.ERROR:
            return self._declined(run, answer)
        if answer.phase is not Phase.COMPLETED:
            return self._still_going(run, receipt)
        if not (answer.video and answer.video.url):
            what = "The provider says that the video is finished, but not where it is."
            return self._later(run, Trouble.NO_ADDRESS, what)
        return self._finished(run, answer, answer.video.url, receipt)

    def _finished(self, run: Run, answer: VideoAnswer, url: str, receipt: Receipt) -> Run:
        now = self.clock()
        plan = self.expectations.expect(run.model, run.request).plan
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
        said = " ".join(answer.error.message.split())[:SAID_MAX_CHARS] if answer.error else ""
        why = f"The provider could not make this video{': ' + said if said else ''}"
        return run.failed(
            self.clock(),
            str(GenerationFailed(f"{why.rstrip('.')}.")),
            charged_usd=0.0,
            response=answer.as_received(),
        )

    def _still_going(self, run: Run, receipt: Receipt) -> Run:
        now = self.clock()
        elapsed_s = now - _sent_at(run)
        expected = self.expectations.expect(run.model, run.request)
        pause_s = expected.plan.pause_s(elapsed_s, self.chance.uniform(*polling.STRETCH))
        return run.untroubled().waiting(
            now + max(pause_s, honoured_s(receipt.retry_after_s)),
            _how_late(elapsed_s, expected),
            # When a generation from elsewhere began is not known.
            rendered_s=elapsed_s if run.submitted_at else None,
        )

    def _unanswered(self, run: Run, error: ProviderError) -> Run:
        match error:
            case BadKey() | NoCredit():
                trouble = Trouble.LOOK_DENIED
            case BadRequest():
                trouble = Trouble.UNKNOWN_THERE
            case _:
                trouble = Trouble.LOOK_FAILED
        if trouble is not Trouble.UNKNOWN_THERE:
            return self._later(run, trouble, error.message, error)
        if run.submitted_at is None:
            return run.failed(
                self.clock(),
                f"The provider does not know the generation {run.generation_id}. Nothing was sent "
                "or charged. Check the id: a generation is known only to the key that made it.",
                charged_usd=0.0,
            )
        said = f" It says: {error.facts.detail.rstrip('.')}." if error.facts.detail else ""
        what = f"The provider does not show this generation ({error.facts.status_code}).{said}"
        return self._later(run, trouble, what, error)

    def _later(
        self, run: Run, trouble: Trouble, what: str, error: ProviderError | None = None
    ) -> Run:
        run, decision = self.troubled(run, trouble, error=error)
        now = self.clock()
        if decision.next is Next.GIVE_UP:
            lasted = span(now - (run.trouble_since or now))
            why = f"{what} It was asked again and again for {lasted}. {_END_WORDS[trouble]}"
            return run.failed(now, why, unresolved=True)
        until = now + decision.pause_s
        end = RULES[trouble].within_s
        limit = f", for {span(end)} at most" if end else ""
        note = (
            f"{what} The generation goes on at the provider; it is asked again at "
            f"{moment(until)}{limit}."
        )
        return run.waiting(until, note)


def _sent_at(run: Run) -> float:
    return run.submitted_at or run.created_at


def _how_late(elapsed_s: float, expected: Expectation) -> str:
    if elapsed_s > expected.plan.overdue_s:
        return "Still rendering at the provider, much longer than usual."
    return "This takes longer than usual." if elapsed_s > expected.unusual_s else ""


_END_WORDS = {
    Trouble.UNKNOWN_THERE: (
        "The provider accepted this generation and may have charged it. Its id is in the receipt: "
        "look again later, or send the request again on purpose."
    ),
    Trouble.LOOK_DENIED: (
        "The video may be finished and charged. Check AIML_API_KEY and the account, then look "
        "again."
    ),
    Trouble.NO_ADDRESS: (
        "The video was probably charged. Its id is in the receipt: look again later, or send the "
        "request again on purpose."
    ),
}
