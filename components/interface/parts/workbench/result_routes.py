"""What is done with a result: used again, as code, a frame of it."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse

from components.catalog import MODELS, model_by_id
from components.catalog.fields import MediaKind
from components.catalog.request import ModelRequest
from components.errors import InvalidRequest
from components.interface.parts.feed.run_media import poster_url
from components.interface.parts.feed.run_words import output_url
from components.interface.parts.workbench.form_routes import FilledBody
from components.interface.parts.workbench.uses import uses_of
from components.interface.requests.form_values import shaped, without_gaps
from components.interface.services import Services
from components.interface.snippets import Addresses, snippets
from components.interface.web.routing import new_router
from components.interface.widgets.templating import render
from components.media.clips.frames import keep_frame
from components.media.store.media_store import name_of, ref
from components.runs.run import Output, Run


class FrameBody(BaseModel):
    """Which frame of a video: the first, the last, or that of a second."""

    at: Literal["first", "last"] | float


def result_router(services: Services) -> APIRouter:
    """`/runs/ID/…` of one run, and the code of a form."""
    router = new_router()
    _add_uses(router, services)
    _add_code(router, services)
    return router


def _add_uses(router: APIRouter, services: Services) -> None:
    def uses(run_id: str, index: int, frame: str = "") -> HTMLResponse:
        run = services.runs.get(run_id)
        output = saved_output(run, index)
        source = ref(name_of(frame)) if frame else output_url(output)
        kind: MediaKind = "image" if frame or output.kind == "image" else "video"
        html = render(
            "uses.html",
            run=run,
            index=index,
            source=source,
            kind=kind,
            poster=poster_url(source, kind),
            uses=uses_of(kind),
        )
        return HTMLResponse(html)

    def take_frame(run_id: str, index: int, body: FrameBody) -> dict[str, str]:
        output = saved_output(services.runs.get(run_id), index)
        return {"ref": keep_frame(services.media, output_url(output), body.at)}

    router.add_api_route("/runs/{run_id}/outputs/{index}/frames", take_frame, methods=["POST"])
    router.add_api_route("/runs/{run_id}/outputs/{index}/uses", uses, methods=["GET"])


def _add_code(router: APIRouter, services: Services) -> None:
    def drawn(
        model: type[ModelRequest], values: dict[str, object], request: Request
    ) -> HTMLResponse:
        addresses = Addresses(
            services.provider_url,
            services.public_url or str(request.base_url),
            needs_login=services.needs_login,
        )
        return HTMLResponse(render("code.html", snippets=snippets(model, values, addresses)))

    def of_run(run_id: str, request: Request) -> HTMLResponse:
        run = services.runs.get(run_id)
        return drawn(model_by_id(run.model), run.request, request)

    def of_form(form: str, body: FilledBody, request: Request) -> HTMLResponse:
        model = next((it for it in MODELS if it.api_name == form), None)
        if model is None:
            raise InvalidRequest({"": "There is no such form."})
        return drawn(model, without_gaps(shaped(model, body.values)), request)

    router.add_api_route("/runs/{run_id}/code", of_run, methods=["GET"])
    router.add_api_route("/forms/{form}/code", of_form, methods=["POST"])


def saved_output(run: Run, index: int) -> Output:
    """One file of a run that is kept here. Raises `InvalidRequest`."""
    if not 0 <= index < len(run.outputs) or not run.outputs[index].name:
        raise InvalidRequest({"": "That result is not kept here."})
    return run.outputs[index]
