"""The limit on a day's spending, and what counts against it.

A day is one of UTC, as in the provider's own ledger. A run belongs to the day it ended; one that
has not ended belongs to today. What it was charged counts, or its quote as long as the charge is
not known. A run that was withdrawn before it was sent costs nothing.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.errors import PriceUnknown, SpendLimitReached
from components.provider.wire import CREDITS_PER_USD
from components.runs.accounts import figures
from components.runs.quote import Quote, money
from components.runs.run import Status

_TURNSTILE = 7_011_602_026_082_109
"""Any number that no other part of the playground takes as the key of an advisory lock."""


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


@dataclass(frozen=True)
class SpendLimit:
    """`usd` is the most that the runs of one day may cost; None: no limit."""

    usd: float | None = None

    def admit(self, connection: Connection, quote: Quote, now: float) -> None:
        """Let a run with this quote be kept in the same transaction, or refuse it.

        Raises:
            SpendLimitReached: it would cost more than is left.
            PriceUnknown: its price is not known, so it could.
        """
        if self.usd is None:
            return
        if quote.usd is None:
            raise PriceUnknown(
                f"Not started: there is a limit of {money(self.usd)} a day on spending, and what "
                f"this run would cost is not known. {quote.basis}"
            )
        _one_at_a_time(connection)
        spent = spent_today(connection, now)
        left_usd = max(0.0, self.usd - spent.total_usd)
        if _credits(quote.usd) > _credits(left_usd):
            raise SpendLimitReached(
                f"Not started: this run would cost {money(quote.usd)}, and {money(left_usd)} is "
                f"left of the limit of {money(self.usd)} a day ({money(spent.charged_usd)} "
                f"charged, {money(spent.reserved_usd)} set aside for other runs)."
            )


def _one_at_a_time(connection: Connection) -> None:
    """Two runs that fit alone may not fit together. SQLite has the whole database locked by now."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURNSTILE)))


def _credits(usd: float) -> int:
    """Whole credits, so that the last cent of a limit can be spent."""
    return round(usd * CREDITS_PER_USD)
