"""What a user changes in a run, beside the steps that go on in it.

Everything here happens inside the transaction of the connection that is given, and only columns
that differ are written: another step may be at work in the rest.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy.engine import Connection

from components.database.schema import KEPT, RUNS
from components.errors import RunNotFound
from components.runs.queries.prompt_search import change_text
from components.runs.run import Event, Run, Status
from components.runs.store.run_rows import as_run, write_changes


def find_run(connection: Connection, run_id: str, *, to_change: bool = False) -> Run:
    """The run as it is, `to_change` in this transaction. Raises `RunNotFound`."""
    wanted = RUNS.select().where(RUNS.c.id == run_id, KEPT)
    if to_change:
        wanted = wanted.with_for_update()
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise RunNotFound("There is no run with this id here.", advice="Look in History.")
    return as_run(row)


def change(connection: Connection, run_id: str, changed: Callable[[Run], Run]) -> Run:
    """Replace a run by what `changed` makes of it. Raises `RunNotFound`."""
    kept = find_run(connection, run_id, to_change=True)
    run = changed(kept)
    write_changes(connection, [(kept, run)])
    if run.title != kept.title:
        change_text(connection, run.id, run.prompt, run.title)
    return run


def cancelled(run: Run, now: float) -> Run:
    """The run, withdrawn where it is queued, else marked: its result is still collected."""
    if run.status.is_final or run.cancel_requested:
        return run
    if run.status is Status.QUEUED:
        return run.moved(Status.CANCELLED, now, "Cancelled before it was sent.")
    event = Event(now, "Cancelled here; the provider cannot stop it.")
    return replace(run, cancel_requested=True, events=(*run.events, event))


def annotated(run: Run, title: str | None, remark: str | None, favourite: bool | None) -> Run:
    """The run with what is the user's own in it; None leaves it as it is."""
    given: dict[str, Any] = {"title": title, "remark": remark, "favourite": favourite}
    return replace(run, **{name: value for name, value in given.items() if value is not None})
