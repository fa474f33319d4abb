"""Checks the database's file before it is opened: opening the wrong one could overwrite it.

SQLite takes an empty file for a new database, and drops what stands in the log beside it.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from components.database.data_folder import check_writable
from components.database.sqlite.errors import RECOVER, explained
from components.errors import DatabaseDamaged, SettingsError

SETTING = "PLAYGROUND_DATABASE_URL"
MAGIC = b"SQLite format 3\0"
SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is open, or was left open by a killed process."""
CHECKED_MAX_BYTES = 512 * 1024 * 1024
"""Every page of a database up to this size is looked at, in about 1.5 s; measured at 350 MB/s."""
_BUSY_S = 2.5
_HARMLESS = ("ok", "NULL value in", "CHECK constraint failed")
"""What SQLite's check says of a file that is whole."""


def database_file(url: str) -> Path:
    """The file that a SQLite address names."""
    return Path(sa.make_url(url).database or "")


def check_database(url: str, media_dir: Path) -> None:
    """Make sure that a database may be opened, or made, without losing an older one.

    Raises:
        SettingsError: its file or folder cannot be used.
        DatabaseDamaged: it is broken, or gone or empty beside files of earlier runs.
        DatabaseUnavailable: it cannot be read just now.
    """
    file = database_file(url)
    check_place(file)
    fault = fault_of(file, media_dir)
    if fault:
        raise DatabaseDamaged(f"{fault}.", cost=_what_is_safe(media_dir), advice=_what_to_do(file))


def fault_of(file: Path, media_dir: Path, max_bytes: float = CHECKED_MAX_BYTES) -> str:
    """What is wrong with a database's file, as the beginning of a sentence; "" for nothing.

    Every page of a file of up to `max_bytes` is looked at. Nothing is written, and what stands in
    the log beside it stays there.
    """
    if is_empty(file):
        if not has_files(media_dir) and is_empty(beside(file, "-wal")):
            return ""
        what = "is empty" if file.exists() else "is not there"
        return f"The database {file} {what}, but there are files of earlier runs beside it"
    with file.open("rb") as opened:
        if opened.read(len(MAGIC)) != MAGIC:
            return f"{file} is not a database, or its beginning is damaged"
    verdict = _verdict(file, has_files(media_dir), max_bytes)
    return f"The database {file} is damaged ({verdict})" if verdict else ""


def beside(file: Path, ending: str) -> Path:
    """A file of SQLite's own that stands beside a database."""
    return file.with_name(file.name + ending)


def has_files(media_dir: Path) -> bool:
    """Whether a media store keeps anything."""
    return any(media_dir.glob("??/*"))


def check_place(file: Path) -> None:
    """Raises `SettingsError` where a database's file or folder cannot be used."""
    if file.is_dir():
        raise SettingsError(
            f"The database {file} is a folder. Move it away, or give {SETTING} the path of a file."
        )
    if not file.parent.is_dir():
        raise SettingsError(f"The folder {file.parent} does not exist. Make it, or set {SETTING}.")
    try:
        for part in (file.parent, file, *(beside(file, ending) for ending in SIDE_FILES)):
            check_writable(part)
    except OSError as error:
        raise SettingsError(
            f"The playground may not write {error.filename} ({error.strerror}). What is kept there "
            "is as it was. Make it writable for the user who starts the playground, or set "
            f"{SETTING}."
        ) from None


def is_empty(file: Path) -> bool:
    """Whether a file is not there, or has nothing in it."""
    return not file.exists() or not file.stat().st_size


def _verdict(file: Path, must_have_runs: bool, max_bytes: float) -> str:
    """What SQLite finds wrong with a file, "" for nothing; it is opened without writing."""
    try:
        with closing(_opened_to_read(file)) as database:
            tables = "SELECT count(*) FROM sqlite_master WHERE name = 'runs'"
            if must_have_runs and not database.execute(tables).fetchone()[0]:
                return "there are no runs in it"
            if file.stat().st_size > max_bytes:
                return ""
            found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
            return "" if found.startswith(_HARMLESS) else _on_one_line(found)
    except UnicodeDecodeError:
        return "its description of itself is no text"
    except sqlite3.Error as error:
        said = explained(error)
        if isinstance(said, DatabaseDamaged):
            return _on_one_line(str(error))
        if beside(file, "-journal").exists():
            return ""  # Of a process that was killed as it made the file; only a writer undoes it.
        raise said or error from error


def _opened_to_read(file: Path) -> sqlite3.Connection:
    address = f"{file.absolute().as_uri()}?mode=ro"
    database = sqlite3.connect(address, uri=True, timeout=_BUSY_S)
    # The verdict names what is broken by what stands there.
    database.text_factory = lambda raw: raw.decode("ascii", "replace")
    return database


def _on_one_line(text: str) -> str:
    return " ".join(text.replace("*", "").split()).rstrip(".")


def _what_is_safe(media_dir: Path) -> str:
    if not has_files(media_dir):
        return "Nothing was overwritten."
    return f"Your pictures and videos in {media_dir} are still there; nothing was overwritten."


def _what_to_do(file: Path) -> str:
    if file.exists() and file.stat().st_size:
        return f"Run {RECOVER}: it gets back what can be read, and keeps the damaged file."
    return (
        f"Put a copy of the database back, or run {RECOVER} to list those files in a new one. "
        "To begin anew, move them away."
    )
