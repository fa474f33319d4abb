"""Everything the sandbox must not forget, in one SQLite file: money, log, generations, the port.

Every change is on the disk before it is told to anybody, so that a process killed at any moment
goes on from what callers were told. Without a file the database are kept in memory.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Connection = sqlite3.Connection

_LOG = logging.getLogger(__name__)
_VERSION = 1
_TABLES = """
CREATE TABLE movements (
    number INTEGER PRIMARY KEY AUTOINCREMENT, created_at_s REAL NOT NULL, direction TEXT NOT NULL,
    type TEXT NOT NULL, credits INTEGER NOT NULL, model TEXT, reference_id TEXT
);
CREATE TABLE requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT, created_at_s REAL NOT NULL, key TEXT NOT NULL,
    model TEXT NOT NULL, request_id TEXT NOT NULL, inference_id TEXT NOT NULL,
    client_request_id TEXT, succeeded INTEGER NOT NULL, credits INTEGER NOT NULL
);
CREATE INDEX requests_by_inference ON requests (inference_id);
CREATE TABLE holds (inference_id TEXT PRIMARY KEY, credits INTEGER NOT NULL);
CREATE TABLE generations (
    id TEXT PRIMARY KEY, model TEXT NOT NULL, accepted_at_s REAL NOT NULL, outcome TEXT,
    ready_at_s REAL, file_name TEXT, credits INTEGER NOT NULL DEFAULT 0,
    error_name TEXT, error_message TEXT
);
CREATE INDEX unfinished_generations ON generations (id) WHERE outcome IS NULL;
CREATE VIEW going AS SELECT id FROM generations WHERE outcome IS NULL;
CREATE VIEW charged AS SELECT reference_id FROM movements WHERE reference_id IS NOT NULL;
CREATE TABLE served (moment_s REAL NOT NULL, model TEXT NOT NULL, duration_ms REAL NOT NULL);
CREATE TABLE place (port INTEGER NOT NULL);
"""


class Database:
    """The database of one sandbox; safe to use from several threads, closed to other processes."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file, or begin a new one.

        A file that cannot be read is set aside. Raises `OSError` when another process holds it.
        """
        self._lock = threading.RLock()
        try:
            self._connection = _opened(path)
        except sqlite3.OperationalError as error:
            raise OSError(f"{path} is in use by another sandbox, or not writable.") from error
        except sqlite3.DatabaseError as error:
            if path is None:
                raise
            _LOG.warning("The sandbox's database cannot be read and begins anew: %s", error)
            path.replace(path.with_suffix(".damaged"))
            for remains in ("-wal", "-shm"):
                path.with_name(path.name + remains).unlink(missing_ok=True)
            self._connection = _opened(path)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Lend the database; all changes within the outermost block happen together or not."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            with self._connection:
                self._connection.execute("BEGIN")
                yield self._connection

    def port(self) -> int:
        """Return where the sandbox listened last, 0 when it never did."""
        with self.transaction() as connection:
            found = connection.execute("SELECT port FROM place").fetchone()
        return int(found[0]) if found else 0

    def keep_port(self, port: int) -> None:
        """Remember where the sandbox listens."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM place")
            connection.execute("INSERT INTO place VALUES (?)", (port,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _opened(path: Path | None) -> Connection:
    connection = sqlite3.connect(
        path or ":memory:", timeout=1, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: Connection) -> None:
    for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version={_VERSION}; COMMIT;")
        return
    if version != _VERSION:
        raise sqlite3.DatabaseError(f"they are of version {version}, not {_VERSION}")
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
