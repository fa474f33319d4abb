"""Renditions on disk: each made once, when it is first asked for or shortly before."""

import logging
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from components.errors import PlaygroundError
from components.media.capacity.cpu_slots import ONE_A_CORE, CpuSlots
from components.media.capacity.footprint import footprint_bytes
from components.media.renditions.clips import write_clip
from components.media.renditions.pictures import CODINGS, write_original, write_picture
from components.media.store.media_store import MediaStore

LOGGER = logging.getLogger(__name__)
MOST_BYTES = 2 * 1024**3
"""Our own bound: beyond it, those that were asked for longest ago are made anew when needed."""
_LOCKS = 64


class Renditions:
    """Files made from those of a store, in a folder of their own; safe from any thread.

    Every method raises `MediaRejected` for a file that is not kept or cannot be read, and
    `DiskFull`.
    """

    def __init__(
        self,
        store: MediaStore,
        folder: Path,
        slots: CpuSlots = ONE_A_CORE,
        *,
        max_bytes: int = MOST_BYTES,
    ) -> None:
        self._store = store
        self._max_bytes = max_bytes
        self._folder = folder
        self._slots = slots
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="renditions")

    def picture(self, name: str, width_px: int, coding: str) -> Path:
        """A picture, or what a clip shows first, at most so wide; `coding` is one of `CODINGS`."""

        def write(source: Path, target: Path) -> None:
            write_picture(source, target, width_px, coding)

        return self._made(name, f"{width_px}.{coding}", write)

    def clip(self, name: str) -> Path:
        """A clip without its metadata."""
        return self._made(name, "clean.mp4", write_clip)

    def original(self, name: str) -> Path:
        """A picture in full size without its metadata."""
        ending = Path(name).suffix if name.endswith((".jpg", ".jpeg", ".png")) else ".jpg"
        return self._made(name, f"clean{ending}", write_original)

    def prepare(self, wanted: Iterable[tuple[str, str, int]]) -> None:
        """Make some soon, one after the other: a file's name, its kind and a width each."""
        for name, kind, width_px in wanted:
            self._ahead.submit(self._prepare, name, kind, width_px)

    def close(self) -> None:
        """Make no more of those that nobody waits for."""
        self._ahead.shutdown(wait=True, cancel_futures=True)

    def sweep(self) -> None:
        """Remove those whose file is gone, and beyond the bound those that are oldest."""
        kept: list[tuple[float, int, Path]] = []
        for file in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):
                facts = file.stat()
                if self._store.has(_source_of(file)):
                    kept.append((facts.st_mtime, facts.st_size, file))
                else:
                    file.unlink()
        room = self._max_bytes
        for _, size_bytes, file in sorted(kept, reverse=True):
            room -= size_bytes
            if room < 0:
                file.unlink(missing_ok=True)

    def _prepare(self, name: str, kind: str, width_px: int) -> None:
        try:
            for coding in CODINGS:
                self.picture(name, width_px, coding)
            if kind == "video":
                self.clip(name)
        except PlaygroundError as error:
            LOGGER.info("no rendition of %s was made ahead: %s", name, error.message)

    def _made(self, name: str, what: str, write: Callable[[Path, Path], None]) -> Path:
        source = self._store.path(name)
        target = self._folder / name[:2] / f"{name}-{what}"
        with self._locks[hash(target.name) % _LOCKS]:
            with suppress(FileNotFoundError):
                os.utime(target)
                return target
            needed_bytes = footprint_bytes(source)
            with self._slots.slot(needed_bytes=needed_bytes), self._store.workspace() as work:
                write(source, work / target.name)
                target.parent.mkdir(parents=True, exist_ok=True)
                (work / target.name).replace(target)
        return target


def _source_of(file: Path) -> str:
    """The name of the kept file that a rendition was made from."""
    return file.name.rpartition("-")[0]
