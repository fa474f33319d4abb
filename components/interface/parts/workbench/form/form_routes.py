"""What the form's script asks for, over HTTP."""

from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from components.interface.parts.feed.card.run_card import card_html
from components.interface.parts.workbench.form.form_service import FormService
from components.interface.requests.form_messages import (
    ElementBody,
    FormBody,
    FormStatus,
    StopBody,
    Values,
)
from components.interface.services import Services
from components.interface.web.routing import new_router


def visitor_of(request: Request) -> str:
    """Who asks, as far as that can be told: the address."""
    return request.client.host if request.client else ""


def form_router(services: Services) -> APIRouter:
    """`/forms/NAME/…` for every model, and `/kit` for all."""
    router = new_router()
    for model in services.catalog:
        _add_form(router, FormService(model, services))
    _add_kit(router, services)
    return router


def _add_form(router: APIRouter, form_service: FormService) -> None:
    path = f"/forms/{form_service.model.api_name}"

    def validate(body: FormBody, request: Request) -> FormStatus:
        return form_service.validate(body.filled(visitor_of(request)))

    def generate(body: FormBody, request: Request) -> HTMLResponse:
        run = form_service.generate(body.filled(visitor_of(request)), str(body.run_id or uuid4()))
        return HTMLResponse(card_html(run, form_service.services))

    def example(number: int) -> Values:
        return Values(form_service.example(number))

    def stop(body: StopBody) -> None:
        form_service.stop(body.source, body.kind, body.filled())

    router.add_api_route(f"{path}/validate", validate, methods=["POST"])
    router.add_api_route(f"{path}/runs", generate, methods=["POST"])
    router.add_api_route(f"{path}/stop", stop, methods=["POST"])
    router.add_api_route(f"{path}/examples/{{number}}", example, methods=["POST"])


def _add_kit(router: APIRouter, services: Services) -> None:
    kit = services.kit

    def keep(body: ElementBody) -> None:
        kit.keep(body.name, body.element, services.clock())

    def rename(element_id: str, body: ElementBody) -> None:
        kit.rename(element_id, body.name)

    def forget(element_id: str) -> None:
        kit.delete(element_id)

    router.add_api_route("/kit", keep, methods=["POST"])
    router.add_api_route("/kit/{element_id}", rename, methods=["PATCH"])
    router.add_api_route("/kit/{element_id}", forget, methods=["DELETE"])
