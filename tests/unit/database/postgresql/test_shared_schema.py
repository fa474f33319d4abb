"""The schema of a PostgreSQL that several processes, and several versions, start on at once."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from components.database import migrations
from components.database.engine import open_database
from components.database.migrations import HEAD, METADATA, WORKS_WITH, versions
from components.errors import DatabaseUnavailable
from tests.samples.run_samples import run_store, sample_run
from tests.servers.postgresql_server import PostgresqlServer

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).resolve().parents[4]
PROCESSES = 4
NEWER = "9999"
START = """
import sys
from tests.samples.run_samples import run_store, sample_run
store = run_store(sys.argv[1])
store.add(sample_run(sys.argv[2]))
store.close()
"""


@pytest.fixture
def url(postgresql: PostgresqlServer) -> Iterator[str]:
    made = postgresql.new_database()
    yield made
    postgresql.drop(made)


def change(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def described(url: str) -> dict[str, object]:
    """Every column and index of every table, and the revisions that are noted."""
    engine = sa.create_engine(url)
    inspector = sa.inspect(engine)
    tables: dict[str, object] = {
        name: (
            {it["name"]: (str(it["type"]), it["nullable"]) for it in inspector.get_columns(name)},
            sorted(str(sorted(it.items(), key=str)) for it in inspector.get_indexes(name)),
        )
        for name in inspector.get_table_names()
    }
    with engine.connect() as connection:
        for name in {"alembic_version", "schema_revisions"} & tables.keys():
            rows = connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1").all()
            tables[f"rows of {name}"] = [tuple(row) for row in rows]
    engine.dispose()
    return tables


def newer(url: str, works_with: str) -> None:
    """Bring it up to date as a later version does, which only adds."""
    change(
        url,
        "ALTER TABLE runs ADD COLUMN mood TEXT",
        "CREATE TABLE moods (name TEXT PRIMARY KEY)",
        f"UPDATE alembic_version SET version_num = '{NEWER}'",
        f"INSERT INTO schema_revisions VALUES ('{NEWER}', '{works_with}')",
    )


def test_several_processes_start_on_an_empty_database_at_once(url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", START, url, f"run-{number}"], cwd=ROOT)
        for number in range(PROCESSES)
    ]
    assert [it.wait() for it in started] == [0] * PROCESSES
    with closing(run_store(url)) as store:
        assert sorted(store.awaiting()) == [f"run-{number}" for number in range(PROCESSES)]
    assert described(url)["rows of schema_revisions"] == [(HEAD, WORKS_WITH)]


def test_several_threads_start_on_an_older_database_at_once(url: str) -> None:
    """The revision before: the tables that came with the last one are not there yet."""
    with closing(run_store(url)) as store:
        store.add(sample_run("kept"))
    whole = described(url)
    script = revisions()
    before = list(script.walk_revisions())[1].revision
    added = sorted(set(METADATA.tables) - tables_of(script, before))
    change(
        url,
        *(f"DROP TABLE {name}" for name in added),
        f"UPDATE alembic_version SET version_num = '{before}'",
        f"UPDATE schema_revisions SET revision = '{before}', works_with = '{before}'",
    )

    def start(_: int) -> list[str]:
        with closing(run_store(url)) as store:
            return store.awaiting()

    with ThreadPoolExecutor(PROCESSES) as pool:
        assert list(pool.map(start, range(PROCESSES))) == [["kept"]] * PROCESSES
    brought_up = described(url)
    assert brought_up.pop("rows of schema_revisions") == [(before, before), (HEAD, WORKS_WITH)]
    del whole["rows of schema_revisions"]
    assert brought_up == whole


def revisions() -> ScriptDirectory:
    folder = Path(migrations.__file__).parent
    return ScriptDirectory(
        str(folder), version_locations=[str(Path(str(versions.__file__)).parent)]
    )


def tables_of(script: ScriptDirectory, last: str) -> set[str]:
    """The tables that the revisions up to one make."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        upgrade(script, connection, last)
        return set(sa.inspect(connection).get_table_names())


def upgrade(script: ScriptDirectory, connection: sa.Connection, last: str) -> None:
    with Operations.context(MigrationContext.configure(connection)):
        for revision in reversed(list(script.iterate_revisions(last, "base"))):
            revision.module.upgrade()


def test_all_revisions_together_make_the_schema_of_a_new_database(
    postgresql: PostgresqlServer, url: str
) -> None:
    open_database(url).dispose()
    other = postgresql.new_database()
    engine = sa.create_engine(other)
    with engine.begin() as connection:
        upgrade(revisions(), connection, HEAD)
    engine.dispose()
    made, new = described(other), described(url)
    postgresql.drop(other)
    assert {name: made[name] for name in METADATA.tables} == {
        name: new[name] for name in METADATA.tables
    }


def test_the_version_before_goes_on_with_what_a_newer_one_added(url: str) -> None:
    with closing(run_store(url)) as running:
        newer(url, works_with=HEAD)
        after = described(url)
        running.add(sample_run("by one that ran already"))
        with closing(run_store(url)) as started:
            started.add(sample_run("by one that started since"))
            assert len(running.awaiting()) == 2
    assert described(url) == after


@pytest.mark.parametrize("noted", [True, False], ids=["takes away", "says nothing"])
def test_what_is_too_new_is_refused_and_left_as_it_is(url: str, noted: bool) -> None:
    open_database(url).dispose()
    newer(url, works_with=NEWER)
    if not noted:
        change(url, f"DELETE FROM schema_revisions WHERE revision = '{NEWER}'")
    before = described(url)
    with pytest.raises(DatabaseUnavailable, match="written by a newer playground") as refused:
        open_database(url)
    assert "PLAYGROUND_DATABASE_URL" in str(refused.value)
    assert "PLAYGROUND_DATA_DIR" not in str(refused.value)
    assert described(url) == before


def test_tables_of_something_else_are_refused(url: str) -> None:
    change(url, "CREATE TABLE runs (id TEXT)")
    with pytest.raises(DatabaseUnavailable, match="never released"):
        open_database(url)


def test_the_oldest_version_that_goes_on_is_one_of_the_revisions() -> None:
    known = [it.revision for it in revisions().walk_revisions()]
    assert WORKS_WITH in known
    assert WORKS_WITH <= HEAD
