"""What one process does for all: whoever holds a lock of the database looks after the rest.

The lock ends with its connection, so that the next one takes over when its holder dies.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.errors import DatabaseUnavailable

CARE_LOCK = 1_802_267_250
"""Any number will do, as long as every process on one database takes the same."""
TURN_S = 1.0
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Duty:
    """What is done again and again by one process, each `every_s` seconds."""

    name: str
    every_s: float
    do: Callable[[], object]


class DatabaseLock:
    """Held by one process at a time, of all that use a database."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database
        self._held: Connection | None = None

    def holds(self) -> bool:
        """Whether the lock is ours, or is from now on. Raises `DatabaseUnavailable`."""
        if self._held is not None:
            self._held.execute(sa.select(1))
            return True
        connection = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(sa.select(sa.func.pg_try_advisory_lock(CARE_LOCK))):
            LOGGER.info("this process looks after the rest from now on")
            self._held = connection
            return True
        connection.close()
        return False

    def let_go(self) -> None:
        """Give it to the next one."""
        if self._held is not None:
            # The connection is not given to others with the lock on it.
            self._held.invalidate()
            self._held.close()
            self._held = None


class Caretaker:
    """Does duties in threads of its own; with a lock, only while it holds it."""

    def __init__(self, duties: Sequence[Duty], lock: DatabaseLock | None = None) -> None:
        self._duties = duties
        self._lock = lock
        self._due_at = {duty.name: 0.0 for duty in duties}
        self._under_way: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(len(duties), thread_name_prefix="care")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="caretaker", daemon=True)

    def start(self) -> None:
        """Do the duties from now on, or from when the lock is free."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Begin no duty any more, and let the lock go."""
        self._stopping.set()
        self._thread.join(timeout_s)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _loop(self) -> None:
        while not self._stopping.wait(TURN_S):
            try:
                if self._lock is None or self._lock.holds():
                    self._begin_what_is_due()
            except DatabaseUnavailable:
                self._let_go()
            except Exception:
                LOGGER.exception("the caretaker's turn failed; it goes on")
                self._let_go()
        self._let_go()

    def _let_go(self) -> None:
        if self._lock:
            self._lock.let_go()

    def _begin_what_is_due(self) -> None:
        now = time.monotonic()
        for duty in self._duties:
            before = self._under_way.get(duty.name)
            if now >= self._due_at[duty.name] and (before is None or before.done()):
                self._due_at[duty.name] = now + duty.every_s
                self._under_way[duty.name] = self._pool.submit(_done, duty)


def _done(duty: Duty) -> None:
    try:
        duty.do()
    except DatabaseUnavailable as error:
        LOGGER.warning("%s %s waits.", error.message, duty.name)
    except Exception:
        LOGGER.exception("%s failed; it is tried again", duty.name)
