"""`python app.py migrate`: from SQLite and the data folder to PostgreSQL and an object store."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from components.database.data_folder import owned
from components.database.engine import open_database
from components.database.kept_media import kept_media
from components.database.sqlite.integrity import check_database, is_empty
from components.database.sqlite.read_only import opened_read_only
from components.errors import PlaygroundError, SettingsError
from components.media.store.bucket_address import ObjectStoreSettings
from components.media.store.media_store import FolderStore
from components.media.store.opening import open_media_store
from components.runs.maintenance.data_move import Place, move
from components.settings import DATABASE_FILE, Settings


def run_migrate(settings: Settings, database: Path | None, say: Callable[[str], object]) -> str:
    """Move while no playground runs in the data folder; returns what to do next.

    `database` is the SQLite file to read, None for that of the data folder. Progress is told to
    `say`, a line at a time.

    Raises:
        SettingsError: there is nothing to move, nowhere to move it, a playground runs in the data
            folder, or the target holds something else.
        DatabaseUnavailable: a database cannot be read or written.
        StorageError: a file cannot be copied, or did not arrive.
    """
    if not settings.is_shared:
        raise SettingsError(
            "`python app.py migrate` moves the data folder to PostgreSQL and an object store; set "
            "PLAYGROUND_DATABASE_URL and PLAYGROUND_MEDIA_URL to where it is to go."
        )
    scratch = settings.data_dir / "moving"
    with owned(settings.data_dir), ExitStack() as stack:
        file = _source_file(settings, database)
        scratch.mkdir(exist_ok=True)
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        kept = stack.enter_context(opened_read_only(file, scratch))
        source = Place(kept, FolderStore(settings.data_dir / "media"))
        target = _target(settings, scratch, stack)
        say(f"Moving {file} and the files beside it; the data folder stays as it is.")
        try:
            return move(source, target, say)
        except KeyboardInterrupt:
            raise PlaygroundError(
                "Stopped before everything was moved; the data folder is as it was.",
                advice="Run it again: it goes on from here.",
            ) from None


def _source_file(settings: Settings, database: Path | None) -> Path:
    file = database or settings.data_dir / DATABASE_FILE
    check_database(f"sqlite:///{file.absolute()}", settings.data_dir / "media")
    if is_empty(file):
        raise SettingsError(
            f"There is nothing to move: the database {file} is not there. Set PLAYGROUND_DATA_DIR "
            "to the folder where a playground kept its runs, or name the file with --database."
        )
    return file


def _target(settings: Settings, scratch: Path, stack: ExitStack) -> Place:
    database = open_database(settings.database_url)
    stack.callback(database.dispose)
    access = ObjectStoreSettings(**settings.object_store, ca_file=settings.ca_file)
    media = open_media_store(settings.media_url, access, scratch, partial(kept_media, database))
    return Place(database, stack.enter_context(media))
