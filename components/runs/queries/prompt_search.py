"""Searching prompts and titles: a narrow table of their text, and in SQLite an index of letters.

The index knows every run of three letters (FTS5, trigram), so that a rare word is found without
reading the rest. Where there is none (PostgreSQL, a SQLite before 3.34, a search of one or two
letters) the narrow table is read instead.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.catalog.storable_text import storable
from components.database.engine import reading
from components.database.schema import RUN_TEXTS

RARE = 300
"""Up to so many matches are fetched and sorted; beyond, walking down the newest runs is quicker."""
MERGE_PAGES = 200
_LETTERS = 3
_SOMETHING_CHANGED = 2
"""The command itself counts as a change, says the manual of FTS5; fewer than two are none."""


_INDEX = sa.table("run_letters", sa.column("rowid", sa.Integer))


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
