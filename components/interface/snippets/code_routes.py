"""The code of a past run, and of a form as it is filled in."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse

from components.catalog.request import ModelRequest
from components.errors import InvalidRequest
from components.interface.requests.form_values import shaped, without_gaps
from components.interface.services import Services
from components.interface.snippets.material import Addresses
from components.interface.snippets.programs import snippets
from components.interface.web.routing import new_router
from components.interface.widgets.templating import render


class CodeBody(BaseModel):
    """What a form holds."""

    values: dict[str, Any]


def code_router(services: Services) -> APIRouter:
    """`GET /runs/ID/code` and `POST /forms/FORM/code`: the programs, as a dialog shows them."""
    router = new_router()

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
        return drawn(services.catalog.by_id(run.model), run.request, request)

    def of_form(form: str, body: CodeBody, request: Request) -> HTMLResponse:
        model = services.catalog.named(form)
        if model is None:
            raise InvalidRequest({"": "There is no such form."})
        return drawn(model, without_gaps(shaped(model, body.values)), request)

    router.add_api_route("/runs/{run_id}/code", of_run, methods=["GET"])
    router.add_api_route("/forms/{form}/code", of_form, methods=["POST"])
    return router
