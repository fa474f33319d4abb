"""Runs that are done: how long the provider took, and how long the videos are that they made."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from components.database.schema import RUNS
from components.runs.run import Output, Status


class PastRun(NamedTuple):
    """Both are seconds; `length_s` is whole, and None where no video was made."""

    length_s: int | None
    rendered_s: float


def past_run(request: Mapping[str, Any], outputs: Sequence[Output], rendered_s: float) -> PastRun:
    """What a run tells: of its length what was asked for, else what was made, as of an edit."""
    length_s = request.get("duration") or (outputs[0].duration_s if outputs else None)
    return PastRun(None if length_s is None else round(float(length_s)), rendered_s)


def past_runs(connection: sa.Connection, model: str, limit: int) -> list[PastRun]:
    """The newest runs of a model that are done and whose duration is known, newest first."""
    wanted = sa.select(RUNS.c.request, RUNS.c.outputs, RUNS.c.rendered_s).where(
        RUNS.c.model == model, RUNS.c.status == Status.DONE, RUNS.c.rendered_s.is_not(None)
    )
    newest = connection.execute(wanted.order_by(RUNS.c.finished_at.desc()).limit(limit))
    return [past_run(asked, [Output(**it) for it in made], took) for asked, made, took in newest]
