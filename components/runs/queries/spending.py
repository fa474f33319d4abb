"""What a day's runs cost, or may cost: what counts against the limit on spending.

A day is one of UTC, as in the provider's own ledger. A run belongs to the day it ended; one that
has not ended belongs to today. What it was charged counts, or its quote as long as the charge is
not known. A run that was withdrawn before it was sent costs nothing.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.runs.queries.run_figures import figures
from components.runs.run import Status


@dataclass(frozen=True)
class Spent:
    """`charged_usd` is known; `reserved_usd` is quoted for runs whose charge is not known yet."""

    charged_usd: float
    reserved_usd: float

    @property
    def total_usd(self) -> float:
        """The most that these runs cost."""
        return self.charged_usd + self.reserved_usd


def day_of(moment: float) -> date:
    """The day (UTC) that a moment belongs to; `moment` is in seconds since the epoch."""
    return datetime.fromtimestamp(moment, UTC).date()


def day_start(day: date) -> float:
    """When a day begins, in seconds since the epoch."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def spent_today(connection: Connection, now: float) -> Spent:
    """What counts against the limit of the day that `now` belongs to."""
    start = day_start(day_of(now))
    counted = figures(lambda table: table.c.finished_at.is_(None) | (table.c.finished_at >= start))
    may_cost = counted.c.charged_usd.is_(None) & (counted.c.status != Status.CANCELLED)
    reserved = sa.case((may_cost, counted.c.quoted_usd))
    charged_usd, reserved_usd = connection.execute(
        sa.select(sa.func.sum(counted.c.charged_usd), sa.func.sum(reserved))
    ).one()
    return Spent(float(charged_usd or 0), float(reserved_usd or 0))
