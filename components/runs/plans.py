"""A plan of runs: each has its id, place and turn from the plan's id and its index in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from components.catalog.request import ModelRequest
from components.runs.run import Run

STEP_S = 1e-6
"""Between the runs of a plan, made at one moment: lists and the queue go by the time alone."""
_PLANS = UUID("0f6a3ff8-54b5-4ae7-9d5a-6d8ac0f9d1b3")


@dataclass(frozen=True)
class PlannedRequest:
    """A request of a plan, and its place there by "row", "column" and "group", in words."""

    request: ModelRequest
    labels: dict[str, str]


def id_in_plan(plan_id: str, index: int) -> str:
    """The id of the run at a place of a plan, counted from 0."""
    return str(uuid5(_PLANS, f"{plan_id}/{index}"))


def placed(runs: Sequence[Run], plan_id: str, planned: Sequence[PlannedRequest]) -> list[Run]:
    """New runs, made at one moment, at their places in the plan."""
    return [
        replace(
            run,
            id=id_in_plan(plan_id, index),
            created_at=run.created_at + index * STEP_S,
            group_id=plan_id,
            group_labels=it.labels,
            group_index=index,
        )
        for index, (run, it) in enumerate(zip(runs, planned, strict=True))
    ]
