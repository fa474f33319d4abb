"""Garbage collection of the media store: files that nothing refers to are removed.

A file has an owner in the database, or it goes an hour after it was handed in. Its own time of
change is that expiry, so that a process killed between keeping a file and noting it leaves nothing
for ever: all that lies in the store is looked through.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import sqlalchemy as sa

from components.database.engine import patient
from components.errors import DatabaseUnavailable
from components.media.store.media_store import KeptFile, MediaStore, name_of
from components.runs.store import unowned_files

UNOWNED_S = 3_000.0
"""With the time between two rounds, less than an hour."""
UNOWNED_MAX_BYTES = 2_000_000_000
BUSY_S = 600.0
"""Something young may be a result that is just being written down, or a repair for a call."""
SWEEP_EVERY_S = 300.0


class MediaGarbageCollector:
    """Removes files that nobody owns; safe from any thread."""

    def __init__(
        self,
        database: sa.Engine,
        media: MediaStore,
        clock: Callable[[], float],
        *,
        max_bytes: int = UNOWNED_MAX_BYTES,
    ) -> None:
        self._database = patient(database)
        self._media = media
        self._clock = clock
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._due_at = 0.0
        self._uploads: set[str] = set()
        self._since_sweep_bytes = 0
        self._unowned_bytes = 0

    def uploaded(self, reference: str, size_bytes: int) -> None:
        """Note a file that somebody brought: older ones make room for it."""
        with self._lock:
            self._uploads.add(name_of(reference))
            self._since_sweep_bytes += size_bytes
            is_much = self._unowned_bytes + self._since_sweep_bytes > self._max_bytes
        if is_much:
            with suppress(DatabaseUnavailable):
                self.sweep()

    def sweep_if_due(self) -> None:
        """Sweep, unless that was a moment ago."""
        now = self._clock()
        # A clock that was set back must not put it off.
        if not 0 <= self._due_at - now <= SWEEP_EVERY_S:
            self.sweep()
            self._media.finish_removals()

    def sweep(self) -> None:
        """Look through the store: what expired goes, then the oldest until the rest is small."""
        with self._lock:
            now = self._clock()
            self._due_at = now + SWEEP_EVERY_S
            kept = sorted(self._media.kept(), key=lambda file: file.kept_at)
            unowned = unowned_files.unowned(self._database, [file.name for file in kept])
            left = [file for file in kept if file.name in unowned]
            self._remove([file for file in left if self._is_old(file, now)], UNOWNED_S)
            left = [file for file in left if self._media.has(file.name)]
            self._make_room(left, now)
            self._uploads &= {file.name for file in left}
            self._unowned_bytes = sum(it.size_bytes for it in left if self._media.has(it.name))
            self._since_sweep_bytes = 0

    def _make_room(self, oldest_first: list[KeptFile], now: float) -> None:
        too_much = sum(file.size_bytes for file in oldest_first) - self._max_bytes
        for file in oldest_first:
            if too_much <= 0:
                return
            is_upload = file.name in self._uploads
            if is_upload or now - file.kept_at >= BUSY_S:
                self._remove([file], 0.0 if is_upload else BUSY_S)
                too_much -= 0 if self._media.has(file.name) else file.size_bytes

    def _remove(self, files: list[KeptFile], idle_s: float) -> None:
        names = [file.name for file in files]
        delete = partial(self._media.delete, idle_s=idle_s)
        unowned_files.remove_unowned(self._database, names, delete)

    @staticmethod
    def _is_old(file: KeptFile, now: float) -> bool:
        """Also what seems to be of the future: the store counts its age from now on then."""
        return not 0 <= now - file.kept_at < UNOWNED_S
