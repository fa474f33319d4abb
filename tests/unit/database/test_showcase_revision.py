"""A database of before there were showcases keeps its runs, and gets their tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from components.database.engine import open_database
from components.database.migrations import HEAD
from components.database.schema import METADATA
from components.database.showcase_tables import SHOWCASES
from tests.samples.showcase_room import PICTURE_RUN, database_address, opened_room

OURS = [name for name in METADATA.tables if name.startswith("showcase") or name == "run_reviews"]
LATER = ("kept_media", "provider_state", "reference_looks")
"""Tables of revisions after theirs."""


def before_showcases(folder: Path) -> None:
    """Turn a database of today into one of revision 0002."""
    with closing(sqlite3.connect(folder / "playground.sqlite3")) as database, database:
        for name in (*OURS, *LATER):
            database.execute(f"DROP TABLE {name}")
        database.execute("UPDATE alembic_version SET version_num = '0002'")


def test_its_runs_stay_and_can_be_shown(tmp_path: Path) -> None:
    with opened_room(tmp_path):
        pass
    before_showcases(tmp_path)
    with opened_room(tmp_path, 0) as room:
        showcase_id, _ = room.show(PICTURE_RUN)
        assert room.store.get("run-0005").prompt == "A harbour, number 5"
        assert room.showcases.editor.get(showcase_id).items
        assert len(OURS) == 9


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_its_tables_are_those_of_the_schema(tmp_path: Path) -> None:
    with opened_room(tmp_path):
        pass
    before_showcases(tmp_path)
    engine = open_database(database_address(tmp_path))
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == HEAD
        differences = [it for it in compare_metadata(context, METADATA) if _is_of_ours(it)]
        assert differences == []
        assert connection.execute(sa.select(sa.func.count()).select_from(SHOWCASES)).scalar() == 0
    engine.dispose()


def _is_of_ours(difference: object) -> bool:
    return any(name in str(difference) for name in [*OURS, *LATER])
