"""A new database out of a broken one, and out of the files that are still there.

The broken file is copied and read, then kept aside under another name; nothing is overwritten, and
nothing is sent. A recovery that is killed can simply be started again.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from math import inf
from pathlib import Path

import sqlalchemy as sa

from components.catalog import Catalog
from components.database.engine import reading
from components.database.schema import (
    ELEMENTS,
    METADATA,
    PURGED,
    RUN_MEDIA,
    RUN_PARENTS,
    RUN_TEXTS,
    RUNS,
)
from components.database.sqlite.integrity import (
    SIDE_FILES,
    beside,
    check_place,
    database_file,
    fault_of,
    is_empty,
)
from components.database.sqlite.pages import copy_with_log
from components.errors import DatabaseUnavailable, DownloadFailed
from components.media.store.media_store import FolderStore
from components.runs.maintenance.damaged_rows import Salvage, has_readable_rows
from components.runs.maintenance.found_files import runs_of_files
from components.runs.maintenance.salvaged_runs import salvaged_run
from components.runs.run import Run
from components.runs.steps.result_collector import Collector
from components.runs.store.forms.element_library import files_of_kit
from components.runs.store.run_store import RunStore

LOGGER = logging.getLogger(__name__)
READY = ".recovered"
"""The ending of a new database that is whole and has only to take its place."""
BATCH = 200
_WRITTEN_WITH_RUNS = {RUNS, RUN_MEDIA, RUN_PARENTS, RUN_TEXTS}


def recover(
    url: str, media_dir: Path, folders: Sequence[Path], catalog: Catalog, now: float
) -> str:
    """Make a new database where the old one is broken, empty or gone; tells what became of it.

    Files in `folders` that carry the settings of a run are taken in too. `now` is in seconds since
    the epoch; the caller holds the data folder.

    Raises:
        SettingsError: the database's file or folder cannot be used.
        DatabaseUnavailable: there is no room, or another program holds the database.
    """
    file = database_file(url)
    check_place(file)
    if not beside(file, READY).exists():
        fault = fault_of(file, media_dir, max_bytes=inf)
        if not fault and not is_empty(file) and not has_readable_rows(file, _json_columns()):
            fault = f"Some rows of {file} cannot be read"
        if not fault and not (is_empty(file) and folders):
            what = "There is nothing to recover" if is_empty(file) else f"{file} is whole"
            return f"{what}: nothing was changed."
        LOGGER.info("%s.", fault or "A new database is made")
        scratch = Path(tempfile.mkdtemp(prefix="recover-", dir=file.parent))
        try:
            copy, new = scratch / "old.sqlite3", scratch / "new.sqlite3"
            salvage = Salvage(copy, copy_with_log(file, copy), _columns())
            said = _filled(salvage, f"sqlite:///{new}", _Files(media_dir, folders, catalog), now)
            new.replace(beside(file, READY))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    else:
        said = "A recovery that was cut short is finished."
    return f"{said} {_put_in_place(file, now)} Nothing was sent or charged."


def _columns() -> dict[str, list[str]]:
    return {table.name: list(table.columns.keys()) for table in METADATA.sorted_tables}


def _json_columns() -> dict[str, set[str]]:
    return {
        table.name: {column.name for column in table.columns if isinstance(column.type, sa.JSON)}
        for table in METADATA.sorted_tables
    }


def _put_in_place(file: Path, now: float) -> str:
    """Let the new database take its place, and the old one another name."""
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = beside(file, f".damaged-{moment}")
    has_old = False
    for ending in (*SIDE_FILES, ""):
        part = beside(file, ending)
        if part.exists():
            part.replace(beside(aside, ending))
            has_old = True
    beside(file, READY).replace(file)
    return f"The old database is kept as {aside}." if has_old else ""


@dataclass(frozen=True)
class _Files:
    """The media store, and other folders in which files may carry settings."""

    media_dir: Path
    folders: Sequence[Path]
    catalog: Catalog

    def runs(self, database: sa.Engine) -> Iterator[Run]:
        """Runs out of files that nothing refers to, oldest first, and whose id is not known."""
        collector = Collector(FolderStore(self.media_dir), download=_none_is_made)
        taken = _ids(database, RUNS)
        named = _named_files(database)
        stored = (file for file in self.media_dir.glob("??/*") if file.name not in named)
        others = (file for folder in self.folders for file in folder.rglob("*") if file.is_file())
        found = chain(
            runs_of_files(sorted(others), self.catalog, collector, only_with_settings=True),
            runs_of_files(sorted(stored, key=_size, reverse=True), self.catalog, collector),
        )
        for run in found:
            shown = {name for it in run.outputs for name in (it.name, it.thumb) if name}
            if run.id not in taken and run.outputs[0].name not in named:
                taken.add(run.id)
                named |= shown
                yield run


def _filled(salvage: Salvage, database: str, files: _Files, now: float) -> str:
    """Write a new database; tells what is in it."""
    store = RunStore(database)
    try:
        _copy_tables(salvage, store.database)
        rows = salvage.rows(RUNS.name, _ids(store.database, PURGED))
        kept = _keep(store, (run for row in rows if (run := salvaged_run(row, now))))
        found = _keep(store, files.runs(store.database)) if not salvage.is_whole else 0
        elements = len(_ids(store.database, ELEMENTS))
    finally:
        store.close()
    said = f"Got back: {_count(kept, 'run')} and {_count(elements, 'element')}."
    if found:
        said += f" {_count(found, 'more run')} put together from files that no run refers to."
    if salvage.lost:
        said += f" {_count(salvage.lost, 'row')} could not be read."
    return said


def _copy_tables(salvage: Salvage, database: sa.Engine) -> None:
    """Copy the rows of the tables that are not written with the runs."""
    for table in METADATA.sorted_tables:
        if table in _WRITTEN_WITH_RUNS:
            continue
        with database.begin() as connection:
            for row in salvage.rows(table.name):
                given = [name for name in row if name in table.columns]
                names, marks = ", ".join(given), ", ".join("?" * len(given))
                connection.exec_driver_sql(
                    f"INSERT OR IGNORE INTO {table.name} ({names}) VALUES ({marks})",  # noqa: S608
                    tuple(row[name] for name in given),
                )


def _keep(store: RunStore, runs: Iterable[Run]) -> int:
    """Keep runs in turns; returns how many. One that cannot be kept keeps no other."""
    kept, waiting = 0, iter(runs)
    while some := list(islice(waiting, BATCH)):
        kept += _keep_some(store, some)
    return kept


def _keep_some(store: RunStore, runs: list[Run]) -> int:
    try:
        store.add(*runs)
    except DatabaseUnavailable:
        raise
    except Exception:
        half = len(runs) // 2
        if not half:
            LOGGER.exception("the run %s cannot be kept", runs[0].id)
            return 0
        return _keep_some(store, runs[:half]) + _keep_some(store, runs[half:])
    return len(runs)


def _ids(database: sa.Engine, table: sa.Table) -> set[str]:
    with reading(database) as connection:
        return set(connection.execute(sa.select(table.c.id)).scalars())


def _named_files(database: sa.Engine) -> set[str]:
    """The files of the media store that something refers to."""
    with reading(database) as connection:
        tables = [table for table in METADATA.sorted_tables if "name" in table.columns]
        names = {
            name
            for table in tables
            for name in connection.execute(sa.select(table.c.name)).scalars()
        }
        return names | files_of_kit(connection)


def _none_is_made(url: str, target: Path) -> object:
    raise DownloadFailed(f"{url} is not fetched to {target.name}.")


def _size(file: Path) -> int:
    return file.stat().st_size


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
