"""A kept database is brought to the schema of today, revision by revision, by Alembic.

A new one is made from the schema at once. A SQLite file of before revisions were noted has the
first; no PostgreSQL is so old.

Several processes share a PostgreSQL, and are not replaced by newer ones at the same moment. So each
revision notes there which is the oldest one whose playground can go on with it, `WORKS_WITH`: that
stays as it is where a revision only adds a table, or a column that may be left out. What takes
away, or gives another meaning, sets it to the revision itself: then every older process has to end
before the first newer one starts. One that is too old says so at its start and changes nothing.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.media_tables import KEPT_MEDIA
from components.errors import DatabaseUnavailable

METADATA = KEPT_MEDIA.metadata
"""Every table."""
HEAD = "0007"
"""The last revision; a database that has it is opened without a further look."""
WORKS_WITH = "0003"
"""The oldest revision whose playground can work with a PostgreSQL that has the last one."""
FIRST = "0001"
UPGRADE_LOCK = 1_802_267_246
"""Any number will do, as long as every process on one PostgreSQL waits for the same."""
_UPGRADE_WAIT = "60s"
"""Nobody starts before the one that brings the database up to date has done so."""
_FOLDER = Path(__file__).resolve().parent
_REVISIONS = sa.Table(
    "schema_revisions",
    sa.MetaData(),
    sa.Column("revision", sa.String(32), primary_key=True),
    sa.Column("works_with", sa.String(32), nullable=False),
)
"""In PostgreSQL: each revision it had, and the oldest one whose playground can go on with that."""
_VERSION = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32)))
_AS_IT_WAS = "Nothing in it was changed."
_ELSEWHERE = {
    "sqlite": "Or set PLAYGROUND_DATA_DIR to another folder.",
    "postgresql": "Or name another database in PLAYGROUND_DATABASE_URL.",
}
_RECOVER = {"sqlite": "Run `python app.py recover`.", "postgresql": "Restore a backup of it."}


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables, or bring those that are kept up to date, in the transaction under way.

    Raises:
        DatabaseUnavailable: it was written by a newer playground, or by one never released.
    """
    if _is_shared(connection):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_UPGRADE_WAIT}'")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))
    kept = set(sa.inspect(connection).get_table_names())
    if not kept & set(METADATA.tables):
        METADATA.create_all(connection)
        _note(connection, kept)
        return
    if _VERSION.name not in kept and _is_shared(connection):
        raise _never_released(connection, _VERSION)
    version = FIRST
    if _VERSION.name in kept:
        version = str(connection.scalar(sa.select(_VERSION.c.version_num)))
    if version != HEAD and not _goes_on_with(connection, version, kept):
        _migrate(connection, version)
        _note(connection, kept)
    _check_columns(connection)


def _note(connection: Connection, kept: set[str]) -> None:
    """Note the last revision, as Alembic does."""
    if _VERSION.name not in kept:
        _VERSION.create(connection)
    connection.execute(_VERSION.delete())
    connection.execute(_VERSION.insert().values(version_num=HEAD))
    if _is_shared(connection):
        if _REVISIONS.name not in kept:
            _REVISIONS.create(connection)
        connection.execute(_REVISIONS.delete().where(_REVISIONS.c.revision == HEAD))
        connection.execute(_REVISIONS.insert().values(revision=HEAD, works_with=WORKS_WITH))


def _is_shared(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _goes_on_with(connection: Connection, version: str, kept: set[str]) -> bool:
    """Whether a newer playground noted that this one can go on with what it made."""
    if not _is_shared(connection) or _REVISIONS.name not in kept:
        return False
    noted = sa.select(_REVISIONS.c.works_with).where(_REVISIONS.c.revision == version)
    works_with = connection.scalar(noted)
    return works_with is not None and works_with <= HEAD < version


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
            advice=f"Start that version again. {_ELSEWHERE[connection.dialect.name]}",
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
            raise _never_released(connection, table)


def _never_released(connection: Connection, table: sa.Table) -> DatabaseUnavailable:
    kind = connection.dialect.name
    return DatabaseUnavailable(
        f"The database is of a playground that was never released: {table.name} is not as it "
        f"should be. {_AS_IT_WAS}",
        advice=f"{_RECOVER[kind]} {_ELSEWHERE[kind]}",
    )


def is_up_to_date(connection: Connection) -> bool:
    """Whether a database has the tables of today; nothing is written."""
    noted = sa.inspect(connection).has_table(_VERSION.name)
    return noted and connection.scalar(sa.select(_VERSION.c.version_num)) == HEAD
