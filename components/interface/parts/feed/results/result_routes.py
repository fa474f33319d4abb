"""What is done with a result: it, or a frame of it, is used again."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import HTMLResponse

from components.catalog.fields import MediaKind
from components.errors import InvalidRequest
from components.interface.parts.feed.card.run_media import poster_url
from components.interface.parts.feed.card.run_words import output_url
from components.interface.parts.feed.results.result_uses import uses_of
from components.interface.services import Services
from components.interface.web.routing import new_router
from components.interface.widgets.templating import render
from components.media.clips.frames import keep_frame
from components.media.store.media_store import name_of, ref
from components.runs.run import Output, Run


class FrameBody(BaseModel):
    """Which frame of a video: the first, the last, or that of a second."""

    at: Literal["first", "last"] | float


class KeptFrame(BaseModel):
    """A frame that is a picture of its own now, by its reference."""

    ref: str


def result_router(services: Services) -> APIRouter:
    """`/runs/ID/outputs/N/…`: what one file of a run can be used for, and a frame of it."""
    router = new_router()

    def uses(run_id: str, index: int, frame: str = "") -> HTMLResponse:
        run = services.runs.get(run_id)
        output = saved_output(run, index)
        source = ref(name_of(frame)) if frame else output_url(output)
        kind: MediaKind = "image" if frame or output.kind == "image" else "video"
        html = render(
            "result_uses.html",
            run=run,
            index=index,
            source=source,
            kind=kind,
            poster=poster_url(source, kind),
            uses=uses_of(services.catalog, kind),
        )
        return HTMLResponse(html)

    def take_frame(run_id: str, index: int, body: FrameBody) -> KeptFrame:
        output = saved_output(services.runs.get(run_id), index)
        return KeptFrame(ref=keep_frame(services.media, output_url(output), body.at))

    router.add_api_route("/runs/{run_id}/outputs/{index}/frames", take_frame, methods=["POST"])
    router.add_api_route("/runs/{run_id}/outputs/{index}/uses", uses, methods=["GET"])
    return router


def saved_output(run: Run, index: int) -> Output:
    """One file of a run that is kept here. Raises `InvalidRequest`."""
    if not 0 <= index < len(run.outputs) or not run.outputs[index].name:
        raise InvalidRequest({"": "That result is not kept here."})
    return run.outputs[index]
