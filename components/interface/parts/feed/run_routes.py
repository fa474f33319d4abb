"""Runs as the page follows them: cards by id, and what a card's buttons do."""

from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import HTMLResponse

from components.errors import RunNotFound
from components.interface.parts.feed.card.run_card import card_html
from components.interface.parts.feed.plan_grid import GROUP_PREFIX, group_html
from components.interface.requests.form_messages import Values
from components.interface.services import Services
from components.interface.web.routing import FRESH, new_router
from components.runs.run import Run

MOST_CARDS = 24
"""How many runs a tab asks for at once at the most."""


class AgainBody(BaseModel):
    """The id of the run that is to be made, so that asking twice makes one."""

    run_id: UUID


def run_router(services: Services) -> APIRouter:
    """`/cards` shows runs, those that exist; a page asks again while one is going on."""
    router = new_router()

    def draw(run: Run) -> HTMLResponse:
        return HTMLResponse(card_html(run, services), headers=FRESH)

    def cards(ids: str) -> HTMLResponse:
        found = []
        for run_id in ids.split(",")[:MOST_CARDS]:
            if run_id.startswith(GROUP_PREFIX):
                found.append(group_html(run_id.removeprefix(GROUP_PREFIX), services.runs))
                continue
            with suppress(RunNotFound):
                found.append(card_html(services.runs.get(run_id), services))
        return HTMLResponse("".join(found), headers=FRESH)

    def settings(run_id: str) -> Values:
        return Values(services.runs.get(run_id).request)

    def cancel(run_id: str) -> HTMLResponse:
        return draw(services.runs.cancel(run_id))

    def again(run_id: str, body: AgainBody) -> HTMLResponse:
        return draw(services.runs.send_again(run_id, new_id=str(body.run_id)))

    def look_again(run_id: str) -> HTMLResponse:
        return draw(services.runs.look_again(run_id))

    router.add_api_route("/cards", cards, methods=["GET"])
    router.add_api_route("/runs/{run_id}/settings", settings, methods=["GET"])
    router.add_api_route("/runs/{run_id}/cancel", cancel, methods=["POST"])
    router.add_api_route("/runs/{run_id}/again", again, methods=["POST"])
    router.add_api_route("/runs/{run_id}/look-again", look_again, methods=["POST"])
    return router
