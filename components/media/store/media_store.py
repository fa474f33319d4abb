"""Where media are kept: files named by their content, so the same picture is kept once.

A name is the SHA-256 of the content plus a suffix, `<64 hex digits>.png`. The reference used in
requests, in the database and as the address in the browser is `/media/<name>`.
"""

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from components.errors import MediaRejected
from components.media.store.durable_files import disk_space_watched, link, sync, sync_folder
from components.media.store.scratch_folder import ScratchFolder

REF_PREFIX = "/media/"
_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}")
_SUFFIX = re.compile(r"\.[a-z0-9]{2,5}")
_PIECE_BYTES = 1 << 20
NOT_KEPT = "That file is no longer kept here; add it again."
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


@dataclass(frozen=True)
class KeptFile:
    """A file of the store; `kept_at` is when it was last handed in, in seconds since the epoch."""

    name: str
    size_bytes: int
    kept_at: float


class MediaStore(Protocol):
    """Where media live. Every name is checked; one that is malformed raises `MediaRejected`."""

    def keep(self, source: Path, suffix: str, digest: str = "") -> str:
        """Take the file in and return its name. Keeps all of it or nothing.

        A file of a workspace becomes the kept one, so it must not be written to afterwards; any
        other is copied. `digest` is its SHA-256 where that is known already. Raises `DiskFull`,
        and `StorageError` where the store does not answer.
        """
        ...

    def has(self, name: str) -> bool:
        """Tell whether a file of this name is kept; False for a malformed name."""
        ...

    def path(self, name: str) -> Path:
        """Return a local file to read, and to be read within the hour.

        Raises `MediaRejected` when it is not kept, and `StorageError` when it cannot be fetched.
        """
        ...

    def local(self, name: str) -> Path | None:
        """The file where it is on this machine, or small; else None. Raises what `path` does."""
        ...

    def size_of(self, name: str) -> int:
        """Return the size of a file. Raises `MediaRejected` when it is not kept."""
        ...

    def pieces(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """The content from one byte to before another, which must be in it, piece by piece.

        Nothing is fetched that is not asked for. Raises what `path` does, in the middle too.
        """
        ...

    def delete(self, name: str, *, idle_s: float = 0.0) -> bool:
        """Remove the file unless it was kept in the last `idle_s`; tell whether it is gone."""
        ...

    def finish_removals(self) -> None:
        """Give back the room of deleted files, where `delete` may not wait for that itself."""
        ...

    def workspace(self) -> AbstractContextManager[Path]:
        """Lend a temporary directory on the same volume, removed with its content afterwards."""
        ...

    def kept(self) -> Iterator[KeptFile]:
        """Every file that is kept, in no order."""
        ...

    def size_bytes(self) -> int:
        """Return the size of everything that is kept."""
        ...

    def free_bytes(self) -> int:
        """Return how much more could be kept."""
        ...


class FolderStore:
    """A store in one folder, made at the first write: `folder/ab/ab….png`.

    A file's time of change says when it was last handed in. Looking at it and removing the file
    are one step, as are finding a file and making it young, so that `keep` and `delete` of the
    same content cannot cross.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float] = time.time,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._folder = folder
        self._scratch = ScratchFolder(folder / "work", free_bytes)
        self._clock = clock
        self._lock = threading.Lock()

    def keep(self, source: Path, suffix: str, digest: str = "") -> str:
        """Take the file in and return its name. Raises `DiskFull`; keeps all of it or nothing.

        A file of a workspace becomes the kept one, so it must not be written to afterwards; any
        other is copied. `digest` is its SHA-256 where that is known already.
        """
        require_suffix(suffix)
        with disk_space_watched(), ExitStack() as stack:
            if source == self._place(source.name):
                ready, digest = source, source.name.partition(".")[0]
            else:
                ready, digest = self._scratch.taken_in(source, digest, stack)
            return self._keep(ready, digest + suffix)

    def has(self, name: str) -> bool:
        """Tell whether a file of this name is kept; False for a malformed name."""
        return is_name(name) and self._place(name).is_file()

    def path(self, name: str) -> Path:
        """Return the file. Raises `MediaRejected` when it is not kept."""
        if not self.has(name):
            raise MediaRejected(NOT_KEPT)
        return self._place(name)

    def local(self, name: str) -> Path:
        """Return the file, which is always here. Raises `MediaRejected` when it is not kept."""
        return self.path(name)

    def size_of(self, name: str) -> int:
        """Return the size of a file. Raises `MediaRejected` when it is not kept."""
        return self.path(name).stat().st_size

    def pieces(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """The content from one byte to before another. Raises `MediaRejected`."""
        with self.path(name).open("rb") as file:
            file.seek(start)
            for place in range(start, end, _PIECE_BYTES):
                yield file.read(min(_PIECE_BYTES, end - place))

    def delete(self, name: str, *, idle_s: float = 0.0) -> bool:
        """Remove the file unless it was kept in the last `idle_s`; tell whether it is gone."""
        if not self.has(name):
            return True
        file = self._place(name)
        with self._lock, suppress(FileNotFoundError):
            age_s = self._clock() - file.stat().st_mtime
            if age_s < 0 and idle_s:
                # The clock was set back: counted from now on, or the file would stay for long.
                self._renewed(file)
            if age_s < idle_s:
                return False
            file.unlink()
        return True

    def kept(self) -> Iterator[KeptFile]:
        """Every file that is kept, in no order."""
        for file in self._folder.glob("??/*"):
            if is_name(file.name):
                with suppress(FileNotFoundError):
                    facts = file.stat()
                    yield KeptFile(file.name, facts.st_size, facts.st_mtime)

    def size_bytes(self) -> int:
        """Return the size of everything that is kept, without work in progress."""
        return sum(file.size_bytes for file in self.kept())

    def free_bytes(self) -> int:
        """Return how much more the volume takes."""
        return self._scratch.free_bytes()

    def finish_removals(self) -> None:
        """Nothing: what is deleted is gone."""

    def clear_work(self) -> None:
        """Remove what a killed process left behind; only the sole process may call it."""
        self._scratch.clear()

    def workspace(self) -> AbstractContextManager[Path]:
        """Lend a temporary directory on the same volume, removed with its content afterwards."""
        return self._scratch.workspace()

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _keep(self, ready: Path, name: str) -> str:
        """Let a whole file of ours be found under its name from now on."""
        target = self._place(name)
        with self._lock:
            if self._renewed(target):
                return name
        try:
            sync(ready)
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._lock:
                if not self._renewed(target):
                    link(ready, target)
                    self._renewed(target)
        except FileNotFoundError as error:
            raise MediaRejected(NOT_KEPT) from error
        sync_folder(target.parent)
        return name

    def _renewed(self, file: Path) -> bool:
        """Make a kept file young: its age tells `delete` that somebody needs it again."""
        now = self._clock()
        try:
            os.utime(file, (now, now))
        except FileNotFoundError:
            return False
        return True


def require_suffix(suffix: str) -> None:
    """Raise `MediaRejected` for what is no ending that a name may have."""
    if not _SUFFIX.fullmatch(suffix):
        raise MediaRejected(f"A file cannot be kept with the ending {suffix!r}.")


def is_name(name: str) -> bool:
    """Whether a text is formed as the name of a kept file."""
    return bool(_NAME.fullmatch(name))


def media_type(name: str) -> str:
    """Return the content type to serve a stored file with; never that of an active document."""
    return _MEDIA_TYPES.get(Path(name).suffix.lower(), "application/octet-stream")


def ref(name: str) -> str:
    """Return the reference to a stored file: "/media/<name>"."""
    return REF_PREFIX + name


def name_of(ref: str) -> str:
    """Return the name inside a reference. Raises `MediaRejected` when it is not a reference."""
    name = ref.removeprefix(REF_PREFIX)
    if not ref.startswith(REF_PREFIX) or not is_name(name):
        raise MediaRejected("That is not a file kept here; add it again.")
    return name
