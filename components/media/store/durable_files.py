"""Files written so that they are still there after a power cut, and hashed on the way."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from components.errors import DiskFull, StorageError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_NO_ACCESS = {errno.EROFS, errno.EACCES, errno.EPERM}
_PIECE_BYTES = 1 << 20


@contextmanager
def disk_space_watched() -> Iterator[None]:
    """Turn "no space left" into `DiskFull`, and "not permitted" into `StorageError`."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull("There is no room left to keep the file.") from error
        if error.errno in _NO_ACCESS:
            raise StorageError(
                f"The data folder cannot be written ({error.strerror}).",
                advice="Let the playground write there, then try again.",
            ) from error
        raise


def content_hash(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; the whole of it is read."""
    with file.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def copy_hashed(source: Path, target: Path) -> str:
    """Copy a file, and return the SHA-256 of what was written."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as copy:
        while piece := reader.read(_PIECE_BYTES):
            digest.update(piece)
            copy.write(piece)
    return digest.hexdigest()


def link(ready: Path, target: Path) -> None:
    """Give a file a second name; where the file system has none such, it is copied."""
    try:
        os.link(ready, target)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        part = ready.with_name(f"{target.name}.part")
        shutil.copyfile(ready, part)
        sync(part)
        part.replace(target)


def sync(file: Path) -> None:
    """Make what was written durable."""
    with file.open("r+b") as written:
        os.fsync(written.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows cannot open a folder and needs nothing."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
