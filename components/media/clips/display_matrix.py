"""How a clip's stored frames are to be shown: turned, mirrored, or both, as its head says.

Phones store frames as the sensor sees them, front cameras mirrored ones. A head says so by a matrix
(ISO 14496-12, 6.2.2), of which FFmpeg's rotation is only a part: it knows no mirror.
"""

import struct
from collections.abc import Iterable
from enum import Enum
from typing import cast

from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame
from PIL import Image

from components.media.images.inspection import TRANSPOSES

_MATRIX = struct.Struct("=9i")
"""Nine numbers; the first two of the first two rows turn and mirror, in 1/65536."""


class DisplayTurn(Enum):
    """What makes a stored frame upright, by the number that EXIF has for it as an orientation."""

    NONE = 1
    MIRRORED = 2
    HALF = 3
    MIRRORED_HALF = 4
    TRANSPOSED = 5
    QUARTER_RIGHT = 6
    TRANSVERSED = 7
    QUARTER_LEFT = 8

    @property
    def swaps_sides(self) -> bool:
        """Whether width becomes height."""
        return self.value >= DisplayTurn.TRANSPOSED.value

    @property
    def is_mirrored(self) -> bool:
        """Whether left and right change places, on whichever side the frame lies."""
        return self in _MIRRORS

    @property
    def transpose(self) -> Image.Transpose | None:
        """The same for a picture; None where nothing is to be done."""
        return TRANSPOSES.get(self.value)

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """The same for frames on their way to an encoder: names and arguments of filters."""
        return _FILTERS.get(self, ())


_MIRRORS = (
    DisplayTurn.MIRRORED,
    DisplayTurn.MIRRORED_HALF,
    DisplayTurn.TRANSPOSED,
    DisplayTurn.TRANSVERSED,
)
_FILTERS = {
    DisplayTurn.MIRRORED: (("hflip", ""),),
    DisplayTurn.HALF: (("hflip", ""), ("vflip", "")),
    DisplayTurn.MIRRORED_HALF: (("vflip", ""),),
    DisplayTurn.TRANSPOSED: (("transpose", "dir=cclock_flip"),),
    DisplayTurn.QUARTER_RIGHT: (("transpose", "dir=clock"),),
    DisplayTurn.TRANSVERSED: (("transpose", "dir=clock_flip"),),
    DisplayTurn.QUARTER_LEFT: (("transpose", "dir=cclock"),),
}
_BY_SIGNS = {
    (True, True): DisplayTurn.NONE,
    (False, True): DisplayTurn.MIRRORED,
    (True, False): DisplayTurn.MIRRORED_HALF,
    (False, False): DisplayTurn.HALF,
}
_SIDEWAYS_BY_SIGNS = {
    (True, True): DisplayTurn.TRANSPOSED,
    (True, False): DisplayTurn.QUARTER_RIGHT,
    (False, True): DisplayTurn.QUARTER_LEFT,
    (False, False): DisplayTurn.TRANSVERSED,
}


def turn_of(frame: VideoFrame) -> DisplayTurn:
    """Read what a decoded frame carries of it; a turn in between counts as the nearest quarter."""
    # PyAV's annotation is of what it once was.
    beside = cast("SideDataContainer", frame.side_data)
    data = next((bytes(it) for it in beside if it.type is Type.DISPLAYMATRIX), b"")
    return turn_by(_MATRIX.unpack_from(data)) if len(data) >= _MATRIX.size else DisplayTurn.NONE


def turn_by(matrix: Iterable[int]) -> DisplayTurn:
    """Tell what the nine numbers of a matrix do to a frame."""
    a, b, _, c, d, *_ = matrix
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return _BY_SIGNS[a >= 0, d >= 0]
    return _SIDEWAYS_BY_SIGNS[b >= 0, c >= 0]
