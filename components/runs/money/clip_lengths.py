"""How long clips are: those in the media store, and those at addresses somebody has looked at."""

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from components.catalog.amounts import source_clip
from components.catalog.request import ModelRequest
from components.errors import PlaygroundError
from components.media.clips.inspection import inspect_video
from components.media.store.media_store import REF_PREFIX, MediaStore, name_of

REMEMBERED = 512


class ClipLengths:
    """Remembers what it has measured: a reference into the store always means the same content."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._lock = Lock()
        self._known: OrderedDict[str, float] = OrderedDict()

    def length_of(self, model: type[ModelRequest], values: Mapping[str, Any]) -> float | None:
        """Seconds of the clip a request names; None without one, or where it is not known."""
        reference = source_clip(model, values)
        if reference is None:
            return None
        with self._lock:
            known = self._known.get(reference)
        if known is None and reference.startswith(REF_PREFIX):
            known = self._measured(reference)
        return known

    def learn(self, reference: str, file: Path) -> None:
        """Note how long the clip in `file` is, known from now on by `reference`; others pass."""
        try:
            info = inspect_video(file)
        except PlaygroundError:
            return
        self.note(reference, info.total_s or info.duration_s)

    def note(self, reference: str, length_s: float) -> None:
        """Somebody else has measured a clip."""
        with self._lock:
            self._known[reference] = length_s
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def _measured(self, reference: str) -> float | None:
        try:
            self.learn(reference, self._media.path(name_of(reference)))
        except PlaygroundError:
            return None
        with self._lock:
            return self._known.get(reference)
