"""Connections to PostgreSQL, shared with other processes on this machine and on others.

Writers that look before they write go one after the other, as in SQLite, by a lock that they hold
until they commit; those who lock the rows they write (`row_by_row`) go beside them.
"""

from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.postgresql.errors import explained
from components.database.postgresql.notifications import tell_with_commits

CONNECT_TIMEOUT_S = 5
WRITERS_LOCK = 1_802_267_247
"""Any number will do, as long as every process on one database takes the same."""
PATIENCE = 6
"""What nobody waits for is tried so many times as long: it would only have to be done again."""
POOL_CONNECTIONS = 8
MOST_CONNECTIONS = 24
"""A server takes 100 as it comes, for all replicas and workers together."""
_KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A server that vanished is noticed in about 25 s, and not after the hours of the system."""


def postgresql_engine(url: str, busy_timeout_ms: int) -> sa.Engine:
    """Connections to one database; a writer waits up to `busy_timeout_ms` for another one."""
    engine = sa.create_engine(
        url,
        pool_size=POOL_CONNECTIONS,
        max_overflow=MOST_CONNECTIONS - POOL_CONNECTIONS,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "kling-playground",
            **_KEEPALIVE,
        },
    )
    sa.event.listen(engine, "handle_error", _explain)
    sa.event.listen(engine, "begin", partial(_begin, busy_timeout_ms))
    tell_with_commits(engine)
    return engine


def _explain(context: sa.engine.ExceptionContext) -> None:
    """Raise what no statement is to blame for as the sentence that the user reads."""
    unavailable = explained(context.original_exception)
    # A connection that was cut while it lay in the pool is replaced, and nobody need hear of it.
    if unavailable and not context.is_pre_ping:
        raise unavailable from context.sqlalchemy_exception


def _begin(busy_timeout_ms: int, connection: Connection) -> None:
    options: Any = connection.get_execution_options()
    if options.get("reading"):
        return
    wait_ms = busy_timeout_ms * (PATIENCE if options.get("patient") else 1)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait_ms}")
    if not options.get("row_by_row"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
