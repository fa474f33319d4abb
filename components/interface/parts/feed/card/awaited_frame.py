"""The frame of a result that is not there yet: as many pictures as were asked for, in their ratio.

It keeps the place of the result, so that nothing moves when that arrives.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.catalog.amounts import source_clip
from components.catalog.fields import Choice, Count, ImageRef, MediaKind
from components.catalog.request import ModelRequest
from components.errors import MediaRejected
from components.media.images.display_size import display_size
from components.media.store.media_store import REF_PREFIX, MediaStore, name_of

MOST_COLUMNS = 3
_RATIO = re.compile(r"(\d+):(\d+)")
_UNKNOWN = (16, 9)
_LONG_SIDE_PX = {"image": 1360, "video": 1920}


@dataclass(frozen=True)
class Awaited:
    """`width` to `height` is the ratio of each of `count` results; `facts` are about as long as
    what will stand beside them."""

    kind: MediaKind
    width: int
    height: int
    count: int

    @property
    def columns(self) -> int:
        """How many stand side by side."""
        return columns_of(self.count)

    @property
    def facts(self) -> str:
        """What a result's own line will be like, to keep its room."""
        scale = _LONG_SIDE_PX[self.kind] / max(self.width, self.height)
        sides = f"{round(self.width * scale)}×{round(self.height * scale)}"
        return (
            f"JPEG · {sides} · 1.2 MB" if self.kind == "image" else f"MP4 · {sides} · 5 s · 9.8 MB"
        )


def awaited(model: type[ModelRequest], request: Mapping[str, Any], media: MediaStore) -> Awaited:
    """What a request will bring: 16:9 where its ratio is not known."""
    values = {name: _value(model, request, name) for name in model.parameters()}
    found = next(_ratios(model, values, media), _UNKNOWN)
    counts = [values[name] for name, it in model.parameters().items() if isinstance(it, Count)]
    count = counts[0] if counts and isinstance(counts[0], int) else 1
    return Awaited(model.output, *found, max(1, count))


def columns_of(count: int) -> int:
    """In how many columns so many pictures or clips stand."""
    return min(MOST_COLUMNS, math.ceil(math.sqrt(count))) or 1


def _value(model: type[ModelRequest], request: Mapping[str, Any], name: str) -> Any:
    info = model.model_fields[name]
    return request.get(name, None if info.is_required() else info.default)


def _ratios(
    model: type[ModelRequest], values: Mapping[str, Any], media: MediaStore
) -> Iterator[tuple[int, int]]:
    """The ratio that was asked for; else that of the clip to change, or of the first frame."""
    for name, parameter in model.parameters().items():
        asked = _RATIO.fullmatch(str(values[name])) if isinstance(parameter, Choice) else None
        if asked and all(map(int, asked.groups())):
            yield int(asked[1]), int(asked[2])
    frames = [values[name] for name, it in model.parameters().items() if isinstance(it, ImageRef)]
    for source in (source_clip(model, values), *frames):
        size_px = _kept_size(source, media)
        if size_px:
            yield size_px


def _kept_size(source: Any, media: MediaStore) -> tuple[int, int] | None:
    if not isinstance(source, str) or not source.startswith(REF_PREFIX):
        return None
    try:
        return display_size(media.path(name_of(source)))
    except MediaRejected:
        return None
