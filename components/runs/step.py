"""advance(run): exactly one step of a run's life, safe to repeat."""

import base64
import binascii
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from components.catalog import model_by_id
from components.catalog.fields import MediaKind
from components.catalog.request import ModelRequest
from components.errors import (
    AnswerLost,
    GenerationFailed,
    InvalidInput,
    NotAccepted,
    PlaygroundError,
    ProviderError,
    Refused,
    StorageError,
)
from components.media.store import REF_PREFIX, MediaStore, media_type, name_of
from components.provider.body import Attachment
from components.provider.client import ProviderClient
from components.provider.wire import ImageAnswer, Phase, Receipt, VideoAnswer
from components.runs import polling
from components.runs.collect import Collector
from components.runs.expectation import Expectations
from components.runs.run import Output, Run, Status
from components.runs.search import LOG_MARGIN, Search

SUBMIT_TRIES = 12
"""With growing pauses about ten minutes of a provider that accepts nothing."""
SAID_MAX_CHARS = 300
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stepper:
    """Takes runs forward by one step with what it is given; keeps nothing itself."""

    provider: ProviderClient
    media: MediaStore
    collector: Collector
    expectations: Expectations
    clock: Callable[[], float]
    chance: random.Random = field(default_factory=random.Random)

    def advance(self, run: Run) -> Run:
        """Return the run after its next step; every failure ends in its status and words."""
        search = Search(self.provider, self.expectations, self.clock, self.chance)
        steps = {
            Status.SUBMITTING: self._submit,
            Status.UNCERTAIN: search.advance,
            Status.GENERATING: self._look,
            Status.SAVING: self._save,
        }
        return steps[run.status](run)

    def _submit(self, run: Run) -> Run:
        try:
            request = model_by_id(run.model).parse(run.request)
            payload = request.payload(self._attach)
        except (InvalidInput, KeyError) as error:
            why = error if isinstance(error, InvalidInput) else f"There is no model {run.model}."
            return run.failed(self.clock(), f"{why} Nothing was sent or charged.")
        try:
            if request.output == "image":
                return self._pictures_made(run, *self.provider.generate_images(payload, run.id))
            return self._video_accepted(run, request, *self.provider.submit_video(payload, run.id))
        except NotAccepted as error:
            return self._postpone(run, error)
        except Refused as error:
            return run.failed(self.clock(), str(error), inference_id=error.facts.inference_id)
        except AnswerLost as error:
            return self._answer_lost(run, request, error)

    def _attach(self, reference: str, kind: MediaKind) -> Any:
        """A file of our store is sent as a data URI, an address as it is."""
        del kind
        if not reference.startswith(REF_PREFIX):
            return reference
        name = name_of(reference)
        return Attachment(self.media.path(name), media_type(name))

    def _pictures_made(self, run: Run, answer: ImageAnswer, receipt: Receipt) -> Run:
        outputs = []
        for picture in answer.data:
            if picture.url:
                outputs.append(Output(kind="image", remote_url=picture.url))
            elif picture.b64_json:
                outputs.append(self._keep_inline(picture.b64_json))
        if not outputs:
            raise AnswerLost("The provider's answer names no picture.")
        return run.moved(
            Status.SAVING,
            self.clock(),
            f"The provider made {len(outputs)} picture(s).",
            outputs=tuple(outputs),
            response=_without_files(answer),
            inference_id=receipt.inference_id,
            charged_usd=answer.charged_usd(receipt),
        )

    def _keep_inline(self, b64_json: str) -> Output:
        try:
            return self.collector.keep_bytes(base64.b64decode(b64_json, validate=True))
        except (binascii.Error, PlaygroundError) as error:
            raise AnswerLost("A picture in the provider's answer could not be read.") from error

    def _video_accepted(
        self, run: Run, request: ModelRequest, answer: VideoAnswer, receipt: Receipt
    ) -> Run:
        expectation_s = self.expectations.expected_s(type(request), run.request)
        now = self.clock()
        return run.moved(
            Status.GENERATING,
            now,
            "Accepted by the provider.",
            generation_id=answer.id,
            response=answer.as_received(),
            inference_id=receipt.inference_id or answer.id,
            expected_s=expectation_s,
            next_step_at=now + polling.next_look_s(0, expectation_s),
        )

    def _postpone(self, run: Run, error: NotAccepted) -> Run:
        now = self.clock()
        if run.attempts + 1 >= SUBMIT_TRIES:
            return run.failed(self.clock(), f"{error.message} {error.cost} Send it again later.")
        pause_s = polling.retry_s(run.attempts, error.facts.retry_after_s, self.chance)
        return run.moved(
            Status.QUEUED,
            now,
            error.message,
            attempts=run.attempts + 1,
            submitted_at=None,
            note=f"{error} Next try in {pause_s:.0f} s.",
            next_step_at=now + pause_s,
        )

    def _answer_lost(self, run: Run, request: ModelRequest, error: AnswerLost) -> Run:
        now = self.clock()
        accepted = (error.facts.status_code or 500) < HTTPStatus.MULTIPLE_CHOICES
        if request.output == "video" and accepted and error.facts.inference_id:
            answer = VideoAnswer(id=error.facts.inference_id, status="queued")
            return self._video_accepted(run, request, answer, Receipt())
        return run.moved(
            Status.UNCERTAIN,
            now,
            error.message,
            note=str(error),
            inference_id=error.facts.inference_id,
            next_step_at=now + polling.MIN_GAP_S,
        )

    def _look(self, run: Run) -> Run:
        self.expectations.refresh()
        now = self.clock()
        elapsed_s = now - (run.submitted_at or run.created_at)
        expectation_s = run.expected_s or model_by_id(run.model).expected_duration_s
        try:
            answer, receipt = self.provider.video_status(run.generation_id or "")
        except ProviderError as error:
            pause_s = polling.retry_s(run.attempts, error.facts.retry_after_s, self.chance)
            note = f"{error.message} The generation goes on at the provider; it is asked again."
            return run.waiting(now + pause_s, note, attempts=run.attempts + 1)
        if answer.phase is Phase.COMPLETED and answer.video:
            return run.moved(
                Status.SAVING,
                now,
                "The provider finished the video.",
                outputs=(Output(kind="video", remote_url=answer.video.url),),
                response=answer.as_received(),
                # A look costs nothing, so a zero in its headers says nothing about the video.
                charged_usd=answer.charged_usd(receipt) or None,
            )
        if answer.phase is Phase.ERROR:
            said = " ".join(answer.error.message.split())[:SAID_MAX_CHARS] if answer.error else ""
            why = f"The provider could not make this video{': ' + said if said else ''}"
            return run.failed(
                self.clock(),
                str(GenerationFailed(f"{why.rstrip('.')}.")),
                charged_usd=0.0,
                response=answer.as_received(),
            )
        late = elapsed_s > polling.overdue_s(expectation_s)
        note = "Still rendering at the provider, much longer than usual." if late else ""
        return run.waiting(now + polling.next_look_s(elapsed_s, expectation_s), note, attempts=0)

    def _save(self, run: Run) -> Run:
        outputs = list(run.outputs)
        for index, output in enumerate(outputs):
            if output.name:
                continue
            try:
                outputs[index] = self.collector.collect(output)
            except StorageError as error:
                return self._save_later(replace(run, outputs=tuple(outputs)), error)
        return run.moved(
            Status.DONE,
            self.clock(),
            "Every file is saved here.",
            outputs=tuple(outputs),
            charged_usd=self._charged_usd(run) if run.charged_usd is None else run.charged_usd,
        )

    def _charged_usd(self, run: Run) -> float | None:
        """What the ledger says of a run whose answers did not tell its cost."""
        inference_id = run.inference_id or run.generation_id
        if not inference_id:
            return None
        since = datetime.fromtimestamp(run.submitted_at or run.created_at, UTC) - LOG_MARGIN
        try:
            charge = self.provider.find_charge(inference_id, since=since)
        except ProviderError as error:
            LOGGER.info("no charge known of run %s: %s", run.id, error.message)
            return None
        return charge.amount.usd if charge else None

    def _save_later(self, run: Run, error: StorageError) -> Run:
        pause_s = polling.retry_s(run.attempts, None, self.chance)
        renewed = self._renewed(run)
        return renewed.waiting(self.clock() + pause_s, str(error), attempts=run.attempts + 1)

    def _renewed(self, run: Run) -> Run:
        """Ask for a fresh link to the result; the old one may have expired."""
        if not run.generation_id:
            return run
        try:
            answer, _ = self.provider.video_status(run.generation_id)
        except ProviderError as error:
            LOGGER.info("no fresh link for run %s: %s", run.id, error.message)
            return run
        if not answer.video:
            return run
        return replace(run, outputs=(replace(run.outputs[0], remote_url=answer.video.url),))


def _without_files(answer: ImageAnswer) -> dict[str, Any]:
    """The answer as it was received; pictures inside it are kept as files, not twice."""
    received = answer.as_received()
    for picture in received["data"]:
        if picture.get("b64_json"):
            picture["b64_json"] = f"({len(picture['b64_json'])} characters)"
    return received
