"""What the dialog for varying a form asks for, and the grid of a plan."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse

from components.interface.parts.feed.plan_grid import group_html
from components.interface.parts.workbench.form.form_routes import visitor_of
from components.interface.parts.workbench.form.form_service import FormService
from components.interface.parts.workbench.plans.plan_service import PlanService, Variation
from components.interface.requests.form_messages import FormBody
from components.interface.services import Services
from components.interface.web.routing import new_router


class PlanBody(BaseModel):
    """A form, and how it is to be varied; `plan_id` makes starting twice safe."""

    filled: FormBody
    lists: dict[str, list[Any]] = Field(default_factory=dict)
    repeats: int = Field(default=1, ge=1, le=100)
    plan_id: UUID | None = None

    def variation(self) -> Variation:
        """The same, as the service takes it."""
        return Variation(self.lists, self.repeats)


class StartBody(PlanBody):
    """A plan that is to be run."""

    plan_id: UUID


def plan_router(services: Services) -> APIRouter:
    """`/forms/NAME/vary`, `/plan` and `/plan/runs` for every model; `/plans/ID/again`."""
    router = new_router()
    for model in services.catalog:
        _add_plan(router, PlanService(FormService(model, services)))

    def again(plan_id: str) -> HTMLResponse:
        services.runs.send_failed_again(plan_id)
        return HTMLResponse(group_html(plan_id, services.runs))

    router.add_api_route("/plans/{plan_id}/again", again, methods=["POST"])
    return router


def _add_plan(router: APIRouter, plans: PlanService) -> None:
    path = f"/forms/{plans.form_service.model.api_name}"

    def vary(body: FormBody) -> HTMLResponse:
        return HTMLResponse(plans.choices_html(body.filled()))

    def plan(body: PlanBody) -> HTMLResponse:
        return HTMLResponse(plans.plan_html(body.filled.filled(), body.variation()))

    def start(body: StartBody, request: Request) -> HTMLResponse:
        filled, wanted = body.filled.filled(visitor_of(request)), body.variation()
        return HTMLResponse(plans.start(filled, wanted, str(body.plan_id)))

    router.add_api_route(f"{path}/vary", vary, methods=["POST"])
    router.add_api_route(f"{path}/plan", plan, methods=["POST"])
    router.add_api_route(f"{path}/plan/runs", start, methods=["POST"])
