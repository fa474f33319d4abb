"""A store in a bucket: objects under their names, and those of late on this machine as well.

`KeptMedia` says what is kept. A name is noted there before its object is looked for, and confirmed
once the object is complete, so that `keep` and `delete` of the same content cannot cross, in
whatever process.
"""

import hashlib
import logging
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path

from components.database.kept_media import KeptMedia
from components.errors import MediaRejected, StorageError
from components.media.store.cached_files import MOST_BYTES, CachedFiles
from components.media.store.durable_files import disk_space_watched
from components.media.store.media_store import NOT_KEPT, KeptFile, is_name, require_suffix
from components.media.store.object_bucket import ObjectBucket
from components.media.store.scratch_folder import ScratchFolder

LOGGER = logging.getLogger(__name__)
TRIES = 5
"""So often a file is put again that is not found whole afterwards, or was deleted meanwhile."""
REMOVALS = 500
"""Objects that are removed in one go."""
SMALL_BYTES = 1 << 20
"""Up to here a file is here as soon as its first piece would be."""
FETCHED_PIECE_BYTES = 4 << 20
_DOUBT_WAIT_S = 20.0
_LOOK_EVERY_S = 0.05


class ObjectStore:
    """Files in a bucket; safe from any thread. Every method raises `DatabaseUnavailable`."""

    def __init__(
        self,
        bucket: ObjectBucket,
        kept: KeptMedia,
        folder: Path,
        *,
        clock: Callable[[], float] = time.time,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
        cache_bytes: int = MOST_BYTES,
        doubt_wait_s: float = _DOUBT_WAIT_S,
    ) -> None:
        """`folder` is for what is under way and for the cache; all may go while nothing runs.

        `doubt_wait_s` is how long `keep` waits for a removal of the same file that is under way.
        """
        self._bucket = bucket
        self._kept = kept
        self._scratch = ScratchFolder(folder / "work", free_bytes)
        self._cache = CachedFiles(folder / "cache", max_bytes=cache_bytes)
        self._clock = clock
        self._doubt_wait_s = doubt_wait_s

    def keep(self, source: Path, suffix: str, digest: str = "") -> str:
        """Take the file in and return its name. Keeps all of it or nothing.

        A file of a workspace becomes the kept one, so it must not be written to afterwards; any
        other is copied. `digest` is its SHA-256 where that is known already. Raises `DiskFull`,
        and `StorageError` where the object store does not answer.
        """
        require_suffix(suffix)
        with disk_space_watched(), ExitStack() as stack:
            if source == self._cache.place(source.name):
                ready, digest = self.path(source.name), source.name.partition(".")[0]
            else:
                ready, digest = self._scratch.taken_in(source, digest, stack)
            name = digest + suffix
            self._upload(ready, name)
            # It is kept already: whoever reads it next may have to fetch it, and no more.
            with suppress(OSError):
                self._cache.add(name, ready)
            return name

    def has(self, name: str) -> bool:
        """Tell whether a file of this name is kept; False for a malformed name."""
        return self._size_of(name) is not None

    def path(self, name: str) -> Path:
        """Return the file, fetched where it is not here; it stays here for an hour at least."""
        size_bytes = self.size_of(name)
        with self._cache.alone(name):
            return self._cache.find(name) or self._fetched(name, size_bytes)

    def local(self, name: str) -> Path | None:
        """The file where it is on this machine, or small; else None. Raises what `path` does."""
        is_small = self.size_of(name) <= SMALL_BYTES
        return self.path(name) if is_small else self._cache.find(name)

    def size_of(self, name: str) -> int:
        """Return the size of a file. Raises `MediaRejected` when it is not kept."""
        size_bytes = self._size_of(name)
        if size_bytes is None:
            raise MediaRejected(NOT_KEPT)
        return size_bytes

    def pieces(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """The content from one byte to before another, fetched piece by piece."""
        if not is_name(name):
            raise MediaRejected(NOT_KEPT)
        return self._bucket.pieces(name, start, end)

    def delete(self, name: str, *, idle_s: float = 0.0) -> bool:
        """Let the file be gone unless it was kept in the last `idle_s`; tell whether it is.

        Its object is removed by `finish_removals`: this may stand inside a write, where nobody
        may wait for an object store.
        """
        if not is_name(name):
            return True
        is_gone = self._kept.delete(name, idle_s, self._clock())
        if is_gone:
            self._cache.remove(name)
        return is_gone

    def finish_removals(self) -> None:
        """Remove the objects of deleted files; what fails is tried again by the next call."""
        for name in self._kept.to_remove(self._clock(), REMOVALS):
            began_at = self._clock()
            if self._kept.begin_removal(name, began_at):
                try:
                    self._bucket.remove(name)
                except StorageError as error:
                    LOGGER.warning("the object %s is not removed yet: %s", name, error.message)
                    return
                self._kept.end_removal(name, began_at)

    def kept(self) -> Iterator[KeptFile]:
        """Every file that is kept, or on its way, in no order."""
        for row in self._kept.all():
            yield KeptFile(row.name, row.size_bytes, row.kept_at)

    def size_bytes(self) -> int:
        """Return the size of everything that is kept."""
        return self._kept.size_bytes()

    def free_bytes(self) -> int:
        """Return how much more can be under way here; the bucket itself is never full."""
        return self._scratch.free_bytes()

    def workspace(self) -> AbstractContextManager[Path]:
        """Lend a temporary directory on this machine, removed with its content afterwards."""
        return self._scratch.workspace()

    def _size_of(self, name: str) -> int | None:
        if not is_name(name):
            return None
        row = self._kept.find(name)
        if row is None:
            # What a lost table told of can still be read.
            return self._bucket.size_of(name)
        return row.size_bytes if row.is_there else None

    def _upload(self, ready: Path, name: str) -> None:
        """Let the object be found whole, and noted as such."""
        try:
            size_bytes = ready.stat().st_size
            for _ in range(TRIES):
                self._claim(name, size_bytes)
                if self._bucket.size_of(name) != size_bytes:
                    self._bucket.put(name, ready)
                    if self._bucket.size_of(name) != size_bytes:
                        continue
                if self._kept.confirm(name, self._clock()):
                    return
        except FileNotFoundError as error:
            raise MediaRejected(NOT_KEPT) from error
        raise StorageError("The object store did not keep the file whole.")

    def _claim(self, name: str, size_bytes: int) -> None:
        """Note that the file is wanted; a removal of it that is under way is waited for."""
        give_up_at = time.monotonic() + self._doubt_wait_s
        while not self._kept.claim(name, size_bytes, self._clock()):
            if time.monotonic() > give_up_at:
                raise StorageError(
                    "The same file was being removed, and the object store does not say whether "
                    "that is done.",
                    advice="Try again in two minutes.",
                )
            time.sleep(_LOOK_EVERY_S)

    def _fetched(self, name: str, size_bytes: int) -> Path:
        """Bring a file here; its name tells whether it is what was kept."""
        digest = hashlib.sha256()
        with disk_space_watched(), self.workspace() as folder:
            arrived = folder / "arrived"
            with arrived.open("wb") as file:
                for piece in self._bucket.pieces(name, 0, size_bytes, FETCHED_PIECE_BYTES):
                    digest.update(piece)
                    file.write(piece)
            if digest.hexdigest() != name.partition(".")[0]:
                raise StorageError("What the object store holds of a file is not what was kept.")
            return self._cache.add(name, arrived)
