"""What is known of files and addresses in forms, shared by all processes on one database.

One of them looks at a file, for as long as it says that it still does; the others tell what it
found, and any of them may stop it. One that died is replaced once its word is old.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from components.database.engine import reading
from components.database.schema import LOOKS

LOOKING_S = 10.0
"""A look that nothing was heard of for so long is taken up by whoever asks."""
KEPT_S = 86_400.0
"""The longest that a result is remembered; then the file is looked at once more."""
Told = Mapping[str, Any]


@dataclass(frozen=True)
class Look:
    """What a process noted: how far it is, or what it found where the look `is_over`."""

    status: Told
    is_over: bool
    is_stopped: bool


@dataclass(frozen=True)
class SharedLooks:
    """The looks of one process among those of all; safe from any thread."""

    database: sa.Engine
    clock: Callable[[], float] = time.time
    looker: str = field(default_factory=lambda: secrets.token_hex(8))

    def claim(self, key: str, status: Told) -> Look | None:
        """None where this process is to look, which notes `status`; else what another one noted."""
        now = self.clock()
        if found := self.find(key):
            return found
        with self.database.begin() as connection:
            connection.execute(LOOKS.delete().where(LOOKS.c.until <= now))
            row = _row(connection, key)
            if row is not None and (row.is_over or row.looker != self.looker):
                return _look(row)
            if row is None:
                mine = {"key": key, "looker": self.looker, "until": now + LOOKING_S}
                new = {**mine, "status": dict(status), "is_over": False, "is_stopped": False}
                connection.execute(LOOKS.insert().values(new))
        return None

    def find(self, key: str) -> Look | None:
        """What another process noted of late, or any found; None where that is nothing."""
        with reading(self.database) as connection:
            row = _row(connection, key)
        if row is None or row.until <= self.clock():
            return None
        return _look(row) if row.is_over or row.looker != self.looker else None

    def go_on(self, key: str, status: Told) -> bool:
        """Note how far this process is; False where the look was stopped."""
        until = self.clock() + LOOKING_S
        mine = (LOOKS.c.key == key) & (LOOKS.c.looker == self.looker) & ~LOOKS.c.is_over
        with self.database.begin() as connection:
            noted = connection.execute(
                LOOKS.update().where(mine).values(status=dict(status), until=until)
            )
            row = None if noted.rowcount else _row(connection, key)
        return row is None or not row.is_stopped

    def end(self, key: str, status: Told, lasts_s: float, *, is_stopped: bool = False) -> Look:
        """Note what was found, for so many seconds; where somebody ended it before, that counts."""
        now = self.clock()
        values = {
            "status": dict(status),
            "is_over": True,
            "is_stopped": is_stopped,
            "looker": self.looker,
            "until": now + min(lasts_s, KEPT_S),
        }
        with self.database.begin() as connection:
            row = _row(connection, key)
            if row is not None and row.is_over and row.until > now:
                return _look(row)
            connection.execute(LOOKS.delete().where(LOOKS.c.key == key))
            connection.execute(LOOKS.insert().values(key=key, **values))
        return Look(status, is_over=True, is_stopped=is_stopped)

    def forget(self, key: str) -> None:
        """What was noted holds no more."""
        with self.database.begin() as connection:
            connection.execute(LOOKS.delete().where(LOOKS.c.key == key))


def _row(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(LOOKS.select().where(LOOKS.c.key == key)).one_or_none()


def _look(row: Row[Any]) -> Look:
    return Look(row.status, bool(row.is_over), bool(row.is_stopped))
