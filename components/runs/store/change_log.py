"""What changed since somebody last asked: a number that grows with every write to a run.

Whoever writes to a run notes it on the connection. With SQLite the journal hears of it when the
connection is given back, so after the commit; a write that was undone may be told too: who looks
finds nothing new. With PostgreSQL the commit tells every process that has begun to listen, and the
numbers are those of the database: what one process gave out, another one understands.
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.changes import Writing, note, take_noted

if TYPE_CHECKING:
    from components.database.postgresql.notifications import ChangeListener

MOST_REMEMBERED = 5_000
"""Runs whose last change is remembered; who asks for older ones looks at everything."""
UNSEEN = frozenset(
    {"next_step_at", "lease_until", "attempts", "trouble", "trouble_since", "tallies", "tried_at",
     "rendered_s"}
)  # fmt: skip
"""Columns that no page shows."""


@dataclass(frozen=True)
class News:
    """What changed up to `now`: runs by their ids, and plans with a changed run by theirs.

    `new_ids` are those of the runs that were made, or came back. `is_all` says that it is not
    known what changed: everything may have.
    """

    now: str
    run_ids: tuple[str, ...] = ()
    plan_ids: tuple[str, ...] = ()
    new_ids: tuple[str, ...] = ()
    is_all: bool = False


class _Change(NamedTuple):
    """The number of a run's last change, that of its making where it is known, and its plan."""

    number: int
    made: int
    plan_id: str


class Journal:
    """Counts the changes of one database; safe from any thread."""

    def __init__(self, database: sa.Engine, most_remembered: int = MOST_REMEMBERED) -> None:
        self._instance = secrets.token_hex(4)
        self._lock = Lock()
        self._number = 0
        self._most = most_remembered
        self._changed: OrderedDict[str, _Change] = OrderedDict()
        self._forgotten = 0
        self._now = f"{self._instance}-0"
        self._listener: ChangeListener | None = None
        if database.dialect.name == "sqlite":
            sa.event.listen(database, "checkin", self._given_back)
        else:
            # Its driver is there only where several machines share a database.
            from components.database.postgresql import notifications  # noqa: PLC0415

            self._listener = notifications.ChangeListener(database, self._stand_at, self._hear)

    def start(self) -> None:
        """Begin to hear of what is written. Raises `DatabaseUnavailable`."""
        if self._listener:
            self._listener.start()

    def stop(self) -> None:
        """Hear no more; it may not have been started."""
        if self._listener:
            self._listener.stop()

    @property
    def now(self) -> str:
        """Where the journal stands; what to ask with the next time."""
        return self._now

    def since(self, then: str) -> News | None:
        """What changed since the journal stood there; None where nothing did."""
        if then == self._now:
            return None
        instance, _, number = then.rpartition("-")
        if instance != self._instance or not number.isdecimal():
            return News(self._now, is_all=True)
        with self._lock:
            now = self._now
            if int(number) < self._forgotten:
                return News(now, is_all=True)
            if int(number) >= self._number:
                return None  # Given out by a process that heard of more than this one yet.
            changed = []
            for run_id, change in reversed(self._changed.items()):
                if change.number <= int(number):
                    break
                changed.append((run_id, change))
        return News(
            now,
            tuple(run_id for run_id, _ in changed),
            tuple(sorted({change.plan_id for _, change in changed if change.plan_id})),
            tuple(run_id for run_id, change in changed if change.made > int(number)),
        )

    def note(self, writings: Iterable[Writing]) -> None:
        """Runs were written to, in one transaction."""
        with self._lock:
            self._keep(self._number + 1, writings)

    def _keep(self, number: int, writings: Iterable[Writing]) -> None:
        self._number = number
        for it in writings:
            known = self._changed.pop(it.run_id, _Change(0, 0, ""))
            made = number if it.is_new else known.made
            self._changed[it.run_id] = _Change(number, made, it.plan_id or known.plan_id)
        while len(self._changed) > self._most:
            self._forgotten = self._changed.popitem(last=False)[1].number
        self._now = f"{self._instance}-{number}"

    def _forget_up_to(self, number: int) -> None:
        """Everything may have changed up to this number."""
        self._changed.clear()
        self._forgotten = number
        self._keep(number, ())

    def _stand_at(self, instance: str, number: int) -> None:
        with self._lock:
            if (instance, number) != (self._instance, self._number):
                self._instance = instance
                self._forget_up_to(number)

    def _hear(self, number: int, writings: list[Writing]) -> None:
        with self._lock:
            if writings:
                self._keep(number, writings)
            else:
                self._forget_up_to(number)

    def _given_back(self, _: Any, record: Any) -> None:
        if written := take_noted(record.info):
            self.note(written)


def note_written(connection: Connection, run_id: str, plan_id: str | None = None) -> None:
    """A run is written to in this connection's transaction, in what somebody can see of it."""
    note(connection, Writing(run_id, plan_id or ""))


def note_made(connection: Connection, run_id: str, plan_id: str | None = None) -> None:
    """A run is made in this connection's transaction, or comes back."""
    note(connection, Writing(run_id, plan_id or "", is_new=True))
