"""Files of an object store that are on this machine as well, so as not to be fetched again.

A file's time of change says when it was last asked for. Those that somebody may still read stay,
even beyond the bound.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from components.media.store.durable_files import link, sync

MOST_BYTES = 10 * 1024**3
"""Our own bound: beyond it, those that were asked for longest ago go."""
IN_USE_S = 3600.0
"""Who was given a file may read it for so long."""


class CachedFiles:
    """Whole files by their names, in `folder/ab/ab….png`; safe from any thread and process."""

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` is the one by which the file system tells when a file was changed."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._clock = clock
        self._guard = threading.Lock()
        self._busy: dict[str, tuple[threading.Lock, int]] = {}

    def place(self, name: str) -> Path:
        """Where a file is, or would be."""
        return self._folder / name[:2] / name

    def find(self, name: str) -> Path | None:
        """The file where it is here; it stays for `IN_USE_S` from now on."""
        now = self._clock()
        try:
            os.utime(self.place(name), (now, now))
        except FileNotFoundError:
            return None
        return self.place(name)

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Let one thread at a time fetch a file: who comes later finds it here."""
        with self._guard:
            lock, count = self._busy.get(name, (threading.Lock(), 0))
            self._busy[name] = lock, count + 1
        try:
            with lock:
                yield
        finally:
            with self._guard:
                _, count = self._busy[name]
                if count > 1:
                    self._busy[name] = lock, count - 1
                else:
                    del self._busy[name]

    def add(self, name: str, file: Path) -> Path:
        """Let a whole file of the same volume be found here too, and make room."""
        place = self.place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            # A power cut must not leave half of it under its name.
            sync(file)
            link(file, place)
        self.find(name)
        self._trim()
        return place

    def remove(self, name: str) -> None:
        """Forget a file."""
        self.place(name).unlink(missing_ok=True)

    def _trim(self) -> None:
        """Remove what was asked for longest ago, and what somebody may read only later."""
        files = []
        for file in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):
                facts = file.stat()
                files.append((facts.st_mtime, facts.st_size, file))
        too_much = sum(size_bytes for _, size_bytes, _ in files) - self._max_bytes
        idle_since = self._clock() - IN_USE_S
        for asked_at, size_bytes, file in sorted(files):
            if too_much <= 0 or asked_at > idle_since:
                return
            file.unlink(missing_ok=True)
            too_much -= size_bytes
