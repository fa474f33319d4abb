"""The limit on a day's spending: a run that would go beyond it is not kept."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.errors import PriceUnknown, SpendLimitReached
from components.provider.answers.answer_models import CREDITS_PER_USD
from components.runs.money.quote import Quote
from components.runs.queries.spending import spent_today
from components.runs.wording import money

_TURNSTILE = 7_011_602_026_082_109
"""Any number that no other part of the playground takes as the key of an advisory lock."""


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
