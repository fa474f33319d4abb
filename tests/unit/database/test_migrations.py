"""A database of an earlier revision opens, keeps its runs, and has the tables of today then."""

import json
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from components.database import migrations
from components.database.engine import reading
from components.database.migrations import FIRST, HEAD, is_up_to_date
from components.database.schema import ACTIVE, IN_FLIGHT, METADATA, QUEUED, RUNS, SAVING, UNCHARGED
from components.database.sqlite.read_only import opened_read_only
from components.errors import DatabaseUnavailable
from components.media.store.media_store import ref
from components.runs.queries.history import Query
from components.runs.run import FINAL, Run, Status
from components.runs.store.forms.element_library import ElementLibrary
from tests.samples.run_samples import IMAGE_O1, NOW, run_store, sample_run

PICTURE = "a" * 64 + ".png"
SENT_TWICE = [{"at": NOW, "what": it} for it in ("Accepted here.", "Sending.", "Sending.", "Done.")]
OLD_RUN = {
    "id": "old",
    "model": IMAGE_O1,
    "prompt": "Ein Ärmel",
    "request": json.dumps({"prompt": "Ein Ärmel", "image_urls": [ref(PICTURE)]}),
    "status": "done",
    "created_at": NOW,
    "next_step_at": NOW,
    "attempts": 0,
    "submitted_at": NOW + 1,
    "finished_at": NOW + 9,
    "charged_usd": 0.028,
    "cancel_requested": 0,
    "note": "",
    "error": "",
    "outputs": json.dumps([{"kind": "image", "name": PICTURE}]),
    "events": json.dumps(SENT_TWICE),
}


def first_schema(folder: Path) -> sqlite3.Connection:
    """A database of before revisions were noted: what the first one makes, without a version."""
    script = ScriptDirectory(str(Path(migrations.__file__).parent), version_locations=[VERSIONS])
    engine = sa.create_engine(f"sqlite:///{folder / 'runs.sqlite3'}")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        script.get_revision(FIRST).module.upgrade()
    engine.dispose()
    return sqlite3.connect(folder / "runs.sqlite3")


VERSIONS = str(Path(migrations.__file__).parent / "versions")


@pytest.fixture
def old_database(tmp_path: Path) -> Path:
    connection = first_schema(tmp_path)
    names, marks = ", ".join(OLD_RUN), ", ".join("?" * len(OLD_RUN))
    connection.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", tuple(OLD_RUN.values()))
    connection.execute("INSERT INTO run_texts (run_id, text) VALUES ('old', 'ein ärmel')")
    connection.execute("INSERT INTO run_media VALUES (?, 'old')", (PICTURE,))
    connection.execute("INSERT INTO kit_elements VALUES ('e', 'Hero', '{}', ?)", (NOW,))
    connection.commit()
    connection.close()
    return tmp_path


