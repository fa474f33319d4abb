"""Whether a PNG has all its rows: decoders leave those that are missing black, without a word."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image

_SIGNATURE_BYTES = 8
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
_LAST_PASS = (0, 1, 1, 2)
"""Where each pass of an interlaced PNG begins, and its steps, across and down (PNG, 8.2)."""
_PIECE_BYTES = 1024 * 1024
_LOOKED_AT_ROWS = 2


def lacks_rows(picture: Image.Image, path: Path) -> bool:
    """Tell whether a decoded PNG ends before its last row.

    A row that was never decoded is zero. The last two are looked at first, of which an interlaced
    picture has at least one in its last pass; only where one is all zero the data are counted,
    which takes as long as decoding them.
    """
    return _may_lack(picture) and _counted_bytes(path) < _needed_bytes(path)


def _may_lack(picture: Image.Image) -> bool:
    width, height = picture.size
    rows = range(max(0, height - _LOOKED_AT_ROWS), height)
    return any(not any(picture.crop((0, row, width, row + 1)).tobytes()) for row in rows)


def _needed_bytes(path: Path) -> int:
    """How many bytes the header promises: a filter byte before each row, in every pass."""
    with path.open("rb") as file:
        head = file.read(_SIGNATURE_BYTES + 25)
    width, height, depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", head[16:29])
    bits = depth * _CHANNELS[colour]
    passes = (*_PASSES, _LAST_PASS) if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total


def _counted_bytes(path: Path) -> int:
    """How many bytes its data unpack to, held one piece at a time. Raises `zlib.error`."""
    unpacker = zlib.decompressobj()
    total = 0
    with path.open("rb") as file:
        for packed in _data(file):
            rest = packed
            while rest:
                total += len(unpacker.decompress(rest, _PIECE_BYTES))
                rest = unpacker.unconsumed_tail
    return total + len(unpacker.flush())


def _data(file: BinaryIO) -> Iterator[bytes]:
    """The content of its IDAT chunks, piece by piece."""
    file.seek(_SIGNATURE_BYTES)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return
        if kind != b"IDAT":
            file.seek(length + 4, 1)
            continue
        while length > 0 and (piece := file.read(min(length, _PIECE_BYTES))):
            length -= len(piece)
            yield piece
        file.seek(4, 1)
