"""Figures of use, grouped by the database: what was spent and run, how it ended, how long it took.

Days are those of UTC, and a run belongs to the day it ended; one under way belongs to none.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from components.runs.queries.run_figures import figures
from components.runs.queries.spending import day_of, day_start
from components.runs.run import Status

DAY_S = 86_400


@dataclass(frozen=True)
class Tally:
    """How some runs ended, and what they cost.

    `uncharged` counts finished runs whose charge nobody knows; `charged_usd` lacks them.
    """

    done: int = 0
    failed: int = 0
    cancelled: int = 0
    uncharged: int = 0
    charged_usd: float = 0.0

    @property
    def runs(self) -> int:
        """All of them, withdrawn ones too."""
        return self.done + self.failed + self.cancelled

    @property
    def success_share(self) -> float | None:
        """Part of the runs that were sent and brought a result, 0 to 1; None without any."""
        sent = self.done + self.failed
        return self.done / sent if sent else None

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.done + other.done,
            self.failed + other.failed,
            self.cancelled + other.cancelled,
            self.uncharged + other.uncharged,
            self.charged_usd + other.charged_usd,
        )


@dataclass(frozen=True)
class DayUsage:
    """One day of one model."""

    day: date
    model: str
    tally: Tally


@dataclass(frozen=True)
class ModelUsage:
    """One model over all days: its tally, and the seconds from sending to result of its runs.

    `p50_s` and `p90_s` are reached by half and nine tenths of the finished runs; None without any.
    """

    model: str
    tally: Tally
    p50_s: float | None
    p90_s: float | None


@dataclass(frozen=True)
class UsageReport:
    """The days from `first` to `last`, both included. Days without a run are left out."""

    first: date
    last: date
    days: tuple[DayUsage, ...]
    models: tuple[ModelUsage, ...]
    total: Tally


def usage_report(connection: Connection, first: date, last: date) -> UsageReport:
    """Figures of the days from `first` to `last`, days in order, models by name."""
    days = _days(connection, first, last)
    percentiles = _percentiles(connection, first, last)
    by_model: dict[str, Tally] = defaultdict(Tally)
    for each in days:
        by_model[each.model] += each.tally
    models = tuple(
        ModelUsage(model, tally, *percentiles.get(model, (None, None)))
        for model, tally in sorted(by_model.items())
    )
    return UsageReport(first, last, days, models, sum(by_model.values(), Tally()))


def last_days(count: int, now: float) -> tuple[date, date]:
    """The first and the last of so many days up to today."""
    today = day_of(now)
    return today - timedelta(days=max(1, count) - 1), today


def _days(connection: Connection, first: date, last: date) -> tuple[DayUsage, ...]:
    ended = _ended(first, last)
    day = sa.func.floor(ended.c.finished_at / DAY_S)
    unknown = sa.case(((ended.c.status == Status.DONE) & ended.c.charged_usd.is_(None), 1), else_=0)
    rows = connection.execute(
        sa.select(
            day.label("day"),
            ended.c.model,
            ended.c.status,
            sa.func.count().label("runs"),
            sa.func.sum(unknown).label("uncharged"),
            sa.func.sum(ended.c.charged_usd).label("charged_usd"),
        )
        .group_by(day, ended.c.model, ended.c.status)
        .order_by(day, ended.c.model)
    )
    found: dict[tuple[float, str], Tally] = defaultdict(Tally)
    for row in rows:
        found[row.day, row.model] += _tally(row)
    return tuple(
        DayUsage(day_of(number * DAY_S), model, tally) for (number, model), tally in found.items()
    )


def _tally(row: Row[tuple[object, ...]]) -> Tally:
    counted = {str(row.status): int(row.runs)}
    return Tally(
        done=counted.get(Status.DONE, 0),
        failed=counted.get(Status.FAILED, 0),
        cancelled=counted.get(Status.CANCELLED, 0),
        uncharged=int(row.uncharged),
        charged_usd=float(row.charged_usd or 0),
    )


def _percentiles(connection: Connection, first: date, last: date) -> dict[str, tuple[float, float]]:
    """The nearest-rank percentiles: by numbering, since SQLite has no function for them."""
    ended = _ended(first, last)
    seconds = ended.c.finished_at - ended.c.submitted_at
    ranked = (
        sa.select(
            ended.c.model,
            seconds.label("seconds"),
            sa.func.row_number().over(partition_by=ended.c.model, order_by=seconds).label("rank"),
            sa.func.count().over(partition_by=ended.c.model).label("runs"),
        )
        .where(ended.c.status == Status.DONE, ended.c.submitted_at.is_not(None))
        .subquery()
    )
    rows = connection.execute(
        sa.select(ranked.c.model, *(_at(ranked, percent) for percent in (50, 90))).group_by(
            ranked.c.model
        )
    )
    return {model: (float(p50_s), float(p90_s)) for model, p50_s, p90_s in rows}


def _at(ranked: sa.Subquery, percent: int) -> sa.ColumnElement[float]:
    reached = ranked.c.rank * 100 >= ranked.c.runs * percent
    return sa.func.min(sa.case((reached, ranked.c.seconds)))


def _ended(first: date, last: date) -> sa.Subquery:
    start, end = day_start(first), day_start(last + timedelta(days=1))
    return figures(lambda table: (table.c.finished_at >= start) & (table.c.finished_at < end))
