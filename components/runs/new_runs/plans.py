"""A plan of runs: each has its id, place and turn from the plan's id and its index in it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID, uuid5

from components.catalog.request import ModelRequest
from components.runs.new_runs.resend import SENT_AGAIN
from components.runs.queries.history import RunSummary
from components.runs.run import Run, Status

STEP_S = 1e-6
"""Between the runs of a plan, made at one moment: lists and the queue go by the time alone."""
_PLANS = UUID("0f6a3ff8-54b5-4ae7-9d5a-6d8ac0f9d1b3")
_REPEATS = UUID("2b1f8c9e-6d0a-4f57-8a53-9b7d1e0c4a66")
Listed = TypeVar("Listed", Run, RunSummary)


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


def standing(runs: Iterable[Listed]) -> list[Listed]:
    """One run for each place of a plan, in its order: the latest with a result, else the latest."""
    listed = list(runs)
    # Told by the lineage, not by the time: the clock may have been set back between the two.
    repeated = {it.run_id for run in listed for it in run.parents if it.use == SENT_AGAIN}
    places: dict[tuple[str, ...], Listed] = {}
    for run in listed:
        labels = run.group_labels or {}
        place = tuple(labels.get(name, "") for name in ("group", "row", "column"))
        best = places.get(place)
        if best is None or _rank(run, repeated) >= _rank(best, repeated):
            places[place] = run
    return list(places.values())


def _rank(run: Run | RunSummary, repeated: Collection[str]) -> tuple[bool, bool]:
    return bool(run.outputs), run.id not in repeated


def failed_in(runs: Iterable[Run]) -> list[Run]:
    """Those that stand for their place of a plan and are to be sent again.

    One that may still be found is not among them: sent again, it might be paid for twice.
    """
    return [
        run
        for run in standing(runs)
        if run.status is Status.FAILED and run.request and not run.unresolved
    ]


def id_of_repeat(run_id: str, number: int) -> str:
    """The id under which a run of a plan is sent again, the `number`-th time that it is tried."""
    return str(uuid5(_REPEATS, f"{run_id}/{number}"))
