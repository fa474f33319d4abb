"""The statuses of uploaded files, each examined once: a bounded cache by path, size and time."""

import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from components.errors import PlaygroundError
from components.interface.requests.reference_status import (
    MAX_ENTRIES,
    ReferenceCache,
    ReferenceStatus,
)
from components.media.preflight import Preflighter
from components.media.report import Choices
from components.media.store.media_store import MediaStore


class FileStatuses:
    """Examines files for one store; a file that changed on the disk is examined anew."""

    def __init__(
        self,
        store: MediaStore,
        preflighter: Preflighter,
        clock: Callable[[], float] = monotonic,
        max_entries: int = MAX_ENTRIES,
    ) -> None:
        self._preflighter = preflighter
        self._clock = clock
        self._lock = threading.Lock()
        self._cache = ReferenceCache(store, clock, max_entries)

    def status_of(self, file: Path, choices: Choices) -> ReferenceStatus:
        """The status of a file: from the cache, else by examining and repairing it now."""
        try:
            found = file.stat()
        except OSError:
            return ReferenceStatus("refused", sentence="This file is not there any more.")
        key = (f"{file}?{found.st_size}-{found.st_mtime_ns}", choices)
        with self._lock:
            cached = self._cache.get(key)
        if cached:
            return cached
        began = self._clock()
        status = self._examined(file, choices)
        with self._lock:
            self._cache.put(key, status, self._clock() - began)
        return status

    def _examined(self, file: Path, choices: Choices) -> ReferenceStatus:
        try:
            examined = self._preflighter.examine(file, choices)
        except PlaygroundError as error:
            return ReferenceStatus("refused", sentence=str(error))
        return ReferenceStatus("ready", examined.ref, 1.0, examined=examined)
