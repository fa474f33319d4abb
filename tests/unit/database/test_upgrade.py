"""A database of an earlier version opens, keeps its runs, and gets what it lacks."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from components.database.engine import METADATA
from components.media.store.media_store import ref
from components.runs.queries.history import Query
from components.runs.run import Run, Status
from components.runs.store.forms.element_library import ElementLibrary
from tests.run_samples import IMAGE_O1, NOW, run_store, sample_run

PICTURE = "a" * 64 + ".png"
FIRST_VERSION = f"""
CREATE TABLE runs (
    id VARCHAR(64) NOT NULL, model VARCHAR(128) NOT NULL, prompt TEXT NOT NULL,
    request JSON NOT NULL, status VARCHAR(16) NOT NULL, created_at FLOAT NOT NULL,
    next_step_at FLOAT NOT NULL, lease_until FLOAT DEFAULT '0' NOT NULL,
    attempts INTEGER NOT NULL, submitted_at FLOAT, finished_at FLOAT, expected_s FLOAT,
    generation_id VARCHAR(256), inference_id VARCHAR(256), quoted_usd FLOAT, charged_usd FLOAT,
    cancel_requested BOOLEAN NOT NULL, note TEXT NOT NULL, error TEXT NOT NULL, response JSON,
    outputs JSON NOT NULL, events JSON NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX runs_due ON runs (next_step_at)
    WHERE status NOT IN ('done', 'failed', 'cancelled');
CREATE INDEX runs_by_model ON runs (model, status, finished_at);
CREATE INDEX runs_newest ON runs (created_at, id);
CREATE TABLE kit_elements (
    id VARCHAR(64) NOT NULL, name VARCHAR(60) NOT NULL, element JSON NOT NULL,
    created_at FLOAT NOT NULL, PRIMARY KEY (id)
);
INSERT INTO runs VALUES (
    'old', 'klingai/image-o1', 'Ein Ärmel',
    '{{"prompt": "Ein Ärmel", "image_urls": ["{ref(PICTURE)}"]}}', 'done', 1800000000.5,
    1800000000.5, 0, 0, 1800000001, 1800000009, 8, NULL, 'i-1', NULL, 0.028, 0, '', '',
    '{{"data": []}}', '[{{"kind": "image", "name": "{PICTURE}"}}]',
    '[{{"at": 1800000000.5, "what": "Accepted here."}}]'
);
INSERT INTO kit_elements VALUES ('e', 'Hero', '{{}}', 1800000000.5);
"""


@pytest.fixture
def old_database(tmp_path: Path) -> Path:
    connection = sqlite3.connect(tmp_path / "runs.sqlite3")
    connection.executescript(FIRST_VERSION)
    connection.close()
    return tmp_path


def described(folder: Path) -> dict[str, set[str]]:
    """The columns of each table, and the names of all indexes."""
    connection = sqlite3.connect(folder / "runs.sqlite3")
    rows = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
    found = {
        name: {column[1] for column in connection.execute(f"PRAGMA table_info({name})")}
        for kind, name in rows
        if kind == "table"
    }
    found["indexes"] = {name for kind, name in rows if kind == "index"}
    connection.close()
    return found


def test_an_old_run_is_read_found_and_written(old_database: Path) -> None:
    store = run_store(old_database)
    run = store.get("old")
    assert run == Run(**{**vars(sample_run("old", model=IMAGE_O1)), **vars(run)})
    assert (run.status, run.charged_usd, run.title, run.parents) == (Status.DONE, 0.028, "", ())
    assert [card.id for card in store.find_cards(Query(text="ärmel")).runs] == ["old"]
    assert store.annotate("old", favourite=True).favourite
    store.add(sample_run("new"))
    assert [run.id for run in store.find(Query(favourite=True)).runs] == ["old"]
    store.close()


def test_the_files_of_an_old_run_are_known(old_database: Path) -> None:
    removed: list[str] = []
    store = run_store(old_database)
    store.delete(["old"], NOW)
    assert store.purge(NOW + 1, removed.append) == 1
    assert removed == [PICTURE]
    store.close()


def test_an_upgraded_database_is_like_a_new_one_and_opens_again(
    old_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    new = tmp_path_factory.mktemp("new")
    run_store(new).close()
    run_store(old_database).close()
    upgraded = described(old_database)
    assert upgraded == described(new)
    run_store(old_database).close()
    assert described(old_database) == upgraded


def test_figures_of_runs_purged_by_an_earlier_version_stay_and_more_can_join(
    old_database: Path,
) -> None:
    connection = sqlite3.connect(old_database / "runs.sqlite3")
    connection.executescript(
        """
        CREATE TABLE purged_runs (
            id VARCHAR(64) NOT NULL, model VARCHAR(128) NOT NULL, status VARCHAR(16) NOT NULL,
            submitted_at FLOAT, finished_at FLOAT, quoted_usd FLOAT, charged_usd FLOAT,
            PRIMARY KEY (id)
        );
        INSERT INTO purged_runs VALUES
            ('old', 'klingai/image-o1', 'done', 1800000000, 1800000005, 0.5, 0.4),
            ('unknown', 'klingai/image-o1', 'done', 1800000000, 1800000005, 0.5, NULL);
        """
    )
    connection.close()
    store = run_store(old_database)
    store.delete(["old"], NOW)
    assert store.purge(NOW + 1, str.strip) == 1
    spent = store.spent_today(NOW)
    assert spent.charged_usd == pytest.approx(0.428)
    assert spent.reserved_usd == 0.5
    assert store.uncharged() == []
    store.close()


def test_an_old_element_is_kept(old_database: Path) -> None:
    store = run_store(old_database)
    assert [element.name for element in ElementLibrary(store.database).all()] == ["Hero"]
    assert [run.id for run in store.find(Query(text="ärmel")).runs] == ["old"]
    store.close()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(old_database: Path) -> None:
    before = described(old_database)
    connection = sqlite3.connect(old_database / "runs.sqlite3")
    connection.execute("UPDATE runs SET outputs = 'no JSON'")
    connection.commit()
    connection.close()
    with pytest.raises(ValueError, match="Expecting value"):
        run_store(old_database)
    assert described(old_database) == before


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
