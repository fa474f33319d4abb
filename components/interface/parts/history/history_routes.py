"""What is done with runs of History: deleting several, and getting back what seemed lost."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from components.interface.services import Services
from components.interface.web.routing import new_router

MOST_CHOSEN = 1000
"""How many runs one request names at the most: a database takes only so many parameters."""


class Chosen(BaseModel):
    """The runs that were selected."""

    ids: list[str] = Field(max_length=MOST_CHOSEN)


class Deletion(Chosen):
    """The runs that are to go; with `take_out`, out of the showcases that show them as well."""

    take_out: bool = False


class Elsewhere(BaseModel):
    """A generation that was not sent from here; an id that names its model needs no `model`."""

    generation_id: str
    model: str = ""


class Deleted(BaseModel):
    """The ids that were deleted, and the sentence that says so."""

    said: str
    deleted: list[str]


class FoundRun(BaseModel):
    """The run that has a generation id."""

    id: str


def history_actions_router(services: Services) -> APIRouter:
    """`/history/delete`, `/history/undelete` and `/history/fetch`."""
    router = new_router()
    runs, held = services.runs, services.showcases.held

    def delete(chosen: Deletion) -> Deleted:
        if chosen.take_out:
            # First: who wants a face gone must not find it shown after a crash in between.
            held.take_out(chosen.ids)
        deletion = runs.delete(chosen.ids)
        if chosen.take_out and deletion.under_way:
            held.put_back(deletion.under_way)
        return Deleted(said=str(deletion), deleted=deletion.deleted)

    def undelete(chosen: Chosen) -> None:
        runs.undelete(chosen.ids)
        held.put_back(chosen.ids)

    def fetch(wanted: Elsewhere) -> FoundRun:
        return FoundRun(id=runs.fetch_by_generation_id(wanted.generation_id, wanted.model).id)

    router.add_api_route("/history/delete", delete, methods=["POST"])
    router.add_api_route("/history/undelete", undelete, methods=["POST"])
    router.add_api_route("/history/fetch", fetch, methods=["POST"])
    return router
