"""A kept database is brought to the schema of today, revision by revision, by Alembic.

A new one is made from the schema at once. A database of before revisions were noted has the first.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.showcase_tables import SHOWCASES
from components.errors import DatabaseUnavailable

METADATA = SHOWCASES.metadata
"""Every table."""
HEAD = "0006"
"""The last revision; a database that has it is opened without a further look."""
FIRST = "0001"
UPGRADE_LOCK = 1_802_267_246
"""Any number will do, as long as every process on one PostgreSQL waits for the same."""
_FOLDER = Path(__file__).resolve().parent
_VERSION = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32)))
_AS_IT_WAS = "Nothing in it was changed."
_ANOTHER_FOLDER = "Or set PLAYGROUND_DATA_DIR to another folder."


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables, or bring those that are kept up to date, in the transaction under way.

    Raises:
        DatabaseUnavailable: it was written by a newer playground, or by one never released.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))
    kept = set(sa.inspect(connection).get_table_names())
    if not kept & set(METADATA.tables):
        METADATA.create_all(connection)
        _note(connection, kept)
        return
    version = FIRST
    if _VERSION.name in kept:
        version = str(connection.scalar(sa.select(_VERSION.c.version_num)))
    if version != HEAD:
        _migrate(connection, version)
        _note(connection, kept)
    _check_columns(connection)


def _note(connection: Connection, kept: set[str]) -> None:
    """Note the last revision, as Alembic does."""
    if _VERSION.name not in kept:
        _VERSION.create(connection)
    connection.execute(_VERSION.delete())
    connection.execute(_VERSION.insert().values(version_num=HEAD))


def _migrate(connection: Connection, version: str) -> None:
    # Only here, since a start that has nothing to bring up to date need not wait for it.
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    script = ScriptDirectory(str(_FOLDER), version_locations=[str(_FOLDER / "versions")])
    try:
        script.get_revision(version)
    except CommandError:
        raise DatabaseUnavailable(
            f"The database was written by a newer playground. {_AS_IT_WAS}",
            advice=f"Start that version again. {_ANOTHER_FOLDER}",
        ) from None
    with Operations.context(MigrationContext.configure(connection)):
        for revision in reversed(list(script.iterate_revisions(HEAD, version))):
            revision.module.upgrade()


def _check_columns(connection: Connection) -> None:
    """Raise where something is missing: no released playground wrote that."""
    inspector = sa.inspect(connection)
    for table in METADATA.sorted_tables:
        there = inspector.has_table(table.name)
        known = {it["name"] for it in inspector.get_columns(table.name)} if there else set[str]()
        if not known.issuperset(table.columns.keys()):
            raise DatabaseUnavailable(
                f"The database is of a playground that was never released: {table.name} is not "
                f"as it should be. {_AS_IT_WAS}",
                advice=f"Run `python app.py recover`. {_ANOTHER_FOLDER}",
            )
