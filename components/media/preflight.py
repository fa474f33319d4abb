"""Preflight: a file is examined, repaired where it breaks a limit, and kept."""

from dataclasses import dataclass, replace
from pathlib import Path

from components.media.capacity.cpu_slots import ONE_A_CORE, CpuSlots
from components.media.capacity.footprint import footprint_bytes
from components.media.clips.limits import frame_picture
from components.media.clips.preflight import preflight_video
from components.media.formats.sniffing import require_kind
from components.media.images.limits import thumbnail
from components.media.images.preflight import preflight_image
from components.media.report import (
    Cancelled,
    Choices,
    ImageChoices,
    Preflight,
    Progress,
    ignore,
    never,
)
from components.media.store.media_store import MediaStore, name_of, ref


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


class Preflighter:
    """Examines files for one store; any number of threads may ask at once. It remembers nothing."""

    def __init__(self, store: MediaStore, *, cpu_slots: CpuSlots = ONE_A_CORE) -> None:
        self._store = store
        self._cpu_slots = cpu_slots

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
        slot = self._cpu_slots.slot(cancelled, needed_bytes=footprint_bytes(file))
        with slot, self._store.workspace() as folder:
            facts = preflight(file, folder, choices, progress, cancelled)
            examined = self._keep(facts, folder)
        progress(1.0)
        return examined

    def _keep(self, facts: Preflight, folder: Path) -> Examined:
        # Drawn before anything is kept, so that a file whose preview fails leaves nothing.
        small_original = small = _small(facts, facts.source, folder / "before.jpg")
        if not facts.untouched:
            small = _small(facts, facts.path, folder / "after.jpg")
        original = after = self._store.keep(facts.source, facts.before.suffix)
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
