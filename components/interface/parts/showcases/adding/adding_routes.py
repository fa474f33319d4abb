"""Routes that add to showcases, and those that say which of them show a run."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from components.interface.parts.showcases.adding.adding import (
    MOST_CHOSEN,
    AddBody,
    Added,
    AddKind,
    add,
)
from components.interface.parts.showcases.adding.choices import Choices, choices
from components.interface.services import Services
from components.interface.web.routing import new_router
from components.showcases.held_runs import Holder


class HeldBody(BaseModel):
    """The runs that are asked about."""

    ids: list[str] = Field(max_length=MOST_CHOSEN)


class HolderFacts(BaseModel):
    """A showcase that shows something of some of the runs."""

    id: str
    title: str
    run_ids: list[str]


class Holders(BaseModel):
    """Every showcase that shows something of the runs."""

    holders: list[HolderFacts]


def adding_router(services: Services) -> APIRouter:
    """`/showcases/choices`, `/showcases/add` and `/showcases/holding`."""
    router = new_router()

    def offered(kind: AddKind = "results", specs: str = "", plan_id: str = "") -> Choices:
        return choices(services, kind, [it for it in specs.split(",") if it], plan_id)

    def added(body: AddBody, request: Request) -> Added:
        return add(services, body, services.address(str(request.base_url)))

    def holding(body: HeldBody) -> Holders:
        found = services.showcases.held.holders(body.ids)
        return Holders(holders=[_facts(it) for it in found])

    router.add_api_route("/showcases/choices", offered, methods=["GET"])
    router.add_api_route("/showcases/add", added, methods=["POST"])
    router.add_api_route("/showcases/holding", holding, methods=["POST"])
    return router


def _facts(holder: Holder) -> HolderFacts:
    return HolderFacts(id=holder.id, title=holder.title, run_ids=list(holder.run_ids))
