"""History: every run that was made, newest first."""

import gradio as gr
from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import HTMLResponse

from components.catalog import MODELS, model_by_id
from components.interface.describe import status_words, thumb_url
from components.interface.section import section
from components.interface.services import Services
from components.interface.templating import render
from components.runs.history import Page, Query, RunCard
from components.runs.run import Status

PAGE_RUNS = 24


def build_history() -> gr.HTML:
    """Lay out the filters and the place of the grid; the script lists when the tab is opened."""
    statuses = [(str(status), str(status).capitalize()) for status in Status]
    return section("history", render("history.html", models=MODELS, statuses=statuses))


def history_router(services: Services) -> APIRouter:
    """`GET /history`: the runs that a search and filters leave, as cards."""
    router = APIRouter()

    def history(
        text: str = "", model: str = "", status: str = "", cursor: str = ""
    ) -> HTMLResponse:
        query = Query(text=text, model=model, status=status, limit=PAGE_RUNS, cursor=cursor)
        page = services.runs.find_cards(query)
        html = history_html(page, services.clock(), is_more=bool(cursor))
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    router.add_api_route("/history", history, methods=["GET"])
    return router


def history_html(page: Page[RunCard], now: float, *, is_more: bool = False) -> Markup:
    """Cards of runs, and a button for the next page where there is one."""
    cards = [
        {
            "run": run,
            "model": model_by_id(run.model),
            "label": status_words(run).label,
            "thumb": thumb_url(run),
            "age_s": now - run.created_at,
        }
        for run in page.runs
    ]
    return render("history_cards.html", cards=cards, cursor=page.next_cursor, is_more=is_more)
