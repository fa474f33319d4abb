"""Where files under way stand between two tries: a folder for each file of a run.

They outlive the process. What no run waits for any more is removed after a while.
"""

import hashlib
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from components.errors import DownloadFailed

IDLE_S = 3600.0
"""How long what nobody waits for may still be written to."""


class PartialFolders:
    """Files under way in one folder: `folder/<hash of the run's id>/<number of the file>/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._busy: set[Path] = set()

    @contextmanager
    def place(self, run_id: str, index: int) -> Iterator[Path]:
        """Lend the folder for a file, to one at a time. Raises `DownloadFailed` while it is lent.

        It stays as it is left.
        """
        place = self._place(run_id, index)
        with self._lock:
            if place in self._busy:
                raise DownloadFailed("The file is being fetched already.")
            self._busy.add(place)
        try:
            place.mkdir(parents=True, exist_ok=True)
            yield place
        finally:
            with self._lock:
                self._busy.discard(place)

    def remove(self, run_id: str, index: int) -> None:
        """Remove what stands there for a file, which is kept elsewhere now."""
        place = self._place(run_id, index)
        shutil.rmtree(place, ignore_errors=True)
        # Another file of the run may still be under way.
        with suppress(OSError):
            place.parent.rmdir()

    def expire(self, wanted: Callable[[], Collection[str]], now: float | None = None) -> int:
        """Remove what belongs to none of the wanted runs and was not written to for `IDLE_S`.

        Returns how many runs it belonged to. `now` is in seconds since the epoch.
        """
        found = [folder for folder in self._folder.glob("*") if folder.is_dir()]
        if not found:
            return 0
        oldest = (time.time() if now is None else now) - IDLE_S
        # Asked for after the look: a run that begins meanwhile stands in no folder that was found.
        named = {_name(run_id) for run_id in wanted()}
        gone = [it for it in found if it.name not in named and _written_at(it) < oldest]
        for folder in gone:
            shutil.rmtree(folder, ignore_errors=True)
        return len(gone)

    def _place(self, run_id: str, index: int) -> Path:
        return self._folder / _name(run_id) / str(index)


def _name(run_id: str) -> str:
    return hashlib.sha256(run_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _written_at(folder: Path) -> float:
    """When something in the folder was last written, in seconds since the epoch."""
    moments = [0.0]
    for each in (folder, *folder.rglob("*")):
        with suppress(OSError):
            moments.append(each.stat().st_mtime)
    return max(moments)
