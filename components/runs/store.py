"""The runs table, in SQLAlchemy Core."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from components.errors import RunNotFound
from components.runs.database import METADATA, open_database, reading
from components.runs.run import FINAL, Event, Output, Run, Status

RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("model", sa.String(128), nullable=False),
    sa.Column("prompt", sa.Text, nullable=False),
    sa.Column("request", sa.JSON, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("created_at", sa.Float(53), nullable=False),
    sa.Column("next_step_at", sa.Float(53), nullable=False),
    sa.Column("lease_until", sa.Float(53), nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("submitted_at", sa.Float(53)),
    sa.Column("finished_at", sa.Float(53)),
    sa.Column("expected_s", sa.Float(53)),
    sa.Column("generation_id", sa.String(256)),
    sa.Column("inference_id", sa.String(256)),
    sa.Column("quoted_usd", sa.Float(53)),
    sa.Column("charged_usd", sa.Float(53)),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("response", sa.JSON(none_as_null=True)),
    sa.Column("outputs", sa.JSON, nullable=False),
    sa.Column("events", sa.JSON, nullable=False),
    sa.Index("runs_newest", "created_at", "id"),
    sa.Index("runs_by_model", "model", "status", "finished_at"),
    sa.Index(
        "runs_due",
        "next_step_at",
        sqlite_where=sa.text("status NOT IN ('done', 'failed', 'cancelled')"),
        postgresql_where=sa.text("status NOT IN ('done', 'failed', 'cancelled')"),
    ),
)
_FIELDS = tuple(field.name for field in fields(Run))
_ACTIVE = RUNS.c.status.not_in([str(status) for status in FINAL])


class Lane(Enum):
    """Who does the next step: pictures hold their worker for as long as they take."""

    PICTURES = "pictures"
    STEPS = "steps"


@dataclass(frozen=True)
class Claim:
    """A run handed out for one step; the result counts only under the same lease."""

    run: Run
    lane: Lane
    lease_until: float


@dataclass(frozen=True, kw_only=True)
class Query:
    """Which runs to list, newest first. `cursor` comes from the page before."""

    text: str = ""
    model: str = ""
    status: str = ""
    limit: int = 24
    cursor: str = ""


@dataclass(frozen=True)
class Page:
    """Some runs, and where the next page starts ("" on the last)."""

    runs: tuple[Run, ...]
    next_cursor: str


class RunStore:
    """Runs in a database. Every method is one transaction and safe from any thread."""

    def __init__(self, url: str, *, slow_models: frozenset[str] = frozenset()) -> None:
        """`slow_models` answer their POST only when they are done (lane `PICTURES`)."""
        self._engine = open_database(url)
        self._slow_models = slow_models

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def add(self, run: Run) -> None:
        """Keep a new run."""
        with self._engine.begin() as connection:
            connection.execute(RUNS.insert().values(**_row(run)))

    def get(self, run_id: str) -> Run:
        """Raises `RunNotFound`."""
        with reading(self._engine) as connection:
            row = connection.execute(RUNS.select().where(RUNS.c.id == run_id)).one_or_none()
        if row is None:
            raise RunNotFound("There is no run with this id here.", advice="Look in History.")
        return _run(row)

    def find(self, query: Query) -> Page:
        """List runs by keyset, so that a late page costs no more than the first."""
        wanted = RUNS.select().order_by(RUNS.c.created_at.desc(), RUNS.c.id.desc())
        if query.text:
            wanted = wanted.where(RUNS.c.prompt.icontains(query.text, autoescape=True))
        if query.model:
            wanted = wanted.where(RUNS.c.model == query.model)
        if query.status:
            wanted = wanted.where(RUNS.c.status == query.status)
        if query.cursor:
            created_at, _, run_id = query.cursor.partition("~")
            key = sa.tuple_(RUNS.c.created_at, RUNS.c.id)
            wanted = wanted.where(key < sa.tuple_(sa.literal(_float(created_at)), run_id))
        limit = max(1, min(query.limit, 100))
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.limit(limit + 1)).all()
        runs = tuple(_run(row) for row in rows[:limit])
        more = len(rows) > limit
        return Page(runs, f"{runs[-1].created_at!r}~{runs[-1].id}" if more else "")

    def tick(
        self,
        results: Sequence[tuple[Claim, Run]],
        now: float,
        lease_s: float,
        room: Mapping[Lane, int],
    ) -> list[Claim]:
        """Write what the last steps brought and hand out the next, in one transaction.

        A claimed `queued` run comes back `submitting`: the intent is stored before a byte leaves. A
        `submitting` run whose lease ran out comes back `uncertain`: it may have been sent.
        """
        with self._engine.begin() as connection:
            for claim, run in results:
                _write(connection, claim, run)
            claims = []
            for lane, limit in room.items():
                for run in self._due(connection, lane, now, limit):
                    claims.append(Claim(run, lane, now + lease_s))
                    connection.execute(
                        RUNS.update()
                        .where(RUNS.c.id == run.id)
                        .values(lease_until=now + lease_s, **_row(run))
                    )
        return claims

    def _due(self, connection: Connection, lane: Lane, now: float, limit: int) -> list[Run]:
        slow = RUNS.c.model.in_(self._slow_models) & (RUNS.c.status == Status.QUEUED)
        due = (
            RUNS.select()
            .where(_ACTIVE, RUNS.c.next_step_at <= now, RUNS.c.lease_until <= now)
            .where(slow if lane is Lane.PICTURES else ~slow)
            .order_by(RUNS.c.next_step_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_claimed(_run(row), now) for row in connection.execute(due)]

    def next_due(self) -> float | None:
        """When the earliest step is due that nobody works on, or None."""
        at = sa.case(
            (RUNS.c.next_step_at > RUNS.c.lease_until, RUNS.c.next_step_at),
            else_=RUNS.c.lease_until,
        )
        with reading(self._engine) as connection:
            due: float | None = connection.execute(
                sa.select(sa.func.min(at)).where(_ACTIVE)
            ).scalar()
        return due

    def release(self) -> None:
        """Forget the leases of a process that is gone; only the sole process may call it."""
        with self._engine.begin() as connection:
            connection.execute(RUNS.update().where(RUNS.c.lease_until > 0).values(lease_until=0))

    def cancel(self, run_id: str, now: float) -> Run:
        """Withdraw a queued run; mark any other, whose result is still collected.

        Raises:
            RunNotFound: no such run.
        """
        with self._engine.begin() as connection:
            row = connection.execute(
                RUNS.select().where(RUNS.c.id == run_id).with_for_update()
            ).one_or_none()
            if row is None:
                raise RunNotFound("There is no run with this id here.")
            run = _run(row)
            if run.status.is_final or run.cancel_requested:
                return run
            if run.status is Status.QUEUED:
                run = run.moved(Status.CANCELLED, now, "Cancelled before it was sent.")
            else:
                event = Event(now, "Cancelled here; the provider cannot stop it.")
                run = replace(run, cancel_requested=True, events=(*run.events, event))
            connection.execute(RUNS.update().where(RUNS.c.id == run_id).values(**_row(run)))
        return run

    def past_durations_s(self, model: str, length_s: Any = None, limit: int = 20) -> list[float]:
        """Seconds from submission to result of the newest finished runs of a model and length."""
        wanted = (
            sa.select(RUNS.c.finished_at - RUNS.c.submitted_at, RUNS.c.request)
            .where(RUNS.c.model == model, RUNS.c.status == Status.DONE)
            .where(RUNS.c.submitted_at.is_not(None))
            .order_by(RUNS.c.finished_at.desc())
            .limit(5 * limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        same = [float(seconds) for seconds, asked in rows if asked.get("duration") == length_s]
        return same[:limit]


def _claimed(run: Run, now: float) -> Run:
    if run.status is Status.QUEUED:
        return run.moved(
            Status.SUBMITTING, now, "Sending.", submitted_at=now, attempts=run.attempts
        )
    if run.status is Status.SUBMITTING:
        return run.moved(Status.UNCERTAIN, now, "Interrupted while sending; looking for it.")
    return run


def _write(connection: Connection, claim: Claim, run: Run) -> None:
    """Keep a step's result under its lease, and with it what the page wrote meanwhile."""
    mine = (RUNS.c.id == run.id) & (RUNS.c.lease_until == claim.lease_until)
    row = connection.execute(
        RUNS.select().where(RUNS.c.id == run.id).with_for_update()
    ).one_or_none()
    if row is not None and row.cancel_requested and not run.cancel_requested:
        stored = _run(row)
        added = run.events[len(claim.run.events) :]
        run = replace(run, cancel_requested=True, events=(*stored.events, *added))
    if run.cancel_requested and run.status is Status.QUEUED:
        run = run.moved(Status.CANCELLED, run.events[-1].at, "Cancelled: it was never accepted.")
    if row is not None and row.generation_id and not run.generation_id:
        run = replace(run, generation_id=row.generation_id)
    kept = connection.execute(RUNS.update().where(mine).values(lease_until=0, **_row(run)))
    if kept.rowcount == 0 and run.generation_id:
        connection.execute(
            RUNS.update()
            .where(RUNS.c.id == run.id, RUNS.c.generation_id.is_(None))
            .values(generation_id=run.generation_id)
        )


def _row(run: Run) -> dict[str, Any]:
    return {**asdict(run), "prompt": run.prompt}


def _run(row: Row[Any]) -> Run:
    values = {name: getattr(row, name) for name in _FIELDS}
    values["status"] = Status(values["status"])
    values["outputs"] = tuple(Output(**output) for output in values["outputs"])
    values["events"] = tuple(Event(**event) for event in values["events"])
    return Run(**values)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
