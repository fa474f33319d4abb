"""The grid of what came of a plan, with labels, and what sending its failures again costs."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from components.catalog import Catalog
from components.interface.export.plan_sheet import shared_prompt
from components.interface.parts.feed.card.run_words import reason_of, status_words, thumb_url
from components.interface.widgets.templating import render
from components.runs.money.quote import total
from components.runs.new_runs.plans import failed_in, standing
from components.runs.queries.history import RunSummary
from components.runs.run import Status
from components.runs.service import RunService

GROUP_PREFIX = "plan:"
"""Before a plan's id where a run's id could stand."""


def group_html(plan_id: str, runs: RunService) -> Markup:
    """The results of a plan as a grid with labels; "" where there is no such plan."""
    every = runs.plan_cards(plan_id)
    if not every:
        return Markup()
    cards = standing(every)
    done = sum(card.status is Status.DONE for card in cards)
    ended = sum(card.status.is_final for card in cards)
    charged = [card.charged_usd for card in every if card.charged_usd is not None]
    return render(
        "group.html",
        id=f"{GROUP_PREFIX}{plan_id}",
        plan_id=plan_id,
        model=runs.catalog.by_id(cards[0].model),
        prompt=shared_prompt(card.prompt for card in cards),
        grids=_grids(cards, runs.catalog),
        count=len(cards),
        done=done,
        ended=ended,
        charged_usd=sum(charged) if charged else None,
        state=_state(len(cards), done, ended),
        again=_again(plan_id, cards, runs),
    )


def _again(plan_id: str, cards: Sequence[RunSummary], runs: RunService) -> dict[str, Any] | None:
    """How many runs can be sent again together, and what that costs."""
    if not any(card.status is Status.FAILED for card in cards):
        return None
    failed = failed_in(runs.plan_runs(plan_id))
    if not failed:
        return None
    quote = total([runs.quote(runs.catalog.by_id(run.model), run.request) for run in failed])
    return {"count": len(failed), "usd": quote.usd, "basis": quote.basis}


def _state(count: int, done: int, ended: int) -> Status:
    """The plan in the colours of a run's status."""
    if ended < count:
        return Status.GENERATING
    return Status.DONE if done else Status.FAILED


def _grids(cards: Sequence[RunSummary], catalog: Catalog) -> list[dict[str, Any]]:
    """One grid for each group of the plan, rows and columns in the order they were planned."""
    grids: dict[str, dict[str, Any]] = {}
    for card in cards:
        labels = card.group_labels or {}
        group = grids.setdefault(
            labels.get("group", ""), {"label": labels.get("group", ""), "columns": {}, "rows": {}}
        )
        row, column = labels.get("row", ""), labels.get("column", "")
        group["columns"].setdefault(column, None)
        group["rows"].setdefault(row, {})[column] = {
            "run": card,
            "label": status_words(card, catalog).label,
            "reason": reason_of(card, catalog),
            "thumb": thumb_url(card),
            "pictures": len(card.outputs),
        }
    return list(grids.values())
