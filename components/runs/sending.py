"""Sending a run: the one POST that may cost money."""

import base64
import binascii
import random
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from components.catalog import model_by_id
from components.catalog.fields import MediaKind
from components.catalog.request import ModelRequest
from components.errors import AnswerLost, InvalidInput, NotAccepted, PlaygroundError, Refused
from components.media.store import REF_PREFIX, MediaStore, media_type, name_of
from components.provider.body import Attachment
from components.provider.client import ProviderClient
from components.provider.wire import ImageAnswer, Receipt, VideoAnswer
from components.runs import polling
from components.runs.collect import Collector
from components.runs.expectation import Expectations
from components.runs.run import Output, Run, Status

SUBMIT_TRIES = 12
"""With growing pauses about ten minutes of a provider that accepts nothing."""


@dataclass(frozen=True)
class Sending:
    """Takes a submitting run forward: sent once, and told what came of it."""

    provider: ProviderClient
    media: MediaStore
    collector: Collector
    expectations: Expectations
    clock: Callable[[], float]
    chance: random.Random

    def advance(self, run: Run) -> Run:
        """Send it; never a second time unless it was certainly not accepted."""
        try:
            request = model_by_id(run.model).parse(run.request)
            payload = request.payload(self._attach)
        except (InvalidInput, KeyError) as error:
            why = error if isinstance(error, InvalidInput) else f"There is no model {run.model}."
            return run.failed(self.clock(), f"{why} Nothing was sent or charged.", charged_usd=0.0)
        try:
            if request.output == "image":
                return self._pictures_made(run, *self.provider.generate_images(payload, run.id))
            return self._video_accepted(run, *self.provider.submit_video(payload, run.id))
        except NotAccepted as error:
            return self._postpone(run, error)
        except Refused as error:
            return run.failed(
                self.clock(),
                str(error),
                inference_id=error.facts.inference_id,
                charged_usd=0.0,
            )
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
        now = self.clock()
        return run.moved(
            Status.SAVING,
            now,
            f"The provider made {len(outputs)} picture(s).",
            rendered_s=now - (run.submitted_at or now),
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

    def _video_accepted(self, run: Run, answer: VideoAnswer, receipt: Receipt) -> Run:
        expected = self.expectations.expect(run.model, run.request)
        now = self.clock()
        elapsed_s = now - (run.submitted_at or now)
        pause_s = expected.plan.pause_s(elapsed_s, self.chance.uniform(*polling.STRETCH))
        return run.moved(
            Status.GENERATING,
            now,
            "Accepted by the provider.",
            generation_id=answer.id,
            response=answer.as_received(),
            inference_id=receipt.inference_id or answer.id,
            expected_s=expected.expected_s,
            rendered_s=elapsed_s,
            next_step_at=now + pause_s,
        )

    def _postpone(self, run: Run, error: NotAccepted) -> Run:
        now = self.clock()
        if run.attempts + 1 >= SUBMIT_TRIES:
            why = f"{error.message} {error.cost} Send it again later."
            return run.failed(self.clock(), why, charged_usd=0.0)
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
            return self._video_accepted(run, answer, Receipt())
        return run.moved(
            Status.UNCERTAIN,
            now,
            error.message,
            note=str(error),
            inference_id=error.facts.inference_id,
            next_step_at=now + polling.MIN_GAP_S,
        )


def _without_files(answer: ImageAnswer) -> dict[str, Any]:
    """The answer as it was received; pictures inside it are kept as files, not twice."""
    received = answer.as_received()
    for picture in received["data"]:
        if picture.get("b64_json"):
            picture["b64_json"] = f"({len(picture['b64_json'])} characters)"
    return received
