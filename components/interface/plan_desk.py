"""Varying a form: its plan of runs with their price, and the grid of what came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from components.catalog import model_by_id
from components.catalog.fields import Choice, Switch
from components.catalog.plan import MOST_RUNS, Plan, expand
from components.catalog.request import ModelRequest
from components.interface.describe import reason_of, status_words, thumb_url
from components.interface.export.plan_sheet import shared_prompt
from components.interface.form import fields_of
from components.interface.form_desk import Filled, FormDesk
from components.interface.templating import render
from components.runs.money.quote import total
from components.runs.new_runs.plans import PlannedRequest, failed_in, standing
from components.runs.queries.history import RunSummary
from components.runs.run import Status
from components.runs.service import RunService

GROUP_PREFIX = "plan:"
"""Before a plan's id where a run's id could stand."""


@dataclass(frozen=True)
class Variation:
    """Several values for a field, by its name, and how often each run is made."""

    lists: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    repeats: int = 1


@dataclass(frozen=True)
class PlanDesk:
    """Plans of one model's form."""

    desk: FormDesk

    def choices_html(self, filled: Filled) -> Markup:
        """What may vary: every field with a few values to choose from."""
        given = self.desk.given(filled)
        fields = [
            {
                "name": it.name,
                "label": it.parameter.label,
                "options": it.options or (False, True),
                "unit": getattr(it.parameter, "unit", ""),
                "chosen": given.get(it.name, it.default),
            }
            for it in fields_of(self.desk.model)
            if isinstance(it.parameter, Choice | Switch)
        ]
        return render("vary.html", fields=fields, most=MOST_RUNS, title=self.desk.model.title)

    def plan_html(self, filled: Filled, wanted: Variation) -> Markup:
        """The runs that would be made, each with its price. Raises `InvalidRequest`."""
        model = self.desk.model
        plan = self._plan(model, self.desk.given(filled), wanted)
        runs = self.desk.services.runs
        quotes = [runs.quote(model, it.values) for it in plan.runs]
        rows = [
            {"labels": it.labels, "prompt": it.values.get("prompt", ""), "usd": quote.usd}
            for it, quote in zip(plan.runs, quotes, strict=True)
        ]
        return render("plan.html", plan=plan, rows=rows, total=total(quotes))

    def start(self, filled: Filled, wanted: Variation, plan_id: str) -> Markup:
        """Keep every run of the plan, or none; asked twice, it is one plan.

        Raises `PlaygroundError`; then nothing was sent.
        """
        runs = self.desk.services.runs
        asked = self.desk.asked_hash(filled, wanted.lists, wanted.repeats)
        made = runs.plan_runs(plan_id)
        if made and made[0].asked_hash == asked:
            return group_html(plan_id, runs)
        request, parents = self.desk.admitted(filled)
        plan = self._plan(self.desk.model, request.plain(), wanted)
        planned = [PlannedRequest(self.desk.model.parse(it.values), it.labels) for it in plan.runs]
        runs.submit_plan(plan_id, planned, parents, asked)
        return group_html(plan_id, runs)

    @staticmethod
    def _plan(model: type[ModelRequest], values: Mapping[str, Any], wanted: Variation) -> Plan:
        return expand(model, values, wanted.lists, repeats=wanted.repeats)


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
        model=model_by_id(cards[0].model),
        prompt=shared_prompt(card.prompt for card in cards),
        grids=_grids(cards),
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
    quote = total([runs.quote(model_by_id(run.model), run.request) for run in failed])
    return {"count": len(failed), "usd": quote.usd, "basis": quote.basis}


def _state(count: int, done: int, ended: int) -> Status:
    """The plan in the colours of a run's status."""
    if ended < count:
        return Status.GENERATING
    return Status.DONE if done else Status.FAILED


def _grids(cards: Sequence[RunSummary]) -> list[dict[str, Any]]:
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
            "label": status_words(card).label,
            "reason": reason_of(card),
            "thumb": thumb_url(card),
            "pictures": len(card.outputs),
        }
    return list(grids.values())
