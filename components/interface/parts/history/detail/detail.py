"""One run in full, over History: what was asked, what came, what happened, and what to do next."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from markupsafe import Markup
from pydantic import AfterValidator, BaseModel, Field
from starlette.responses import HTMLResponse

from components.catalog.request import ModelRequest
from components.interface.parts.feed.card.run_card import card_html
from components.interface.parts.feed.card.run_media import poster_url
from components.interface.parts.feed.plan_grid import GROUP_PREFIX
from components.interface.parts.history.detail.family import family_svg
from components.interface.parts.history.review_badges import review_badges
from components.interface.requests.reference_items import sources_of
from components.interface.services import Services
from components.interface.web.routing import FRESH, new_router
from components.interface.widgets.templating import render
from components.media.store.media_store import REF_PREFIX
from components.runs.queries.history import Query, Reviewed
from components.runs.run import Run

TITLE_MAX_CHARS = 120
REMARK_MAX_CHARS = 4000


def _kept_text(text: str) -> str:
    """The text as it is kept: no database holds a NUL or half a character."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()


KeptText = Annotated[str, AfterValidator(_kept_text)]


class Own(BaseModel):
    """What is the user's own in a run; what is left out stays as it is."""

    title: KeptText | None = Field(default=None, max_length=TITLE_MAX_CHARS)
    remark: KeptText | None = Field(default=None, max_length=REMARK_MAX_CHARS)
    favourite: bool | None = None


def detail_router(services: Services) -> APIRouter:
    """`/runs/ID/detail` shows a run in full, `PATCH /runs/ID` changes what is the user's own."""
    router = new_router()

    def detail(run_id: str) -> HTMLResponse:
        return HTMLResponse(detail_html(services.runs.get(run_id), services), headers=FRESH)

    def annotate(run_id: str, own: Own) -> Own:
        run = services.runs.annotate(run_id, **own.model_dump())
        return Own(title=run.title, remark=run.remark, favourite=run.favourite)

    router.add_api_route("/runs/{run_id}/detail", detail, methods=["GET"])
    router.add_api_route("/runs/{run_id}", annotate, methods=["PATCH"])
    return router


def detail_html(run: Run, services: Services) -> Markup:
    """The content of the dialog: the card, and what the card has no room for."""
    return render(
        "detail.html",
        run=run,
        model=services.catalog.by_id(run.model),
        card=card_html(run, services),
        inputs=_inputs(run, services.catalog.by_id(run.model)),
        ids=_ids(run),
        events=[(_iso(event.at), event.what) for event in run.events],
        holders=services.showcases.held.holders([run.id]),
        badges=review_badges(_reviewed(run.id, services)),
        family=family_svg(run.id, services.runs.family(run.id), services.catalog),
        plan=GROUP_PREFIX + run.group_id if run.group_id else "",
        title_max=TITLE_MAX_CHARS,
        remark_max=REMARK_MAX_CHARS,
    )


def _reviewed(run_id: str, services: Services) -> Reviewed:
    page = services.runs.find_cards(Query(ids=[run_id]))
    return page.runs[0].reviewed if page.runs else Reviewed()


def _inputs(run: Run, model: type[ModelRequest]) -> list[dict[str, Any]]:
    """What went in besides the prompt, by the name the prompt has for it; views are one by one."""
    return [
        {
            "token": reference.token,
            "label": model.parameters()[reference.field].label,
            "kind": "video" if reference.noun == "Video" else "image",
            "source": source,
            "poster": poster_url(source, reference.noun.lower()),
            "is_ours": source.startswith(REF_PREFIX),
        }
        for reference in model.references(run.request)
        for source in sources_of(reference.source)
    ]


def _ids(run: Run) -> list[tuple[str, str]]:
    """The names a run goes by, here and at the provider; those it has not got are left out."""
    is_one = run.generation_id == run.inference_id
    ids = [
        ("Run", run.id),
        ("Generation, inference" if is_one else "Generation", run.generation_id),
        ("Inference", None if is_one else run.inference_id),
        ("Provider's request", run.provider_request_id),
    ]
    return [(label, value) for label, value in ids if value]


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
