"""Runs as the page follows them: cards by id, and what a card's buttons do."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from components.errors import RunNotFound
from components.interface.cards import card_html
from components.interface.services import Services
from components.runs.run import Run

MOST_CARDS = 24
"""How many runs a tab asks for at once at the most."""
FRESH = {"Cache-Control": "no-store"}


def run_router(services: Services) -> APIRouter:
    """`/cards` shows runs, those that exist; a page asks again while one is going on."""
    router = APIRouter()

    def draw(*runs: Run) -> HTMLResponse:
        now = services.clock()
        return HTMLResponse("".join(card_html(run, now) for run in runs), headers=FRESH)

    def cards(ids: str) -> HTMLResponse:
        found = []
        for run_id in ids.split(",")[:MOST_CARDS]:
            try:
                found.append(services.runs.get(run_id))
            except RunNotFound:
                continue
        return draw(*found)

    def settings(run_id: str) -> dict[str, Any]:
        return services.runs.get(run_id).request

    def cancel(run_id: str) -> HTMLResponse:
        return draw(services.runs.cancel(run_id))

    router.add_api_route("/cards", cards, methods=["GET"])
    router.add_api_route("/runs/{run_id}/settings", settings, methods=["GET"])
    router.add_api_route("/runs/{run_id}/cancel", cancel, methods=["POST"])
    return router
