"""What is done with several runs of History at once."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from components.interface.services import Services

MOST_CHOSEN = 1000
"""How many runs one request names at the most: a database takes only so many parameters."""


class Chosen(BaseModel):
    """The runs that were selected."""

    ids: list[str] = Field(max_length=MOST_CHOSEN)


def history_actions_router(services: Services) -> APIRouter:
    """`/history/delete` and `/history/undelete`."""
    router = APIRouter()

    def delete(chosen: Chosen) -> dict[str, Any]:
        deletion = services.runs.delete(chosen.ids)
        return {"said": str(deletion), "deleted": deletion.deleted}

    def undelete(chosen: Chosen) -> None:
        services.runs.undelete(chosen.ids)

    router.add_api_route("/history/delete", delete, methods=["POST"])
    router.add_api_route("/history/undelete", undelete, methods=["POST"])
    return router
