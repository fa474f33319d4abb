"""Results that were rendered lately: the same request again gives the same files, copied."""

import hashlib
import json
import shutil
import threading
from collections import OrderedDict
from dataclasses import asdict, replace
from pathlib import Path

from components.sandbox.jobs import Rendered
from components.sandbox.rendering.reference_files import ReferenceFiles
from components.sandbox.rendering.render_job import RenderJob

REMEMBERED = 64
_ID_CHARS = 36


class RenderCache:
    """By what was asked for; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Rendered] = OrderedDict()

    def recall(self, key: str, work: RenderJob) -> Rendered | None:
        """Copy what this key gave into the folder of `work`; None where it is gone."""
        with self._lock:
            rendered = self._known.get(key)
        if rendered is None:
            return None
        try:
            return replace(rendered, paths=tuple(_copy(path, work) for path in rendered.paths))
        except FileNotFoundError:
            return None

    def remember(self, key: str, rendered: Rendered) -> None:
        """Note finished files where they will lie from now on."""
        with self._lock:
            self._known[key] = rendered
            self._known.move_to_end(key)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


def key_of(work: RenderJob, media: ReferenceFiles) -> str:
    """Return what is the same for the same request with the same media."""
    digest = hashlib.sha256(json.dumps(asdict(work.request), sort_keys=True).encode())
    files = [*media.images, *(path for views in media.elements for path in views)]
    for path in [*files, *([media.video] if media.video else [])]:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _copy(path: Path, work: RenderJob) -> Path:
    """A finished file is named by its request: its number and its ending stay."""
    target = work.folder / f"{work.folder.stem}{path.name[_ID_CHARS:]}"
    shutil.copyfile(path, target)
    return target
