"""Where media are kept, as a setting says: in a folder, or in an S3-compatible object store."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from components.database.kept_media import KeptMedia
from components.errors import SettingsError
from components.media.store.bucket_address import SETTING, ObjectStoreSettings, bucket_address
from components.media.store.media_store import FolderStore, MediaStore


@contextmanager
def open_media_store(
    url: str,
    access: ObjectStoreSettings,
    folder: Path,
    kept_in: Callable[[Path], AbstractContextManager[KeptMedia]],
    *,
    clock: Callable[[], float] = time.time,
) -> Iterator[MediaStore]:
    """The store at `s3://bucket/prefix`, tried out; with "" the one in the folder.

    `kept_in` opens the table of what a bucket keeps, and is asked only then; `folder` is for work
    and the cache there. Raises `SettingsError`, `DatabaseUnavailable`.
    """
    if not url:
        yield FolderStore(folder, clock=clock)
        return
    address = bucket_address(url)
    try:
        # The library is there only where an object store is used.
        from components.media.store.bucket_opening import open_bucket  # noqa: PLC0415
        from components.media.store.object_store import ObjectStore  # noqa: PLC0415
    except ModuleNotFoundError:
        raise SettingsError(
            f"{SETTING} needs packages that are not installed here: run "
            "`pip install -r requirements-cluster.txt`, or remove it to keep media in a folder."
        ) from None
    bucket = open_bucket(address, access)
    with kept_in(folder) as kept:
        yield ObjectStore(bucket, kept, folder, clock=clock)
