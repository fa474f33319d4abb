"""Searching prompts and titles: a narrow table of their text, and in SQLite an index of letters.

The index knows every run of three letters (FTS5, trigram), so that a rare word is found without
reading the rest. Where there is none (PostgreSQL, a SQLite before 3.34, a search of one or two
letters) the narrow table is read instead.
"""

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.catalog.storable_text import storable
from components.database.engine import METADATA, reading

RARE = 300
"""Up to so many matches are fetched and sorted; beyond, walking down the newest runs is quicker."""
MERGE_PAGES = 200
_LETTERS = 3
_SOMETHING_CHANGED = 2
"""The command itself counts as a change, says the manual of FTS5; fewer than two are none."""


def _fill(connection: Connection) -> None:
    kept = sa.text("SELECT id, prompt, title FROM runs ORDER BY created_at")
    rows = [(row.id, row.prompt, row.title) for row in connection.execute(kept)]
    for run_id, prompt, title in rows:
        keep_text(connection, run_id, prompt, title)


RUN_TEXTS = sa.Table(
    "run_texts",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.String(64), nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
    info={"fill": _fill},
)
_INDEX = sa.table("run_letters", sa.column("rowid", sa.Integer))
_INDEX_DDL = (
    """CREATE VIRTUAL TABLE run_letters USING fts5(
        text, content='run_texts', content_rowid='number', tokenize='trigram case_sensitive 1')""",
    """CREATE TRIGGER run_texts_added AFTER INSERT ON run_texts BEGIN
        INSERT INTO run_letters(rowid, text) VALUES (new.number, new.text);
    END""",
    """CREATE TRIGGER run_texts_removed AFTER DELETE ON run_texts BEGIN
        INSERT INTO run_letters(run_letters, rowid, text) VALUES ('delete', old.number, old.text);
    END""",
    """CREATE TRIGGER run_texts_changed AFTER UPDATE ON run_texts BEGIN
        INSERT INTO run_letters(run_letters, rowid, text) VALUES ('delete', old.number, old.text);
        INSERT INTO run_letters(rowid, text) VALUES (new.number, new.text);
    END""",
)


def keep_text(connection: Connection, run_id: str, prompt: str, title: str) -> None:
    """Let a new run be found by its prompt and title."""
    connection.execute(RUN_TEXTS.insert().values(run_id=run_id, text=_folded(prompt, title)))


def change_text(connection: Connection, run_id: str, prompt: str, title: str) -> None:
    """Let a run be found by its new title."""
    connection.execute(
        RUN_TEXTS.update().where(RUN_TEXTS.c.run_id == run_id).values(text=_folded(prompt, title))
    )


def forget_removed(engine: sa.Engine) -> None:
    """Merge the index without what was removed from it, in turns that nobody waits long for."""
    with reading(engine) as connection:
        if not _has_index(connection):
            return
    pages, changed = -MERGE_PAGES, _SOMETHING_CHANGED
    while changed >= _SOMETHING_CHANGED:
        with engine.begin() as connection:
            changes = sa.text("SELECT total_changes()")
            before = connection.execute(changes).scalar_one()
            merge = sa.text("INSERT INTO run_letters(run_letters, rank) VALUES ('merge', :pages)")
            connection.execute(merge, {"pages": pages})
            changed = connection.execute(changes).scalar_one() - before
        pages = MERGE_PAGES


def matching(
    connection: Connection, run_id: sa.ColumnElement[str], typed: str
) -> sa.ColumnElement[bool]:
    """The condition that a run's prompt or title contains what was typed, letter by letter."""
    contains = RUN_TEXTS.c.text.contains(typed.casefold(), autoescape=True)
    some = _numbers(connection, typed.casefold(), contains).limit(RARE + 1)
    numbers = connection.execute(some).scalars().all()
    if len(numbers) > RARE:
        return sa.exists().where(RUN_TEXTS.c.run_id == run_id, contains)
    return run_id.in_(sa.select(RUN_TEXTS.c.run_id).where(RUN_TEXTS.c.number.in_(numbers)))


def _numbers(
    connection: Connection, letters: str, contains: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    # A zero character would end the phrase for FTS5.
    if len(letters) < _LETTERS or "\0" in letters or not _has_index(connection):
        return sa.select(RUN_TEXTS.c.number).where(contains)
    phrase = '"' + letters.replace('"', '""') + '"'
    return sa.select(_INDEX.c.rowid).where(sa.literal_column("run_letters").op("MATCH")(phrase))


def _has_index(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    known = "SELECT 1 FROM sqlite_master WHERE name = 'run_letters'"
    return connection.exec_driver_sql(known).scalar() is not None


def _folded(prompt: str, title: str) -> str:
    """Folded here, as databases fold ASCII letters only."""
    return str(storable(f"{title}\n{prompt}")).casefold()


@sa.event.listens_for(RUN_TEXTS, "after_create")
def _create_index(_: sa.Table, connection: Connection, **__: Any) -> None:
    if connection.dialect.name != "sqlite" or sqlite3.sqlite_version_info < (3, 34):
        return
    has_fts5 = sa.text("SELECT sqlite_compileoption_used('ENABLE_FTS5')")
    if connection.execute(has_fts5).scalar():
        for statement in _INDEX_DDL:
            connection.exec_driver_sql(statement)
