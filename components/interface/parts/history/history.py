"""History: every run that was made, newest first, as a grid that can be searched and filtered."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi import Query as FromAddress
from markupsafe import Markup
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse

from components.catalog import Catalog
from components.interface.export.export_routes import MOST_RUNS
from components.interface.parts.feed.card.run_words import (
    clip_url,
    message_of,
    status_label,
    status_words,
    thumb_url,
)
from components.interface.parts.history.review_badges import review_badges
from components.interface.services import Services
from components.interface.web.routing import FRESH, new_router
from components.interface.widgets.section import Section
from components.interface.widgets.templating import render
from components.runs.queries.history import PAGE_MAX_RUNS, Page, Query, RunSummary
from components.runs.run import Status
from components.runs.service import MOST_FOUND

PAGE_RUNS = 24


class HistoryQuery(BaseModel):
    """The filters as the page sends them; times are seconds since the epoch, `created_to` open.

    `ids` names the runs that changed, joined by commas: those of them are shown that still fit.
    """

    text: str = ""
    model: str = ""
    status: str = ""
    favourite: bool = False
    review: Literal["", "approved", "commented"] = ""
    created_from: float | None = None
    created_to: float | None = None
    cursor: str = ""
    limit: int = Field(default=PAGE_RUNS, ge=1, le=PAGE_MAX_RUNS)
    ids: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything is asked for but the newest runs."""
        return bool(self.model_dump(exclude={"cursor", "limit", "ids"}, exclude_defaults=True))

    @property
    def query(self) -> Query:
        """What is looked for: of runs that are named, those that fit, up to a page of them."""
        named = tuple(self.ids.split(","))[:PAGE_MAX_RUNS] if self.ids else ()
        limit = PAGE_MAX_RUNS if named else self.limit
        return Query(**{**self.model_dump(), "ids": named, "limit": limit})


class History(Section):
    """The filters and the place of the grid; the script lists when the tab is opened."""

    def __init__(self, catalog: Catalog) -> None:
        """Offer every model and every status."""
        statuses = [(str(status), status_label(status)) for status in Status]
        html = render(
            "history.html",
            models=list(catalog),
            videos=catalog.making("video"),
            statuses=statuses,
            most_downloads=MOST_RUNS,
        )
        super().__init__(html)


def history_router(services: Services) -> APIRouter:
    """`/history`: the runs that a search and filters leave, all or of those that are named."""
    router = new_router()

    def history(asked: Annotated[HistoryQuery, FromAddress()]) -> HTMLResponse:
        page = services.runs.find_cards(asked.query)
        # Further pages are not counted anew; who sees all at once has counted them.
        is_counted = page.next_cursor and not asked.cursor
        total = services.runs.count(asked.query) if is_counted else len(page.runs)
        return HTMLResponse(history_html(page, services, asked, total), headers=FRESH)

    router.add_api_route("/history", history, methods=["GET"])
    return router


def history_html(
    page: Page[RunSummary], services: Services, asked: HistoryQuery, total: int = 0
) -> Markup:
    """Cards of runs, where the next page starts, or one sentence on why there is nothing."""
    now = services.clock()
    return render(
        "history_cards.html",
        cards=[_card(run, services.catalog, now) for run in page.runs],
        cursor=page.next_cursor,
        is_first=not (asked.cursor or asked.ids),
        total=total,
        most_found=MOST_FOUND if asked.text else None,
        is_filtered=asked.is_filtered,
    )


def _card(run: RunSummary, catalog: Catalog, now: float) -> dict[str, Any]:
    words = status_words(run, catalog)
    return {
        "run": run,
        "model": catalog.by_id(run.model),
        "text": run.title or run.prompt or "Made elsewhere",
        "label": words.label,
        "message": message_of(run, catalog),
        "thumb": thumb_url(run),
        "clip": clip_url(run),
        "badges": review_badges(run.reviewed),
        "age_s": now - run.created_at,
    }
