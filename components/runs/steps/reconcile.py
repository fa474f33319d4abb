"""Reconciles a request whose answer was lost: searches the provider, never sends it again.

Its log names our own id of the request, its ledger the id of the inference, and a video may be
asked for by that id itself.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from components.errors import ProviderError, ProviderPaused
from components.provider.answers.answer_models import LogRow
from components.runs.money.ledger import LAST_MARGIN, LOG_MARGIN, find_charge
from components.runs.retry import FailureKind
from components.runs.run import Run, Status
from components.runs.steps.context import ProviderStep
from components.runs.wording import LOOKED_FOR, NOT_SHOWN_AS_CHARGED, at_most, moment, span

SENT_WITHIN = timedelta(minutes=20)
"""A request reaches the provider at most this long after it was begun: longer than a lease."""


@dataclass(frozen=True)
class ReconcileStep(ProviderStep):
    """Takes an uncertain run forward by one search."""

    def advance(self, run: Run) -> Run:
        """ReconcileStep once: found, given up at a stated time, or to be looked for again later."""
        if run.generation_id:
            return run.moved(
                Status.GENERATING, self.context.clock(), "The provider's answer came late."
            )
        try:
            return self._found(run, LOG_MARGIN) or self._not_found(run)
        except ProviderPaused as pause:
            note = f"The answer was lost. {pause.message} {LOOKED_FOR}"
            return self.held(run, FailureKind.LOG_UNREADABLE, pause, note)
        except ProviderError as error:
            return self._unreadable(run, error)

    def _found(self, run: Run, margin: timedelta) -> Run | None:
        is_video = self._makes_video(run)
        if is_video and run.inference_id and self._is_known(run, run.inference_id):
            return self._video_found(run, run.inference_id, "The provider knows it.")
        sent_at = datetime.fromtimestamp(run.submitted_at or run.created_at, UTC)
        now = datetime.fromtimestamp(self.context.clock(), UTC)
        with self._asking(run):
            row = self.context.provider.find_log(
                run.id,
                since=sent_at - margin,
                # Before it was sent, it is not: the clock was set back.
                until=max(sent_at, min(now, sent_at + SENT_WITHIN)) + margin,
            )
        if row and row.status == "failed" and run.times_begun > 1:
            # It may be the row of a try that was put off; that of the last one may still come.
            return None
        if row and row.status == "failed":
            return run.failed(
                self.context.clock(),
                "The provider's log says that the request failed. Nothing was charged. "
                "You can send it again.",
                inference_id=row.inference_id,
                provider_request_id=row.request_id or run.provider_request_id,
                charged_usd=0.0,
            )
        if row:
            request_id = row.request_id or run.provider_request_id
            run = replace(run, provider_request_id=request_id)
            if is_video and row.inference_id:
                return self._video_found(run, row.inference_id, "Found in the provider's log.")
        found = None if is_video else self._pictures_charged(run, row, sent_at)
        if found or row is None:
            return found
        return self._unnamed(run, row, is_last=margin == LAST_MARGIN)

    def _asking(self, run: Run) -> AbstractContextManager[None]:
        """Around a question, the last one where the run has been searched for long enough."""
        is_last = run.is_over(FailureKind.LOG_UNREADABLE, self.context.clock())
        return self.context.throttle.asking(is_vital=False, is_last=is_last)

    def _is_known(self, run: Run, generation_id: str) -> bool:
        try:
            with self._asking(run):
                self.context.provider.video_status(generation_id)
        except ProviderPaused:
            raise
        except ProviderError:
            return False
        return True

    def _video_found(self, run: Run, generation_id: str, what: str) -> Run:
        return run.moved(
            Status.GENERATING,
            self.context.clock(),
            what,
            generation_id=generation_id,
            inference_id=generation_id,
            expected_s=self.expect(run).expected_s,
        )

    def _pictures_charged(self, run: Run, row: LogRow | None, sent_at: datetime) -> Run | None:
        """The end of lost pictures, once the log or the ledger shows that they were charged."""
        inference_id = (row.inference_id if row else None) or run.inference_id
        cost_usd = row.cost.usd if row and row.cost else 0.0
        if inference_id and not cost_usd:
            read = self.context.throttle.through(self.context.provider.ledger_page)
            since, until = sent_at - LOG_MARGIN, sent_at + LAST_MARGIN
            charge = find_charge(read, inference_id, since, until)
            cost_usd = charge.amount.usd if charge else 0.0
        if not cost_usd:
            return None
        return run.failed(
            self.context.clock(),
            "The pictures were made, but the answer that carried their addresses was lost, and "
            f"the provider has no call to ask for it again. Charged ${cost_usd:.4f}. "
            "Sending it again would be charged again.",
            inference_id=inference_id,
            charged_usd=cost_usd,
        )

    def _unnamed(self, run: Run, row: LogRow, *, is_last: bool) -> Run | None:
        """What the log shows as accepted, but no more: perhaps it tells an id or a charge later."""
        cost_usd = row.cost.usd if row.cost else 0.0
        cost = f"Charged ${cost_usd:.4f}." if cost_usd else "It may have been charged."
        lacks = "what it was charged" if row.inference_id else "under which id"
        if is_last:
            return run.failed(
                self.context.clock(),
                "The answer was lost. The provider's log shows that it accepted the request, but "
                f"not {lacks}; the result cannot be asked for. {cost} You can look again, or send "
                "it again on purpose, which is charged again.",
                unresolved=True,
                inference_id=row.inference_id or run.inference_id,
                charged_usd=cost_usd or None,
            )
        searched, until = self.troubled(run, FailureKind.NOT_IN_LOG)
        if until is None:
            return self._unnamed(searched, row, is_last=True)
        return searched.waiting(
            until,
            "The answer was lost. The provider's log shows that it accepted the request, but not "
            f"yet {lacks}. {cost} It is searched again at {moment(until)}, "
            f"{at_most(FailureKind.NOT_IN_LOG)}; nothing is sent again by itself. There is "
            "nothing to do.",
        )

    def _not_found(self, run: Run) -> Run:
        searched, until = self.troubled(run, FailureKind.NOT_IN_LOG)
        if until is None:
            return self._found(run, LAST_MARGIN) or searched.failed(
                self.context.clock(),
                "The answer to the request was lost, and the provider's log does not show it "
                f"{span(searched.troubled_s)} later. {NOT_SHOWN_AS_CHARGED} You can look again, or "
                "send it again.",
                unresolved=True,
            )
        return searched.waiting(
            until,
            "The answer was lost, and the provider's log does not show the request yet. It may "
            f"have been accepted and charged. It is searched again at {moment(until)}, "
            f"{at_most(FailureKind.NOT_IN_LOG)}; nothing is sent again by itself. There is "
            "nothing to do.",
        )

    def _unreadable(self, run: Run, error: ProviderError) -> Run:
        run, until = self.troubled(run, FailureKind.LOG_UNREADABLE, error=error)
        if until is None:
            return run.failed(
                self.context.clock(),
                f"The answer to the request was lost, and for {span(run.troubled_s)} it could not "
                f"be looked up: {error.message} It may have been charged. The receipt keeps its "
                "ids. You can look again, or send it again on purpose.",
                unresolved=True,
            )
        return run.waiting(
            until,
            f"The answer was lost, and the provider's log cannot be read: {error.message} It may "
            f"have been accepted and charged. It is tried again at {moment(until)}, "
            f"{at_most(FailureKind.LOG_UNREADABLE)}; nothing is sent again by itself. There is "
            "nothing to do.",
        )

    def _makes_video(self, run: Run) -> bool:
        """Whether it can be asked for by an id; so can one whose model has left the catalogue."""
        model = self.context.catalog.find(run.model)
        return model is None or model.output == "video"
