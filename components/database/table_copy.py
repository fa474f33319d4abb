"""Rows copied from one database to another and compared, whichever kinds the two are.

What is there is found by its key and never written over, so a copy that was stopped goes on.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.engine import patient, reading
from components.database.migrations import METADATA
from components.errors import DatabaseUnavailable

Row = dict[str, Any]
Condition = sa.ColumnElement[bool]
BATCH_ROWS = 500
OF_THE_PLACE = frozenset({"kept_media", "provider_state", "reference_looks"})
"""Tables of what is so at one place, and made anew at another."""
_ALL: Condition = sa.true()
_MODULUS = 1 << 256


@dataclass(frozen=True)
class TableCopy:
    """One table, from `source` to `target`; `changed` gives a row as it is to be there."""

    table: sa.Table
    source: sa.Engine
    target: sa.Engine
    changed: Callable[[sa.Table, Row], Row]

    def strange_rows(self) -> int:
        """How many rows of the target the source does not have alike."""
        with reading(self.target) as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(self.table)) or 0
        if not total:
            return 0
        alike = 0
        for rows in self._batches():
            with reading(self.target) as connection:
                there = _found(connection, self.table, rows)
            alike += sum(there.get(_key(self.table, row)) == row for row in rows)
        return int(total) - alike

    def copy(self, where: Condition = _ALL) -> int:
        """Add what is missing, some rows a transaction; returns how many rows were added."""
        added = 0
        for rows in self._batches(where):
            with patient(self.target).begin() as connection:
                added += self._add(connection, rows)
        return added

    def copy_within(self, connection: Connection, where: Condition = _ALL) -> int:
        """Add what is missing in one transaction of the target; returns how many rows."""
        return sum(self._add(connection, rows) for rows in self._batches(where))

    def compare(self, connection: Connection) -> None:
        """Raise `DatabaseUnavailable` where a connection to the target finds anything else."""
        count = digest = 0
        for rows in self._batches():
            count, digest = count + len(rows), (digest + _digest(self.table, rows)) % _MODULUS
        for there in _partitions(connection, self.table, _ALL):
            count -= len(there)
            digest = (digest - _digest(self.table, there)) % _MODULUS
        if count or digest:
            raise DatabaseUnavailable(
                f"What arrived of the table {self.table.name} is not what was sent: somebody else "
                "wrote to it meanwhile, or it holds something else.",
                cost="What was kept before is as it was.",
                advice="Stop whatever uses the new database, then run it again.",
            )

    def _batches(self, where: Condition = _ALL) -> Iterator[list[Row]]:
        with reading(self.source) as connection:
            for rows in _partitions(connection, self.table, where):
                yield [self.changed(self.table, row) for row in rows]

    def _add(self, connection: Connection, rows: Sequence[Row]) -> int:
        there = _found(connection, self.table, rows)
        new = [row for row in rows if _key(self.table, row) not in there]
        if new:
            try:
                connection.execute(self.table.insert(), new)
            except sa.exc.DataError as error:
                keys = ", ".join(str(_key(self.table, row)) for row in new[:3])
                raise DatabaseUnavailable(
                    f"A row of the table {self.table.name} has a value that the new database does "
                    f"not take; it is one of {len(new)} that begin with {keys}.",
                    cost="What was kept before is as it was.",
                    advice="Delete that run, then run it again.",
                ) from error
        return len(new)


def table_copies(
    source: sa.Engine, target: sa.Engine, changed: Callable[[sa.Table, Row], Row]
) -> list[TableCopy]:
    """Every table of the schema, but those that describe the place itself."""
    tables = [table for table in METADATA.sorted_tables if table.name not in OF_THE_PLACE]
    return [TableCopy(table, source, target, changed) for table in tables]


def go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL give the numbers after those that were copied; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in METADATA.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            following = sa.func.coalesce(sa.func.max(column) + 1, 1)
            connection.execute(sa.select(sa.func.setval(sequence, following, False)))


def _partitions(connection: Connection, table: sa.Table, where: Condition) -> Iterator[list[Row]]:
    rows = connection.execute(
        table.select().where(where), execution_options={"yield_per": BATCH_ROWS}
    )
    for some in rows.mappings().partitions():
        yield [dict(row) for row in some]


def _found(connection: Connection, table: sa.Table, rows: Sequence[Row]) -> dict[Any, Row]:
    """The rows of a table that have the keys of the given ones, by their keys."""
    keys = [_key(table, row) for row in rows]
    wanted = table.select().where(sa.tuple_(*table.primary_key).in_(keys))
    there = (dict(row) for row in connection.execute(wanted).mappings())
    return {_key(table, row): row for row in there}


def _key(table: sa.Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _digest(table: sa.Table, rows: Sequence[Row]) -> int:
    """A sum of hashes, so that the order of the rows, which collations decide, is nothing to it."""
    names = [column.name for column in table.columns]
    total = 0
    for row in rows:
        text = json.dumps([row[name] for name in names], sort_keys=True)
        total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    return total % _MODULUS
