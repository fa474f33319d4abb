"""Compare: runs side by side, chosen here or elsewhere, and a link that opens the same again."""

from typing import Any

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import HTMLResponse

from components.catalog import Catalog
from components.interface.parts.compare.comparison import LETTERS, Comparer, Comparison, Pane, Side
from components.interface.parts.compare.differences import differences_html
from components.interface.parts.feed.card.run_words import thumb_url
from components.interface.services import Services
from components.interface.web.routing import new_router
from components.interface.widgets.comparison.stage_view import Stage, StagePane
from components.interface.widgets.section import Section
from components.interface.widgets.templating import render
from components.interface.widgets.wording import ago, usd
from components.runs.queries.history import Query
from components.runs.run import Status

STRIP_RUNS = 24
FRESH = {"Cache-Control": "no-store"}


class Compare(Section):
    """The strip of runs and the place of the comparison; the script fills both."""

    def __init__(self) -> None:
        """Tell the script how many runs can stand side by side."""
        super().__init__(render("compare.html"), letters=LETTERS)


def compare_router(services: Services) -> APIRouter:
    """`GET /comparisons`: runs side by side; `GET /comparisons/strip`: runs to choose from."""
    router = new_router()
    comparer = Comparer(services.runs.get, services.media, services.catalog)

    def compare(ids: str = "") -> HTMLResponse:
        comparison = comparer.compare([spec for spec in ids.split(",") if spec])
        return HTMLResponse(comparison_html(comparison, services), headers=FRESH)

    def strip(text: str = "") -> HTMLResponse:
        page = services.runs.find_cards(Query(text=text, status=Status.DONE, limit=STRIP_RUNS))
        cards = [
            {"run": run, "model": services.catalog.by_id(run.model), "thumb": thumb_url(run)}
            for run in page.runs
        ]
        return HTMLResponse(render("compare_strip.html", cards=cards, text=text), headers=FRESH)

    router.add_api_route("/comparisons", compare, methods=["GET"])
    router.add_api_route("/comparisons/strip", strip, methods=["GET"])
    return router


def comparison_html(comparison: Comparison, services: Services) -> Markup:
    """The sides, the stage with its tools, the player of clips, and the table of differences."""
    runs = comparison.runs
    stage = Stage([_shown(*it) for it in comparison.panes.items()])
    return render(
        "comparison.html",
        sides=[_described(side, services.catalog, services.clock()) for side in comparison.sides],
        sentences=comparison.sentences,
        differences=differences_html(runs, services.catalog) if len(runs) > 1 else "",
        stage=stage,
        is_awaited=any(side.run and not side.run.status.is_final for side in comparison.sides),
        signature=" ".join(
            f"{side.spec}:{side.run.status if side.run else ''}" for side in comparison.sides
        ),
    )


def _shown(letter: str, pane: Pane) -> StagePane:
    """A side as the stage shows it."""
    medium, facts = pane.medium, pane.facts
    return StagePane(
        letter=letter,
        label=medium.label,
        kind=medium.kind,
        url=medium.url,
        width_px=facts.width_px,
        height_px=facts.height_px,
        frames_per_s=facts.frames_per_s,
        has_sound=facts.has_sound,
        poster=medium.poster,
    )


def _described(side: Side, catalog: Catalog, now: float) -> dict[str, Any]:
    """A side for the list above the stage."""
    if side.run is None:
        return {"side": side, "form": "", "facts": []}
    model = catalog.by_id(side.run.model)
    facts = [model.title, ago(now - side.run.created_at)]
    if side.run.charged_usd is not None:
        facts.append(usd(side.run.charged_usd))
    if side.pane and side.pane.medium.is_source:
        facts = [f"What it was made from: {model.title}"]
    if side.pane:
        facts.append(f"{side.pane.facts.width_px}×{side.pane.facts.height_px}")
    return {"side": side, "form": model.api_name, "facts": facts}
