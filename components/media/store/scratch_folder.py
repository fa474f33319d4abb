"""Room for files under way, on the volume where they will be kept."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from components.media.store.durable_files import content_hash, copy_hashed, disk_space_watched

_ABANDONED_AFTER_S = 24 * 3600


class ScratchFolder:
    """Temporary directories in one folder, made at the first write."""

    def __init__(self, folder: Path, free_bytes: Callable[[Path], int]) -> None:
        """`free_bytes` tells how much room there is on the volume of a folder."""
        self._folder = folder
        self._free_bytes = free_bytes

    def free_bytes(self) -> int:
        """Return how much more the volume takes."""
        there = (folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        return self._free_bytes(next(there))

    def holds(self, file: Path) -> bool:
        """Whether a file is in one of the directories."""
        return self._folder in file.parents

    def taken_in(self, source: Path, digest: str, stack: ExitStack) -> tuple[Path, str]:
        """A file that nobody else writes to, and its SHA-256; one from elsewhere is copied.

        The copy stays until the stack is closed.
        """
        if self.holds(source):
            return source, digest or content_hash(source)
        ready = stack.enter_context(self.workspace()) / "incoming"
        return ready, copy_hashed(source, ready)

    def clear(self) -> None:
        """Remove what a killed process left behind; only the sole process may call it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """Lend a temporary directory, removed with its content afterwards."""
        with disk_space_watched():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._remove_abandoned()
            folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _remove_abandoned(self) -> None:
        """Remove what a killed process left behind."""
        oldest_s = time.time() - _ABANDONED_AFTER_S
        for folder in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if folder.stat().st_mtime < oldest_s:
                    shutil.rmtree(folder, ignore_errors=True)