def described(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """What SQLite says of each table, index and trigger."""
    connection = sqlite3.connect(folder / "runs.sqlite3")
    named = connection.execute("SELECT type, name FROM sqlite_master ORDER BY name").fetchall()
    found: dict[str, list[tuple[object, ...]]] = {"names": named}
    for kind, name in named:
        asked = {"table": "table_info", "index": "index_xinfo"}.get(kind)
        if asked:
            rows = connection.execute(f"PRAGMA {asked}({name})").fetchall()
            # A column that came later stands last.
            found[name] = sorted(row[1:] for row in rows) if kind == "table" else rows
    connection.close()
    return found


def test_an_old_run_is_read_found_and_written(old_database: Path) -> None:
    store = run_store(old_database)
    run = store.get("old")
    assert run == Run(**{**vars(sample_run("old", model=IMAGE_O1)), **vars(run)})
    assert (run.status, run.charged_usd, run.title, run.parents) == (Status.DONE, 0.028, "", ())
    assert run.times_begun == 2
    assert [card.id for card in store.find_cards(Query(text="ärmel")).runs] == ["old"]
    assert store.annotate("old", favourite=True).favourite
    store.add(sample_run("new"))
    assert [run.id for run in store.find(Query(favourite=True)).runs] == ["old"]
    assert [element.name for element in ElementLibrary(store.database).all()] == ["Hero"]
    store.close()


def test_the_files_of_an_old_run_are_known(old_database: Path) -> None:
    removed: list[str] = []
    store = run_store(old_database)
    store.delete(["old"], NOW)
    assert store.purge(NOW + 1, removed.append) == 1
    assert removed == [PICTURE]
    store.close()


def test_a_database_that_went_through_all_revisions_is_like_a_new_one_and_opens_again(
    old_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    new = tmp_path_factory.mktemp("new")
    run_store(new).close()
    run_store(old_database).close()
    brought_up = described(old_database)
    assert brought_up == described(new)
    run_store(old_database).close()
    assert described(old_database) == brought_up


def test_the_last_revision_is_the_one_that_new_databases_are_said_to_have() -> None:
    script = ScriptDirectory(str(Path(VERSIONS).parent), version_locations=[VERSIONS])
    assert script.get_heads() == [HEAD]
    assert [it.revision for it in script.walk_revisions()][-1] == FIRST


def test_an_old_database_is_read_like_one_of_today_and_stays_as_it_is(old_database: Path) -> None:
    file = old_database / "runs.sqlite3"
    before = file.read_bytes()
    with opened_read_only(file, old_database) as engine, reading(engine) as connection:
        assert is_up_to_date(connection)
        assert connection.scalar(sa.select(RUNS.c.times_begun)) == 2
    assert file.read_bytes() == before


def test_a_newer_database_is_refused_in_one_sentence_and_left_as_it_is(tmp_path: Path) -> None:
    run_store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "runs.sqlite3")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.execute("ALTER TABLE runs ADD COLUMN mood TEXT")
    connection.commit()
    connection.close()
    before = described(tmp_path)
    with pytest.raises(DatabaseUnavailable, match="written by a newer playground"):
        run_store(tmp_path)
    assert described(tmp_path) == before


def test_a_database_that_lacks_what_every_released_one_has_is_refused(tmp_path: Path) -> None:
    connection = first_schema(tmp_path)
    connection.execute("ALTER TABLE runs DROP COLUMN title")
    connection.commit()
    connection.close()
    before = described(tmp_path)
    with pytest.raises(DatabaseUnavailable, match="never released: runs is not as it should be"):
        run_store(tmp_path)
    assert described(tmp_path) == before


def test_a_revision_that_fails_leaves_the_database_as_it_was(old_database: Path) -> None:
    before = described(old_database)
    connection = sqlite3.connect(old_database / "runs.sqlite3")
    connection.execute("UPDATE runs SET events = 'no JSON'")
    connection.commit()
    connection.close()
    with pytest.raises(ValueError, match="Expecting value"):
        run_store(old_database)
    assert described(old_database) == before


def test_the_conditions_of_the_indexes_name_every_status_that_there_is() -> None:
    def fitting(condition: sa.ColumnElement[bool]) -> set[str]:
        with sa.create_engine("sqlite://").connect() as connection:
            rows = ((it, connection.scalar(a_row.where(condition), {"it": it})) for it in Status)
            return {str(status) for status, fits in rows if fits}

    row = sa.select(sa.bindparam("it").label("status"), sa.null().label("charged_usd")).subquery()
    a_row = sa.select(sa.literal(True)).select_from(row)
    assert fitting(ACTIVE) == {str(it) for it in Status} - {str(it) for it in FINAL}
    assert fitting(QUEUED) == {"queued"}
    assert fitting(SAVING) == {"saving"}
    assert fitting(IN_FLIGHT) == fitting(ACTIVE) - {"queued", "saving"}
    assert fitting(UNCHARGED) == {"done", "failed"}


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_every_table_can_be_described_to_postgresql(table: sa.Table) -> None:
    dialect: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert str(CreateTable(table).compile(dialect=dialect))
    for column in table.columns:
        assert str(CreateColumn(column).compile(dialect=dialect))
    for index in table.indexes:
        assert str(CreateIndex(index, if_not_exists=True).compile(dialect=dialect))


def test_an_expression_in_an_index_has_the_parentheses_that_postgresql_asks_for() -> None:
    for table in METADATA.sorted_tables:
        for index in table.indexes:
            for expression in index.expressions:
                assert isinstance(expression, sa.Column) or str(expression).startswith("(")
