"""What SQLite cannot do is told in one plain sentence, and what is ours to blame is not hidden."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from components.database.sqlite.errors import explained
from components.errors import DatabaseDamaged, DatabaseUnavailable
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import run_store, sample_run


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None)) as opened:
        opened.execute("CREATE TABLE t (a)")
        yield opened


def said_of(database: sqlite3.Connection, statement: str) -> DatabaseUnavailable | None:
    with pytest.raises(sqlite3.Error) as caught:
        database.execute(statement).fetchall()
    return explained(caught.value)


def test_a_full_disk_is_said_to_be_full(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA max_page_count=2")
    said = said_of(database, "INSERT INTO t VALUES (zeroblob(100000))")
    assert str(said) == (
        "There is no room left on the disk for the database. Nothing was sent or charged. "
        "Free some space in the data folder, then try again."
    )


def test_what_may_not_be_written_is_said_so(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA query_only=ON")
    assert "may not be written" in str(said_of(database, "INSERT INTO t VALUES (1)"))


def test_a_text_that_broke_on_the_disk_is_called_damage(database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO t VALUES (CAST(x'7bff' AS TEXT))")
    said = said_of(database, "SELECT a FROM t")
    assert isinstance(said, DatabaseDamaged)
    assert said.message == "The database is damaged (a text in it cannot be read)."


def test_a_statement_of_ours_is_not_called_the_databases_fault(
    database: sqlite3.Connection,
) -> None:
    database.execute("CREATE UNIQUE INDEX i ON t (a)")
    database.execute("INSERT INTO t VALUES (1)")
    assert said_of(database, "INSERT INTO t VALUES (1)") is None


def test_a_page_that_breaks_while_the_playground_runs_is_one_sentence(tmp_path: Path) -> None:
    store = run_store(tmp_path)
    store.add(*(sample_run(f"{number}") for number in range(400)))
    store.close()
    break_pages(tmp_path / "runs.sqlite3")
    with pytest.raises(DatabaseDamaged) as caught:
        read_all(store)
    assert str(caught.value) == (
        "The database is damaged (database disk image is malformed). "
        "Nothing was sent or charged. Stop the playground and run `python app.py recover`: "
        "it gets back what can be read, and keeps the damaged file."
    )
    store.close()


def break_pages(file: Path) -> None:
    """Overwrite a third of the pages in the middle."""
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(size // 3 // 4096 * 4096)
        opened.write(b"\xff" * (size // 3))


def read_all(store: RunStore) -> None:
    for number in range(200):
        store.get(f"{number}")
