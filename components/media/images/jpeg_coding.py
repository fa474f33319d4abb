"""How the picture in a JPEG is coded: the standard has ways that hardly anything reads."""

from pathlib import Path
from typing import BinaryIO

_COMMON_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, all with Huffman codes (ITU-T T.81, table B.1)."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SEARCHED_BYTES = 16 * 1024 * 1024
"""Profiles and previews before the frame; what is longer is no photo."""


def has_common_coding(path: Path) -> bool:
    """Tell whether any reader decodes this JPEG; false also where no frame is found."""
    with path.open("rb") as file:
        if file.read(2) != b"\xff\xd8":
            return False
        while file.tell() < _SEARCHED_BYTES:
            marker = _next_marker(file)
            if marker in _FRAMES:
                return marker in _COMMON_FRAMES
            if marker is None or marker == 0xDA:
                return False
            if marker not in _STANDALONE:
                length = int.from_bytes(file.read(2))
                file.seek(max(0, length - 2), 1)
    return False


def _next_marker(file: BinaryIO) -> int | None:
    """The marker that begins here, behind any number of fill bytes; None where there is none."""
    if file.read(1) != b"\xff":
        return None
    while (value := file.read(1)) == b"\xff":
        continue
    return value[0] if value else None
