"""Varying a form: its plan of runs with their price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from components.catalog.fields import Choice, Switch
from components.catalog.plan import MOST_RUNS, Plan, expand
from components.catalog.request import ModelRequest
from components.interface.parts.feed.plan_grid import group_html
from components.interface.parts.workbench.form.form import fields_of
from components.interface.parts.workbench.form.form_service import FormService
from components.interface.requests.form_messages import FormState
from components.interface.widgets.templating import render
from components.runs.money.quote import total
from components.runs.new_runs.plans import PlannedRequest


@dataclass(frozen=True)
class Variation:
    """Several values for a field, by its name, and how often each run is made."""

    lists: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    repeats: int = 1


@dataclass(frozen=True)
class PlanService:
    """Plans of one model's form."""

    form_service: FormService

    def choices_html(self, filled: FormState) -> Markup:
        """What may vary: every field with a few values to choose from."""
        given = self.form_service.given(filled)
        fields = [
            {
                "name": it.name,
                "label": it.parameter.label,
                "options": it.options or (False, True),
                "unit": getattr(it.parameter, "unit", ""),
                "chosen": given.get(it.name, it.default),
            }
            for it in fields_of(self.form_service.model)
            if isinstance(it.parameter, Choice | Switch)
        ]
        return render(
            "vary.html", fields=fields, most=MOST_RUNS, title=self.form_service.model.title
        )

    def plan_html(self, filled: FormState, wanted: Variation) -> Markup:
        """The runs that would be made, each with its price. Raises `InvalidRequest`."""
        model = self.form_service.model
        plan = self._plan(model, self.form_service.given(filled), wanted)
        runs = self.form_service.services.runs
        quotes = [runs.quote(model, it.values) for it in plan.runs]
        rows = [
            {"labels": it.labels, "prompt": it.values.get("prompt", ""), "usd": quote.usd}
            for it, quote in zip(plan.runs, quotes, strict=True)
        ]
        return render("plan.html", plan=plan, rows=rows, total=total(quotes))

    def start(self, filled: FormState, wanted: Variation, plan_id: str) -> Markup:
        """Keep every run of the plan, or none; asked twice, it is one plan.

        Raises `PlaygroundError`; then nothing was sent.
        """
        runs = self.form_service.services.runs
        asked = self.form_service.asked_hash(filled, wanted.lists, wanted.repeats)
        made = runs.plan_runs(plan_id)
        if made and made[0].asked_hash == asked:
            return group_html(plan_id, runs)
        request, parents = self.form_service.admitted(filled)
        plan = self._plan(self.form_service.model, request.plain(), wanted)
        planned = [
            PlannedRequest(self.form_service.model.parse(it.values), it.labels) for it in plan.runs
        ]
        runs.submit_plan(plan_id, planned, parents, asked)
        return group_html(plan_id, runs)

    @staticmethod
    def _plan(model: type[ModelRequest], values: Mapping[str, Any], wanted: Variation) -> Plan:
        return expand(model, values, wanted.lists, repeats=wanted.repeats)
