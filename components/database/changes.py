"""What a transaction writes to runs: noted on its connection, for those who tell others of it.

On PostgreSQL the commit tells every process, in an order and by numbers that are the same for all.
"""

import secrets
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.schema import METADATA

NUMBERS = "change_numbers"
"""The sequence that counts changes on PostgreSQL; its start tells one database from others."""
_NOTED = "playground_written"


class Writing(NamedTuple):
    """A run that was written to, the id of its plan or "", and whether it was not there before."""

    run_id: str
    plan_id: str = ""
    is_new: bool = False


def note(connection: Connection, writing: Writing) -> None:
    """A run is written to in this connection's transaction."""
    connection.info.setdefault(_NOTED, []).append(writing)


def take_noted(info: dict[Any, Any]) -> list[Writing]:
    """What was noted in the `info` of a connection, which is forgotten there."""
    noted: list[Writing] = info.pop(_NOTED, [])
    return noted


@sa.event.listens_for(METADATA, "after_create")
def _create_numbers(_: sa.MetaData, connection: Connection, **__: Any) -> None:
    if connection.dialect.name == "postgresql":
        start = 1 + secrets.randbits(48)
        connection.exec_driver_sql(f"CREATE SEQUENCE IF NOT EXISTS {NUMBERS} START {start}")
