"""`python app.py recover`: a new database out of a broken one and the files that are kept."""

import time
from collections.abc import Sequence
from pathlib import Path

from components.catalog import open_catalog
from components.database.data_folder import owned
from components.runs.maintenance.database_rebuild import recover
from components.settings import Settings


def run_recover(settings: Settings, folders: Sequence[Path]) -> str:
    """Recover while no playground runs in the data folder; tells what became of it.

    Raises:
        SettingsError: a playground runs there, or the database's file or folder cannot be used.
        DatabaseUnavailable: there is no room, or another program holds the database.
    """
    with owned(settings.data_dir):
        media_dir = settings.data_dir / "media"
        return recover(settings.database_url, media_dir, folders, open_catalog(), time.time())
