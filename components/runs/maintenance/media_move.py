"""Files copied from one media store to another, and read back there."""

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Set
from concurrent.futures import ThreadPoolExecutor

from components.errors import StorageError
from components.media.store.durable_files import content_hash
from components.media.store.media_store import KeptFile, MediaStore

AT_ONCE = 4
"""An object store far away answers each request late, but many at once."""
TOLD_EVERY_S = 5.0
NAMED_AT_MOST = 3


class MediaMove:
    """All files of `source`; those `in_use` are missed where the source lacks them."""

    def __init__(
        self,
        source: MediaStore,
        target: MediaStore,
        in_use: Set[str],
        say: Callable[[str], object],
    ) -> None:
        self._source = source
        self._target = target
        self._in_use = in_use
        self._say = say

    def carry_out(self) -> None:
        """Copy what is missing in the target, then read every file there.

        What is damaged or gone in the source already is told, and does not keep the rest.
        Raises `StorageError` where a file does not arrive.
        """
        files = sorted(self._source.kept(), key=lambda file: file.name)
        self._tell_gone(self._in_use - {file.name for file in files}, "are not there any more")
        arrived = self._each("copied", files, self._copied)
        broken = {file.name for file, is_whole in arrived if not is_whole}
        self._tell_gone(broken, "are damaged, and stay behind")
        whole = [file for file in files if file.name not in broken]
        wrong = {
            file.name for file, is_same in self._each("compared", whole, self._same) if not is_same
        }
        for name in wrong:
            self._target.delete(name)
        if wrong:
            raise StorageError(
                f"{len(wrong):,} files did not arrive whole ({_named(wrong)}).",
                cost="What was kept before is as it was.",
                advice="Run it again.",
            )

    def _copied(self, file: KeptFile) -> bool:
        """Whether a file is in the target now; one whose content is not its name's is left."""
        if self._target.has(file.name):
            return True
        digest, _, suffix = file.name.partition(".")
        path = self._source.path(file.name)
        if content_hash(path) != digest:
            return False
        self._target.keep(path, f".{suffix}", digest)
        return True

    def _same(self, file: KeptFile) -> bool:
        """Whether a file can be read in the target, with the content that its name promises."""
        if not self._target.has(file.name) or self._target.size_of(file.name) != file.size_bytes:
            return False
        return _hash_in(self._target, file) == file.name.partition(".")[0]

    def _each(
        self, what: str, files: list[KeptFile], do: Callable[[KeptFile], bool]
    ) -> list[tuple[KeptFile, bool]]:
        """Do something for every file, telling now and then how far it is."""
        done, size_bytes, told_at = [], 0, time.monotonic()
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            for file, answer in zip(files, pool.map(do, files), strict=True):
                done.append((file, answer))
                size_bytes += file.size_bytes
                if time.monotonic() - told_at >= TOLD_EVERY_S or len(done) == len(files):
                    told_at = time.monotonic()
                    self._say(f"files {what}: {len(done):,} of {len(files):,}, {_size(size_bytes)}")
        finally:
            # Whoever stops it waits for the files under way, not for all that would have followed.
            pool.shutdown(cancel_futures=True)
        return done

    def _tell_gone(self, names: Collection[str], how: str) -> None:
        if names:
            self._say(f"{len(names):,} files of the data folder {how}: {_named(names)}")


def _hash_in(store: MediaStore, file: KeptFile) -> str:
    digest = hashlib.sha256()
    for piece in store.pieces(file.name, 0, file.size_bytes):
        digest.update(piece)
    return digest.hexdigest()


def _named(names: Iterable[str]) -> str:
    some = sorted(names)
    rest = len(some) - NAMED_AT_MOST
    return ", ".join(some[:NAMED_AT_MOST]) + (f" and {rest:,} more" if rest > 0 else "")


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.2f} GB"
