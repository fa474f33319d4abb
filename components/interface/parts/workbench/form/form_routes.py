"""What the form's script asks for, over HTTP."""

from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse

from components.catalog import MODELS
from components.catalog.fields import MediaKind, Noun
from components.catalog.tokens import Reference
from components.interface.parts.feed.card.run_card import card_html
from components.interface.parts.workbench.form.form_service import FormService, FormState
from components.interface.services import Services
from components.interface.web.routing import new_router
from components.runs.run import Parent

HOLDER_MAX_CHARS = 40


class ReferenceBody(BaseModel):
    """What a token of the prompt stood for at the last look."""

    noun: Noun
    number: int
    field: str
    source: str


class OriginBody(BaseModel):
    """The run that a file in the form came from."""

    run_id: str
    output_index: int = 0


class FilledBody(BaseModel):
    """A form as the browser sends it."""

    run_id: UUID | None = None
    origins: dict[str, OriginBody] = Field(default_factory=dict)

    values: dict[str, Any]
    chosen: dict[str, dict[str, Any]] = Field(default_factory=dict)
    names: dict[str, str] = Field(default_factory=dict)
    numbered: list[ReferenceBody] = Field(default_factory=list)
    holder: str = Field(default="", max_length=HOLDER_MAX_CHARS)

    def filled(self, visitor: str = "") -> FormState:
        """The same, as the service takes it, from a visitor's address."""
        numbered = [Reference(**it.model_dump()) for it in self.numbered]
        origins = {ref: Parent(**it.model_dump()) for ref, it in self.origins.items()}
        holder = self.holder or visitor[:HOLDER_MAX_CHARS]
        return FormState(self.values, self.chosen, self.names, numbered, origins, holder, visitor)


class StopBody(FilledBody):
    """Which file is not to be looked at any more."""

    source: str
    kind: MediaKind


class KitBody(BaseModel):
    """An element to keep under a name; without one the kept element is given the name."""

    name: str
    element: Any = None


def visitor_of(request: Request) -> str:
    """Who asks, as far as that can be told: the address."""
    return request.client.host if request.client else ""


def form_router(services: Services) -> APIRouter:
    """`/forms/NAME/…` for every model, and `/kit` for all."""
    router = new_router()
    for model in MODELS:
        _add_form(router, FormService(model, services))
    _add_kit(router, services)
    return router


def _add_form(router: APIRouter, form_service: FormService) -> None:
    path = f"/forms/{form_service.model.api_name}"

    def look(body: FilledBody, request: Request) -> dict[str, Any]:
        return form_service.look(body.filled(visitor_of(request)))

    def generate(body: FilledBody, request: Request) -> HTMLResponse:
        run = form_service.generate(body.filled(visitor_of(request)), str(body.run_id or uuid4()))
        return HTMLResponse(card_html(run, form_service.services))

    def example(number: int) -> dict[str, Any]:
        return form_service.example(number)

    def stop(body: StopBody) -> None:
        form_service.stop(body.source, body.kind, body.filled())

    router.add_api_route(f"{path}/look", look, methods=["POST"])
    router.add_api_route(f"{path}/runs", generate, methods=["POST"])
    router.add_api_route(f"{path}/stop", stop, methods=["POST"])
    router.add_api_route(f"{path}/examples/{{number}}", example, methods=["POST"])


def _add_kit(router: APIRouter, services: Services) -> None:
    kit = services.kit

    def keep(body: KitBody) -> None:
        kit.keep(body.name, body.element, services.clock())

    def rename(element_id: str, body: KitBody) -> None:
        kit.rename(element_id, body.name)

    def forget(element_id: str) -> None:
        kit.delete(element_id)

    router.add_api_route("/kit", keep, methods=["POST"])
    router.add_api_route("/kit/{element_id}", rename, methods=["PATCH"])
    router.add_api_route("/kit/{element_id}", forget, methods=["DELETE"])
