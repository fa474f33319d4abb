"""The time by the clock of the database's server, which all machines share.

What one machine puts down as due, another one carries out: their own clocks may differ by minutes.
"""

import time
from collections.abc import Callable
from threading import Lock

import sqlalchemy as sa

from components.database.engine import reading
from components.errors import DatabaseUnavailable

MEASURED_EVERY_S = 15.0
LOOKS = 3
"""Of so many looks the quickest counts: it can be wrong by half the time it took."""
_NOW = sa.text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision)")


class DatabaseClock:
    """Seconds since the epoch at the server; safe from any thread.

    It is asked at first and every `MEASURED_EVERY_S` in the thread of whoever wants to know the
    time then; in between its time goes on by this machine's `monotonic` seconds, and so it does
    while the server does not answer.
    """

    def __init__(self, engine: sa.Engine, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Raises `DatabaseUnavailable` where the server cannot be asked."""
        self._engine = engine
        self._monotonic = monotonic
        self._measuring = Lock()
        self._offset_s = self._measured()
        self._due_at = monotonic() + MEASURED_EVERY_S

    def __call__(self) -> float:
        """What time it is now."""
        if self._monotonic() >= self._due_at and self._measuring.acquire(blocking=False):
            try:
                self._offset_s = self._measured()
            except DatabaseUnavailable:
                pass  # Whoever goes on to work with the database says so.
            finally:
                self._due_at = self._monotonic() + MEASURED_EVERY_S
                self._measuring.release()
        return self._monotonic() + self._offset_s

    def _measured(self) -> float:
        """How far the server's clock is ahead of the monotonic one."""
        with reading(self._engine) as connection:
            connection.execute(sa.select(1))  # What it takes to connect is no part of a look.
            _, offset_s = min(self._look(connection) for _ in range(LOOKS))
        return offset_s

    def _look(self, connection: sa.Connection) -> tuple[float, float]:
        """The seconds that a look took, and the offset by it."""
        asked_at = self._monotonic()
        told = float(connection.execute(_NOW).scalar_one())
        answered_at = self._monotonic()
        return answered_at - asked_at, told - (asked_at + answered_at) / 2
