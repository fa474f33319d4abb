"""A file while it arrives: written and hashed piece by piece, so that it is never read again."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from components.errors import DiskFull
from components.media.formats.sniffing import kind_of
from components.media.store.durable_files import disk_space_watched
from components.media.store.media_store import media_type

LEAST_FREE_BYTES = 1_000_000_000
"""Room that results, which are paid for, and the database must find."""
_ASK_EVERY_BYTES = 32 << 20
_SUFFIX = {"image": ".jpg", "video": ".mp4"}


class IncomingFile:
    """Takes pieces from one thread at a time; nothing is written where room is short."""

    def __init__(self, path: Path, free_bytes: Callable[[], int]) -> None:
        """`free_bytes` tells how much room there is on the volume."""
        self.path = path
        self.size_bytes = 0
        self._free_bytes = free_bytes
        self._asked_at_bytes = -_ASK_EVERY_BYTES
        self._digest = hashlib.sha256()
        self._target = path.open("wb", buffering=0)

    def write(self, piece: bytes) -> None:
        """Write a piece. Raises `DiskFull` with less than `LEAST_FREE_BYTES` of room."""
        with costs_nothing_yet(), disk_space_watched():
            if self.size_bytes - self._asked_at_bytes >= _ASK_EVERY_BYTES:
                self._asked_at_bytes = self.size_bytes
                require_room(self._free_bytes())
            self._digest.update(piece)
            self._write_all(piece)
            self.size_bytes += len(piece)

    def sync(self) -> None:
        """Let what was written go to the disk already; may run beside `write`."""
        with costs_nothing_yet(), disk_space_watched():
            os.fsync(self._target.fileno())

    def close(self) -> str:
        """End the file, and return its SHA-256 in hexadecimal; once more is harmless."""
        self._target.close()
        return self._digest.hexdigest()

    def _write_all(self, piece: bytes) -> None:
        left = memoryview(piece)
        while left:
            left = left[self._target.write(left) :]


def suffix_for(file: Path, name: str) -> str:
    """Return the ending to keep a file with that its owner calls `name`; ".bin" for no media.

    A name that says another kind than the first bytes do is not believed.
    """
    kind = kind_of(file)
    suffix = Path(name).suffix.lower()
    if kind and media_type(f"x{suffix}").startswith(kind):
        return suffix
    return _SUFFIX.get(kind or "", ".bin")


def require_room(free_bytes: int) -> None:
    """Raise `DiskFull` where less than `LEAST_FREE_BYTES` is free for what users bring."""
    if free_bytes < LEAST_FREE_BYTES:
        raise DiskFull("Less than 1 GB of disk space is free here, so no file is taken in.")


@contextmanager
def costs_nothing_yet() -> Iterator[None]:
    """Say of a full disk what is true before a request: there is nothing paid for yet."""
    try:
        yield
    except DiskFull as error:
        raise DiskFull(
            error.message,
            cost="Nothing was sent or charged.",
            advice="Free some space in the data folder and add the file again.",
        ) from error
