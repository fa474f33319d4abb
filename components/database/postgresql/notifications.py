"""Changes told from process to process: by NOTIFY, in the commit of what was written.

Every change has a number. It is taken under a lock that is held until the commit, so that numbers
come in the order of the commits, which is the order in which everybody hears of them.
"""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from threading import Event, Thread

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.changes import NUMBERS, Writing, take_noted
from components.database.postgresql.errors import explained
from components.errors import DatabaseUnavailable

CHANNEL = "playground_changes"
ORDER_LOCK = 1_802_267_248
"""Any number will do, as long as every process on one database takes the same."""
PART_MAX_BYTES = 7_500
"""PostgreSQL takes up to 8,000 at once."""
MOST_TOLD = 5_000
"""Beyond, everything may have changed."""
LOOK_S = 0.5
"""So often the thread looks whether it is to end; what is told it hears at once."""
AGAIN_S = 0.5
_TELL = sa.text(
    "WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(:lock))"
    " SELECT pg_notify(:channel, nextval(:numbers) || ' ' || part)"
    " FROM held, unnest(CAST(:parts AS text[])) AS part"
)
_STANDS_AT = f"""
    SELECT seqstart, last_value - CASE WHEN is_called THEN 0 ELSE 1 END
    FROM pg_sequence, {NUMBERS} WHERE seqrelid = '{NUMBERS}'::regclass
"""  # noqa: S608  a name of our own
_GONE = (psycopg.Error, sa.exc.SQLAlchemyError, DatabaseUnavailable, OSError)
LOGGER = logging.getLogger(__name__)


def tell_with_commits(engine: sa.Engine) -> None:
    """Let whatever is noted on a connection of this engine be told by its commit."""
    sa.event.listen(engine, "commit", _tell)
    sa.event.listen(engine, "rollback", _forget)


def _tell(connection: Connection) -> None:
    if noted := take_noted(connection.info):
        parts = list(_parts(list(dict.fromkeys(noted))))
        given = {"lock": ORDER_LOCK, "channel": CHANNEL, "numbers": NUMBERS, "parts": parts}
        connection.execute(_TELL, given)


def _forget(connection: Connection) -> None:
    # With a connection that broke, what was noted on it is gone already.
    if not connection.invalidated:
        take_noted(connection.info)


def _parts(writings: Sequence[Writing]) -> Iterator[str]:
    """The writings as texts that are short enough; an empty list says that it may be any run."""
    if len(writings) > MOST_TOLD:
        yield "[]"
        return
    part, size_bytes = list[str](), 0
    for it in writings:
        text = json.dumps(it, separators=(",", ":"))
        if part and size_bytes + len(text) > PART_MAX_BYTES:
            yield f"[{','.join(part)}]"
            part, size_bytes = [], 0
        part.append(text)
        size_bytes += len(text) + 1
    yield f"[{','.join(part)}]"


class ChangeListener:
    """A thread that hears what any process on the database writes to runs.

    `stands_at` is called with what tells this database from others and the number of its last
    change, at the start and whenever the server is back; `heard` with the number of each change
    and what was written, nothing of which says that it may be anything.
    """

    def __init__(
        self,
        engine: sa.Engine,
        stands_at: Callable[[str, int], None],
        heard: Callable[[int, list[Writing]], None],
    ) -> None:
        self._engine = engine
        self._stands_at = stands_at
        self._heard = heard
        self._end = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to listen. Raises `DatabaseUnavailable` where there is no server."""
        try:
            connection = self._listening()
        except psycopg.Error as error:
            raise explained(error) or error from error
        self._thread = Thread(
            target=self._listen, args=(connection,), name="change-listener", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End it, within about `LOOK_S`; it may not have been started."""
        self._end.set()
        if self._thread:
            self._thread.join()

    def _listen(self, connection: psycopg.Connection | None) -> None:
        while not self._end.is_set():
            try:
                connection = connection or self._listening()
                for told in connection.notifies(timeout=LOOK_S):
                    self._pass_on(told.payload)
            except _GONE:
                LOGGER.warning("Changes of other processes cannot be heard just now; it is retried")
                if connection:
                    connection.close()
                connection = None
                self._end.wait(AGAIN_S)
        if connection:
            connection.close()

    def _listening(self) -> psycopg.Connection:
        """A connection of its own that misses no change after the number that was told."""
        pooled = self._engine.raw_connection()
        connection = pooled.driver_connection
        pooled.detach()
        if not isinstance(connection, psycopg.Connection):
            raise TypeError(connection)
        try:
            connection.autocommit = True
            with connection.transaction():
                # With the lock nobody is between taking a number and telling of it.
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (ORDER_LOCK,))
                connection.execute(f"LISTEN {CHANNEL}")
                row = connection.execute(_STANDS_AT).fetchone() or (0, 0)
        except BaseException:
            connection.close()
            raise
        self._stands_at(f"{row[0]:x}", int(row[1]))
        return connection

    def _pass_on(self, payload: str) -> None:
        number, _, writings = payload.partition(" ")
        self._heard(int(number), [Writing(*it) for it in json.loads(writings)])
