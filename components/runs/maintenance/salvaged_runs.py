"""Runs from what was read of a damaged database, such that none of them is sent again by itself."""

import json
import logging
from contextlib import suppress
from dataclasses import MISSING, fields, replace
from types import SimpleNamespace
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Row

from components.database.schema import RUNS
from components.runs.run import Event, Run, Status
from components.runs.store.run_rows import as_run
from components.runs.store.storable_run import storable_run

LOGGER = logging.getLogger(__name__)
_TUPLES = ("outputs", "events", "parents")
_STATE_LOST = (
    "This run comes from a damaged database that no longer tells how it ended. It may have been "
    "charged. Look again: nothing is sent by that."
)
_LOOKED_FOR = (
    "The database was damaged and may have forgotten that this was sent: it is looked for at the "
    "provider, and not sent again by itself."
)


def salvaged_run(raw: dict[str, Any], now: float) -> Run | None:
    """A run from the columns that could be read, as SQLite gives them; None without a model.

    One whose state is not known may be looked for again. A queued one is looked for: the damage
    may hide that it was sent.
    """
    values = {name: _value(name, value) for name, value in raw.items() if name in RUNS.columns}
    values = {name: value for name, value in values.items() if value is not MISSING}
    if not values.get("id") or not values.get("model"):
        return None
    if values.get("status") not in set(Status):
        values |= {
            "status": Status.FAILED,
            "unresolved": True,
            "error": _STATE_LOST,
            "finished_at": now,
        }
    created_at = _until(now, values.get("created_at"))
    values |= {"created_at": created_at, "request": values.get("request") or {}}
    values["next_step_at"] = _until(now, values.get("next_step_at"))
    defaults = {
        field.name: list(field.default) if field.name in _TUPLES else field.default
        for field in fields(Run)
        if field.default is not MISSING
    }
    try:
        run = storable_run(as_run(cast("Row[Any]", SimpleNamespace(**{**defaults, **values}))))
    except Exception:
        LOGGER.exception("the run %s makes no sense", values["id"])
        return None
    return _looked_for(run, now) if run.status is Status.QUEUED else run


def _looked_for(run: Run, now: float) -> Run:
    return replace(
        run,
        status=Status.UNCERTAIN,
        submitted_at=run.submitted_at or run.created_at,
        next_step_at=now,
        note=_LOOKED_FOR,
        events=(*run.events, Event(now, _LOOKED_FOR)),
    )


def _until(now: float, moment: Any) -> float:
    """A moment in the past; now for one that makes no sense."""
    return moment if isinstance(moment, float) and 0.0 < moment < now else now


def _value(name: str, value: Any) -> Any:
    """A column's value as Python has it; `MISSING` for one that makes no sense."""
    kind = RUNS.columns[name].type
    if value is None:
        return None if RUNS.columns[name].nullable else MISSING
    with suppress(TypeError, ValueError):
        if isinstance(kind, sa.JSON):
            return json.loads(value)
        if isinstance(kind, sa.Boolean):
            return bool(value)
        if isinstance(kind, sa.Float):
            return float(value)
        return int(value) if isinstance(kind, sa.Integer) else str(value)
    return MISSING
