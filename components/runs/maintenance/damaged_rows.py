"""What a damaged database still tells: its rows, read around the pages that cannot be read.

Where SQLite gets no further, single rows are read column by column, and gaps are jumped over with
steps that double. What is not reached so is looked for in every page of the file; there a row may
be an old one, so only the kinds of rows that are known by their look are taken.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.database.sqlite.pages import Record, records
from components.runs.run import Status

LOGGER = logging.getLogger(__name__)
Raw = dict[str, Any]
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What reading damaged pages raises; SQLite's own message may be no text."""
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_STATUSES = frozenset(Status)


def _looks_like_a_run(row: Raw) -> bool:
    return (
        _is_text(row, "id", "model")
        and row.get("status") in _STATUSES
        and isinstance(row.get("created_at"), int | float)
        and isinstance(_json(row.get("request")), dict)
        and isinstance(_json(row.get("events")), list)
    )


def _looks_like_an_element(row: Raw) -> bool:
    return _is_text(row, "id", "name") and isinstance(_json(row.get("element")), dict)


def _looks_like_figures(row: Raw) -> bool:
    return _is_text(row, "id", "model") and row.get("status") in _STATUSES


LOOKS: Mapping[str, Callable[[Raw], bool]] = {
    "runs": _looks_like_a_run,
    "kit_elements": _looks_like_an_element,
    "purged_runs": _looks_like_figures,
}
"""How the rows of the tables that nothing can replace are known, in a file without an order."""


@dataclass
class Salvage:
    """Reads a copy of a damaged database; `lost` counts the rows that are known to be missing."""

    file: Path
    page_bytes: int
    columns: Mapping[str, Sequence[str]]
    """The columns of each table as they are today, for a file that does not tell its own."""
    lost: int = 0
    is_whole: bool = True

    def rows(self, table: str, gone: Collection[str] = ()) -> Iterator[Raw]:
        """The rows of a table, each once by its first column; one may lack some columns.

        `gone` are the keys of rows that were removed, and may stand in some page still.
        """
        key, known = self.columns[table][0], set()
        for row in self._in_order(table):
            if row.get(key) is None:
                self.lost += 1
                continue
            known.add(row[key])
            yield row
        if not self.is_whole and table in LOOKS:
            for row in self._anywhere(table):
                if row[key] not in known and row[key] not in gone:
                    known.add(row[key])
                    yield row

    def _in_order(self, table: str) -> Iterator[Raw]:
        try:
            with closing(sqlite3.connect(self.file, isolation_level=None)) as database:
                database.text_factory = lambda raw: raw.decode(errors="replace")
                known = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
                if not known:
                    self.is_whole = False
                    return
                start: int | None = _LOWEST
                while start is not None:
                    start = yield from self._from(database, table, known, start)
        except UNREADABLE as error:
            LOGGER.info("the table %s cannot be read in order (%s)", table, error)
            self.is_whole = False

    def _from(
        self, database: sqlite3.Connection, table: str, columns: Sequence[str], start: int
    ) -> Generator[Raw, None, int | None]:
        """Rows from a number on; returns where to go on after a row or a page that is broken."""
        wanted = f"SELECT rowid, * FROM {table} NOT INDEXED WHERE rowid >= ? ORDER BY rowid"  # noqa: S608
        try:
            for number, *values in database.execute(wanted, (start,)):
                start = number + 1
                yield dict(zip(columns, values, strict=True))
        except UNREADABLE:
            self.is_whole = False
        else:
            return None
        try:
            broken = _first(database, table, start)
        except UNREADABLE:
            return _beyond(database, table, start)
        if broken is None:
            return None
        yield dict(_cells(database, table, columns, broken))
        return broken + 1

    def _anywhere(self, table: str) -> Iterator[Raw]:
        """Rows that look like those of a table, in whichever page they stand; the newest first."""
        orders = [*_described(records(self.file, self.page_bytes), table), self.columns[table]]
        found: list[Raw] = []
        for record in records(self.file, self.page_bytes):
            for order in orders:
                row = dict(zip(order, record, strict=False))
                if len(record) <= len(order) and LOOKS[table](row):
                    found.append(row)
                    break
        return iter(sorted(found, key=_progress, reverse=True))


def has_readable_rows(file: Path, json_columns: Mapping[str, Collection[str]]) -> bool:
    """Whether every text in a database without broken pages is text, and its JSON is JSON."""
    address = f"{file.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            for table, columns in json_columns.items():
                known = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
                rows = database.execute(f"SELECT * FROM {table}") if known else ()  # noqa: S608
                for row in rows:
                    for name, value in zip(known, row, strict=True):
                        if name in columns and value is not None:
                            json.loads(value)
    except (*UNREADABLE, TypeError, ValueError):
        return False
    return True


def _first(database: sqlite3.Connection, table: str, start: int) -> int | None:
    """The number of the first row from `start` on, read from its page alone."""
    wanted = f"SELECT rowid FROM {table} NOT INDEXED WHERE rowid >= ? ORDER BY rowid LIMIT 1"  # noqa: S608
    row = database.execute(wanted, (start,)).fetchone()
    return int(row[0]) if row else None


def _beyond(database: sqlite3.Connection, table: str, start: int) -> int | None:
    """The nearest number after `start` from which rows can be read again; None for nowhere."""

    def is_readable(number: int) -> bool:
        try:
            _first(database, table, number)
        except UNREADABLE:
            return False
        return True

    broken, step = max(start, 0), 1
    while not is_readable(min(broken + step, _HIGHEST)):
        if broken + step >= _HIGHEST:
            return None
        broken, step = broken + step, step * 2
    low, high = broken, min(broken + step, _HIGHEST)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_readable(middle) else (middle, high)
    return high


def _cells(
    database: sqlite3.Connection, table: str, columns: Sequence[str], number: int
) -> Iterator[tuple[str, Any]]:
    """What can be read of a row that goes on in broken pages: its first columns, mostly."""
    for name in columns:
        wanted = f'SELECT "{name}" FROM {table} NOT INDEXED WHERE rowid = ?'  # noqa: S608
        with suppress(*UNREADABLE):
            yield name, database.execute(wanted, (number,)).fetchone()[0]


def _described(everything: Iterable[Record], table: str) -> Iterator[Sequence[str]]:
    """The columns of a table in the order that its own description, also a row, gives them."""
    for record in everything:
        if len(record) == 5 and record[:2] == ("table", table) and isinstance(record[4], str):
            with closing(sqlite3.connect(":memory:")) as scratch, suppress(*UNREADABLE):
                scratch.execute(record[4])
                info = scratch.execute(f"PRAGMA table_info({table})")
                yield tuple(row[1] for row in info)


def _progress(row: Raw) -> int:
    """How far a run had come when a page was written: of two copies the later one is wanted."""
    return len(_json(row.get("events")) or ())


def _is_text(row: Raw, *names: str) -> bool:
    return all(isinstance(row.get(name), str) and row[name] for name in names)


def _json(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return None
