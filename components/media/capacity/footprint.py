"""How much memory a file takes while it is worked on, as its header tells; nothing is decoded."""

from pathlib import Path

from components.errors import MediaRejected
from components.media.clips import inspection as video_files
from components.media.formats.sniffing import kind_of
from components.media.images import inspection as image_files

_PIXEL_BYTES = 4
"""Pillow keeps any picture in colour so."""
_COPIES = 2.1
"""Its decoding, and what is made from it."""
_COPIES_OF = {"WEBP": 5.0, "AVIF": 3.5}
"""Their decoders keep further ones: measured with pictures of 24 and 27 megapixels."""
_FRAME_PIXEL_BYTES = 1.5
_FRAMES = 48
"""Those that a decoder and an encoder of H.264 look back and ahead to, on two cores."""
_LEAST_BYTES = 8_000_000


def footprint_bytes(path: Path) -> int:
    """The most that looking at a picture or a clip and repairing it takes, about.

    A file that cannot be opened takes next to nothing: it is refused at once.
    """
    try:
        if kind_of(path) == "video":
            with video_files.opened(path) as (_, stream):
                pixels = stream.width * stream.height
            return _LEAST_BYTES + int(pixels * _FRAME_PIXEL_BYTES * _FRAMES)
        with image_files.opened(path) as picture:
            pixels = picture.width * picture.height
            copies = _COPIES_OF.get(picture.format or "", _COPIES)
        return _LEAST_BYTES + int(pixels * _PIXEL_BYTES * copies)
    except MediaRejected:
        return _LEAST_BYTES
