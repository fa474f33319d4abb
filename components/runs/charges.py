"""Runs that ended before their charge was known, and filling it in; the run stays as it ended."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.runs.quote import money
from components.runs.run import Event, Status
from components.runs.tables import RUNS

LINK_LIFE_S = 30 * 86_400.0
"""How long results are kept upstream, so how old a generation sent from elsewhere may be."""


@dataclass(frozen=True)
class Uncharged:
    """A run that ended with its charge unknown; times are seconds since the epoch."""

    run_id: str
    inference_id: str
    sent_at: float
    finished_at: float


def uncharged(connection: Connection, finished_after: float) -> list[Uncharged]:
    """The runs that the ledger may know a charge of, in the order they ended."""
    known_as = sa.func.coalesce(RUNS.c.inference_id, RUNS.c.generation_id)
    sent_at = sa.func.coalesce(RUNS.c.submitted_at, RUNS.c.created_at - LINK_LIFE_S)
    rows = connection.execute(
        sa.select(RUNS.c.id, known_as, sent_at, RUNS.c.finished_at)
        .where(RUNS.c.finished_at > finished_after, RUNS.c.charged_usd.is_(None))
        .where(RUNS.c.status.in_([Status.DONE, Status.FAILED]), known_as.is_not(None))
        .order_by(RUNS.c.finished_at, RUNS.c.id)
    )
    return [Uncharged(*row) for row in rows]


def note_charge(connection: Connection, run_id: str, usd: float, now: float) -> None:
    """Fill in a charge that is not known yet, with a line on the run's receipt."""
    unknown = (RUNS.c.id == run_id) & RUNS.c.charged_usd.is_(None)
    events = connection.execute(
        sa.select(RUNS.c.events).where(unknown).with_for_update()
    ).scalar_one_or_none()
    if events is not None:
        line = vars(Event(now, f"Charged {money(usd)}, says the provider's ledger."))
        connection.execute(
            RUNS.update().where(unknown).values(charged_usd=usd, events=[*events, line])
        )
