"""Runs that are done: how long the provider took, and how long the videos are that they made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.schema import RUNS
from components.runs.run import Output, Run, Status


@dataclass(frozen=True)
class PastRun:
    """Both are seconds; `length_s` is whole, and None where no video was made."""

    length_s: int | None
    rendered_s: float


def past_run(run: Run) -> PastRun | None:
    """What a run that is done tells; None where it is not known how long it took."""
    if run.rendered_s is None:
        return None
    return PastRun(_length_s(run.request, run.outputs), run.rendered_s)


def past_runs(connection: Connection, model: str, limit: int) -> list[PastRun]:
    """The newest runs of a model that are done and whose duration is known, newest first."""
    wanted = (
        sa.select(RUNS.c.request, RUNS.c.outputs, RUNS.c.rendered_s)
        .where(RUNS.c.model == model, RUNS.c.status == Status.DONE)
        .where(RUNS.c.rendered_s.is_not(None))
        .order_by(RUNS.c.finished_at.desc())
        .limit(limit)
    )
    return [
        PastRun(_length_s(asked, [Output(**output) for output in outputs]), seconds)
        for asked, outputs, seconds in connection.execute(wanted)
    ]


def _length_s(request: Mapping[str, Any], outputs: Sequence[Output]) -> int | None:
    """The length that was asked for, else the one that was made: an edit is as long as its clip."""
    length_s = request.get("duration") or (outputs[0].duration_s if outputs else None)
    return None if length_s is None else round(float(length_s))
