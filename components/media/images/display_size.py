"""How wide and high a kept file is shown: from its head, and once for each file."""

from functools import lru_cache
from pathlib import Path

from components.errors import MediaRejected
from components.media.clips import inspection as video_files
from components.media.formats.sniffing import kind_of
from components.media.images import inspection as image_files
from components.media.images.sizing import Size

_REMEMBERED = 512


def display_size(path: Path) -> Size | None:
    """Return the upright sides in pixels; None for what cannot be read.

    The path stands for its content: kept files are named by it, and never change.
    """
    try:
        return _read(path)
    except (MediaRejected, OSError):
        return None


@lru_cache(maxsize=_REMEMBERED)
def _read(path: Path) -> Size:
    if kind_of(path) == "image":
        with image_files.opened(path) as picture:
            return image_files.describe_picture(picture, path).size_px
    with video_files.opened(path) as (source, stream):
        frame = video_files.first_frame(source, stream, path)
        aspect = float(stream.sample_aspect_ratio or 1)
        width_px = max(1, round(frame.width * aspect))
        return (frame.height, width_px) if frame.rotation % 180 else (width_px, frame.height)
