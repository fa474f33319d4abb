"""Submits a run: the one POST that may cost money."""

import base64
import binascii
import logging
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from components.catalog.fields import MediaKind
from components.catalog.request import ModelRequest
from components.errors import (
    AnswerLost,
    DownloadFailed,
    Facts,
    InvalidInput,
    NotAccepted,
    NotSendable,
    Refused,
)
from components.media.store.media_store import REF_PREFIX, media_type, name_of
from components.provider.answers.answer_models import ImageAnswer, Picture, Receipt, VideoAnswer
from components.provider.http.json_body import Attachment
from components.runs.retry import FailureKind
from components.runs.run import Output, Run, Status
from components.runs.steps.context import ProviderStep, named
from components.runs.steps.result_collector import as_data_uri
from components.runs.timing import polling
from components.runs.timing.expectation import Expectation
from components.runs.wording import LOOKED_FOR, at_most, moment, span

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class SubmitStep(ProviderStep):
    """Takes a submitting run forward: sent once, and told what came of it."""

    def advance(self, run: Run) -> Run:
        """Send it; never a second time unless it was certainly not accepted."""
        try:
            request = self.context.catalog.by_id(run.model).parse(run.request)
            payload = request.payload(self._attach)
        except (InvalidInput, KeyError) as error:
            why = error if isinstance(error, InvalidInput) else f"There is no model {run.model}."
            said = f"{why} Nothing was sent or charged. Change the request and send it again."
            return run.failed(self.context.clock(), said, charged_usd=0.0)
        try:
            return self._sent(run, request, payload)
        except (Refused, NotSendable) as error:
            return run.failed(self.context.clock(), str(error), charged_usd=0.0, **named(error))
        except NotAccepted as error:
            return self._put_off(run, error)
        except AnswerLost as error:
            return self._answer_lost(run, request, error)

    def _sent(self, run: Run, request: ModelRequest, payload: dict[str, Any]) -> Run:
        """Send it. What is asked to know when to look is asked before: once the provider has
        accepted it, nothing stands between its answer and keeping that."""
        expected = self.expect(run)
        if request.output == "image":
            with self.context.throttle.sending():
                pictures, receipt = self.context.provider.generate_images(payload, run.id)
            return self._pictures_made(run, pictures, receipt)
        with self.context.throttle.sending():
            video, receipt = self.context.provider.submit_video(payload, run.id)
        return self._video_accepted(run, video, receipt, expected)

    def _attach(self, reference: str, kind: MediaKind) -> Any:
        """A file of our store is sent as a data URI, an address as it is."""
        del kind
        if not reference.startswith(REF_PREFIX):
            return reference
        name = name_of(reference)
        return Attachment(self.context.media.path(name), media_type(name))

    def _pictures_made(self, run: Run, answer: ImageAnswer, receipt: Receipt) -> Run:
        facts = Facts(inference_id=receipt.inference_id, status_code=HTTPStatus.OK)
        found = [self._picture(picture) for picture in answer.data]
        outputs = tuple(output for output in found if output)
        if not outputs:
            raise AnswerLost("No picture in the provider's answer could be read.", facts)
        now = self.context.clock()
        lost = len(found) - len(outputs)
        noun = "picture" if len(outputs) == 1 else "pictures"
        more = f" {lost} more in its answer could not be read." if lost else ""
        return run.moved(
            Status.SAVING,
            now,
            f"The provider made {len(outputs)} {noun}.{more}",
            rendered_s=now - (run.submitted_at or now),
            outputs=outputs,
            response=_received(answer),
            inference_id=receipt.inference_id,
            charged_usd=answer.charged_usd(receipt),
        )

    def _picture(self, picture: Picture) -> Output | None:
        """A picture by its address, or kept where it came inside the answer; None: unreadable.

        Without room, its text is kept until there is some.
        """
        if picture.url:
            return Output(kind="image", remote_url=picture.url)
        try:
            content = base64.b64decode(picture.b64_json or "", validate=True)
        except (binascii.Error, ValueError):
            return None
        try:
            return self.context.collector.keep_bytes(content)
        except DownloadFailed as error:
            LOGGER.warning("a picture in an answer cannot be read: %s", error.message)
            return None
        except Exception:
            # A fault of ours, or of the disk, is no reason to lose what is paid for.
            LOGGER.exception("a picture in an answer is kept as it came")
            return Output(kind="image", remote_url=as_data_uri(content))

    def _video_accepted(
        self, run: Run, answer: VideoAnswer, receipt: Receipt, expected: Expectation
    ) -> Run:
        now = self.context.clock()
        elapsed_s = now - (run.submitted_at or now)
        pause_s = expected.plan.pause_s(elapsed_s, self.context.chance.uniform(*polling.STRETCH))
        return run.moved(
            Status.GENERATING,
            now,
            "Accepted by the provider.",
            generation_id=answer.id,
            response=_received(answer),
            inference_id=receipt.inference_id or answer.id,
            expected_s=expected.expected_s,
            rendered_s=elapsed_s,
            next_step_at=now + pause_s,
        )

    def _put_off(self, run: Run, error: NotAccepted) -> Run:
        is_first = run.trouble != FailureKind.NOT_ACCEPTED
        run, until = self.troubled(
            replace(run, **named(error)), FailureKind.NOT_ACCEPTED, error=error
        )
        now = self.context.clock()
        if until is None:
            return run.failed(
                now,
                f"{error.message} The provider accepted nothing for {span(run.troubled_s)}. "
                f"{error.cost} Send it again later.",
                charged_usd=0.0,
            )
        queued = run.moved(
            Status.QUEUED,
            now,
            error.message,
            **run.troubles,
            submitted_at=None,
            note=f"{error.message} {error.cost} It is tried again at {moment(until)}, "
            f"{at_most(FailureKind.NOT_ACCEPTED)}; cancelling is free.",
            next_step_at=until,
        )
        # Of a hundred tries the receipt tells the first and the last.
        return queued if is_first else replace(queued, events=run.events[:-1])

    def _answer_lost(self, run: Run, request: ModelRequest, error: AnswerLost) -> Run:
        was_accepted = (error.facts.status_code or 500) < HTTPStatus.MULTIPLE_CHOICES
        if request.output == "video" and was_accepted and error.facts.inference_id:
            answer = VideoAnswer(id=error.facts.inference_id, status="queued")
            return self._video_accepted(
                run, answer, Receipt(), self.context.expectations.first_guess(run.model)
            )
        run, until = self.troubled(
            replace(run, **named(error)), FailureKind.ANSWER_LOST, error=error
        )
        return run.moved(
            Status.UNCERTAIN,
            self.context.clock(),
            error.message,
            note=f"{error.message} {LOOKED_FOR}",
            next_step_at=until,
        )


def _received(answer: ImageAnswer | VideoAnswer) -> dict[str, Any] | None:
    """The answer as it was received; pictures inside it are kept as files, not twice.

    None rather than an error: nothing may stand between an accepted answer and its storing.
    """
    try:
        received = answer.as_received()
        for picture in received.get("data", ()):
            if picture.get("b64_json"):
                picture["b64_json"] = f"({len(picture['b64_json'])} characters)"
    except Exception:
        LOGGER.exception("an answer cannot be kept as it was received")
        return None
    return received
