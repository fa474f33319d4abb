"""A database of an older version gets what it lacks when it is opened; nothing is ever taken away.

The description of the tables is the version: what it has and the database has not is added. So a
new column needs a server default or may be null. What older rows should say in a new column, or
a new table of them, is written by the function under `info={"fill": ...}`, once. A table names the
indexes it no longer wants under `info={"retired_indexes": ...}`.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateColumn, CreateIndex

UPGRADE_LOCK = 1_802_267_246
"""Any number will do, as long as every process on one PostgreSQL waits for the same."""


def upgrade(connection: Connection, metadata: sa.MetaData) -> None:
    """Add the tables, columns and indexes that are missing, in the transaction under way."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))
    inspector = sa.inspect(connection)
    kept = set(inspector.get_table_names())
    metadata.create_all(connection)
    added: list[sa.Table | sa.Column[object]] = []
    for table in metadata.sorted_tables:
        if table.name not in kept:
            added.append(table)
            continue
        known = {column["name"] for column in inspector.get_columns(table.name)}
        missing = [column for column in table.columns if column.name not in known]
        for column in missing:
            _add_column(connection, table, column)
        added += missing
        _renew_indexes(connection, table)
    if kept:
        for part in added:
            if fill := part.info.get("fill"):
                fill(connection)


def _add_column(connection: Connection, table: sa.Table, column: sa.Column[object]) -> None:
    name = connection.dialect.identifier_preparer.format_table(table)
    described = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {described}")


def _renew_indexes(connection: Connection, table: sa.Table) -> None:
    for name in table.info.get("retired_indexes", ()):
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        connection.execute(CreateIndex(index, if_not_exists=True))
