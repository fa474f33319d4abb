"""The desk where files are handed in: examined, repaired, kept, and remembered by their content.

Asking again for the same file and the same choices is instant, and two who ask at once wait for
one piece of work.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path

from components.media.clip_preflight import preflight_video
from components.media.durable_files import content_hash
from components.media.image_preflight import preflight_image
from components.media.images import thumbnail
from components.media.preflight import (
    Cancelled,
    Choices,
    ImageChoices,
    Preflight,
    Progress,
    ignore,
    never,
    stop_if,
)
from components.media.sniff import require_kind
from components.media.store import MediaStore, name_of, ref
from components.media.turns import ONE_A_CORE, Turns
from components.media.videos import frame_picture

_REMEMBERED = 256
_LOOK_AGAIN_S = 0.1
_Key = tuple[str, Choices]


@dataclass(frozen=True)
class Examined:
    """References into the store of what was handed in and what became of it.

    `ref` is what a request carries; it equals `original_ref`, and the thumbnails are the same,
    when nothing was changed. `preflight` names the kept files as its `source` and `path`.
    """

    ref: str
    original_ref: str
    thumbnail_ref: str
    original_thumbnail_ref: str
    preflight: Preflight

    @property
    def refs(self) -> frozenset[str]:
        """All of them, each once."""
        return frozenset(
            (self.ref, self.original_ref, self.thumbnail_ref, self.original_thumbnail_ref)
        )


class Desk:
    """Examines files for one store; any number of threads may ask at once."""

    def __init__(
        self, store: MediaStore, *, turns: Turns = ONE_A_CORE, remembered: int = _REMEMBERED
    ) -> None:
        self._store = store
        self._turns = turns
        self._remembered = remembered
        self._lock = threading.Lock()
        self._known: OrderedDict[_Key, Examined] = OrderedDict()
        self._under_way: dict[_Key, threading.Event] = {}

    def examine(
        self,
        source: Path | str,
        choices: Choices,
        *,
        progress: Progress = ignore,
        cancelled: Cancelled = never,
    ) -> Examined:
        """Look at a file, repair it where it breaks a limit, and keep it before and after.

        `source` is a local `Path` or the reference of a kept file, such as `original_ref`; the
        type of `choices` says whether it is to be a picture or a clip. `progress` goes from 0 to
        1, in the thread of the caller. Raises `MediaRejected` for a file beyond repair,
        `RepairCancelled`, and `DiskFull`.
        """
        file = source if isinstance(source, Path) else self._store.path(name_of(source))
        require_kind(file, choices.kind)
        digest = content_hash(file) if isinstance(source, Path) else file.stem
        key = (digest, choices)
        while True:
            with self._lock:
                known = self._recall(key)
                done = self._under_way.get(key)
                mine = known is None and done is None
                if mine:
                    done = self._under_way[key] = threading.Event()
            if known is not None:
                progress(1.0)
                return known
            if mine and done is not None:
                return self._work(key, file, progress, cancelled)
            while done is not None and not done.wait(_LOOK_AGAIN_S):
                stop_if(cancelled)

    def _recall(self, key: _Key) -> Examined | None:
        """Return what is known, unless a file of it was deleted since."""
        found = self._known.get(key)
        if found is None:
            return None
        if not all(self._store.has(name_of(each)) for each in found.refs):
            del self._known[key]
            return None
        self._known.move_to_end(key)
        return found

    def _work(self, key: _Key, file: Path, progress: Progress, cancelled: Cancelled) -> Examined:
        """Do it, and let those who wait look again: at the result, or for themselves."""
        examined: Examined | None = None
        try:
            with self._turns.turn(cancelled), self._store.workspace() as folder:
                facts = preflight(file, folder, key[1], progress, cancelled)
                examined = self._keep(facts, folder, key[0])
        finally:
            with self._lock:
                if examined is not None:
                    self._known[key] = examined
                if len(self._known) > self._remembered:
                    self._known.popitem(last=False)
                self._under_way.pop(key).set()
        progress(1.0)
        return examined

    def _keep(self, facts: Preflight, folder: Path, digest: str) -> Examined:
        # Drawn before anything is kept, so that a file whose preview fails leaves nothing.
        small_original = small = _small(facts, facts.source, folder / "before.jpg")
        if not facts.untouched:
            small = _small(facts, facts.path, folder / "after.jpg")
        original = after = self._store.keep(facts.source, facts.before.suffix, digest)
        if not facts.untouched:
            after = self._store.keep(facts.path, facts.after.suffix)
        return Examined(
            ref=ref(after),
            original_ref=ref(original),
            thumbnail_ref=ref(self._store.keep(small, ".jpg")),
            original_thumbnail_ref=ref(self._store.keep(small_original, ".jpg")),
            preflight=replace(
                facts, source=self._store.path(original), path=self._store.path(after)
            ),
        )


def preflight(
    file: Path,
    folder: Path,
    choices: Choices,
    progress: Progress = ignore,
    cancelled: Cancelled = never,
) -> Preflight:
    """Look at the file as the kind of thing the choices are for, and repair it into `folder`."""
    if isinstance(choices, ImageChoices):
        return preflight_image(file, folder, choices)
    return preflight_video(file, folder, choices, progress=progress, cancelled=cancelled)


def _small(facts: Preflight, file: Path, target: Path) -> Path:
    draw = thumbnail if facts.kind == "image" else frame_picture
    return draw(file, target)
