"""Where media are kept: files named by their content, so the same picture is kept once.

A name is the SHA-256 of the content plus a suffix, `<64 hex digits>.png`. The reference used in
requests, in the database and as the address in the browser is `/media/<name>`.
"""

import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from components.errors import DiskFull, MediaRejected

REF_PREFIX = "/media/"
_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}")
_SUFFIX = re.compile(r"\.[a-z0-9]{2,5}")
_ABANDONED_AFTER_S = 24 * 3600
# Two writes within a tick of the file system's clock look like one; ticks last up to 10 ms.
_SETTLED_NS = 50_000_000
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# Nothing here may be run by a browser: no SVG, no HTML, no PDF.
_MEDIA_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".heic": "image/heic",
    ".mkv": "video/x-matroska",
    ".avi": "video/x-msvideo",
    ".3gp": "video/3gpp",
    ".ts": "video/mp2t",
    ".mpg": "video/mpeg",
    ".flv": "video/x-flv",
    ".wmv": "video/x-ms-wmv",
    ".ogv": "video/ogg",
}


class MediaStore(Protocol):
    """Where media live. Every name is checked; one that is malformed raises `MediaRejected`."""

    def keep(self, source: Path, suffix: str) -> str:
        """Copy the file in and return its name. Raises `DiskFull`; keeps all of it or nothing."""
        ...

    def has(self, name: str) -> bool:
        """Tell whether a file of this name is kept; False for a malformed name."""
        ...

    def path(self, name: str) -> Path:
        """Return a local file to read. Raises `MediaRejected` when it is not kept."""
        ...

    def delete(self, name: str, *, idle_s: float = 0.0) -> bool:
        """Remove the file unless it was kept in the last `idle_s`; tell whether it is gone."""
        ...

    def workspace(self) -> AbstractContextManager[Path]:
        """Lend a temporary directory on the same volume, removed with its content afterwards."""
        ...

    def size_bytes(self) -> int:
        """Return the size of everything that is kept."""
        ...


class FolderStore:
    """A store in one folder, made at the first write: `folder/ab/ab….png`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._work = folder / "work"

    def keep(self, source: Path, suffix: str) -> str:
        """Copy the file in and return its name. Raises `DiskFull`; keeps all of it or nothing."""
        if not _SUFFIX.fullmatch(suffix):
            raise MediaRejected(f"A file cannot be kept with the ending {suffix!r}.")
        name = content_hash(source) + suffix
        target = self._place(name)
        if _renewed(target):
            return name
        with disk_space_watched(), self.workspace() as work:
            copy = work / "incoming"
            _copy(source, copy)
            if content_hash(source) + suffix != name:
                raise MediaRejected("The file changed while it was taken in; add it again.")
            target.parent.mkdir(parents=True, exist_ok=True)
            copy.replace(target)
            _sync_folder(target.parent)
        return name

    def has(self, name: str) -> bool:
        """Tell whether a file of this name is kept; False for a malformed name."""
        return bool(_NAME.fullmatch(name)) and self._place(name).is_file()

    def path(self, name: str) -> Path:
        """Return the file. Raises `MediaRejected` when it is not kept."""
        if not self.has(name):
            raise MediaRejected("That file is no longer kept here; add it again.")
        return self._place(name)

    def delete(self, name: str, *, idle_s: float = 0.0) -> bool:
        """Remove the file unless it was kept in the last `idle_s`; tell whether it is gone."""
        if not self.has(name):
            return True
        file = self._place(name)
        with suppress(FileNotFoundError):
            if time.time() - file.stat().st_mtime < idle_s:
                return False
            file.unlink()
        return True

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """Lend a temporary directory on the same volume, removed with its content afterwards."""
        with disk_space_watched():
            self._work.mkdir(parents=True, exist_ok=True)
            self._remove_abandoned_work()
            folder = Path(tempfile.mkdtemp(dir=self._work))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def size_bytes(self) -> int:
        """Return the size of everything that is kept, without work in progress."""
        total = 0
        for file in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):
                total += file.stat().st_size
        return total

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _remove_abandoned_work(self) -> None:
        """Remove what a killed process left behind."""
        oldest_s = time.time() - _ABANDONED_AFTER_S
        for folder in self._work.iterdir():
            with suppress(FileNotFoundError):
                if folder.stat().st_mtime < oldest_s:
                    shutil.rmtree(folder, ignore_errors=True)


def media_type(name: str) -> str:
    """Return the content type to serve a stored file with; never that of an active document."""
    return _MEDIA_TYPES.get(Path(name).suffix.lower(), "application/octet-stream")


def ref(name: str) -> str:
    """Return the reference to a stored file: "/media/<name>"."""
    return REF_PREFIX + name


def name_of(ref: str) -> str:
    """Return the name inside a reference. Raises `MediaRejected` when it is not a reference."""
    name = ref.removeprefix(REF_PREFIX)
    if not ref.startswith(REF_PREFIX) or not _NAME.fullmatch(name):
        raise MediaRejected("That is not a file kept here; add it again.")
    return name


@contextmanager
def disk_space_watched() -> Iterator[None]:
    """Turn the system's "no space left" into `DiskFull`."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull("There is no room left to keep the file.") from error
        raise


def content_hash(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read again only when the file has changed."""
    facts = file.stat()
    version = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
    is_settled = time.time_ns() - max(version[-2:]) > _SETTLED_NS
    return (_hash_of_version if is_settled else _hash_of_version.__wrapped__)(file, *version)


@lru_cache(maxsize=256)
def _hash_of_version(file: Path, *version: int) -> str:
    del version
    with file.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def _renewed(file: Path) -> bool:
    """Make a kept file young: its age tells `delete` that somebody needs it again."""
    try:
        os.utime(file)
    except FileNotFoundError:
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("r+b") as copy:
        os.fsync(copy.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows cannot open a folder and needs nothing."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
