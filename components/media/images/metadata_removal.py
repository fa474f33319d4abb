"""Taking metadata out of a JPEG or PNG without touching the picture in it.

What goes: EXIF with places and cameras, XMP, IPTC, comments, text, further pictures and anything
behind the end of the picture. What stays: all that is needed to show it, colour profile included.
"""

import struct
from collections.abc import Iterator
from typing import Any

import numpy

_JPEG_START = b"\xff\xd8"
_JPEG_END = b"\xff\xd9"
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_COMMENT = 0xFE
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_PNG_SIGNATURE_BYTES = 8
_PNG_KEPT = frozenset(
    {
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"),
        *(b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"),
        *(b"bKGD", b"hIST", b"sPLT", b"pHYs"),
    }
)
"""What a picture is shown by (PNG, third edition, 11): whatever else there is or will be, such as
content credentials or private chunks, says something about it."""
_Range = tuple[int, int]


def without_metadata(content: bytes) -> bytes:
    """Return the file without its metadata, the same object when there is none in it.

    Raises `ValueError` when the file is not built as its format says; pictures like that may be
    readable all the same.
    """
    ranges = _jpeg_ranges if content.startswith(_JPEG_START) else _png_ranges
    try:
        kept = list(ranges(content))
    except (struct.error, IndexError) as error:
        raise ValueError("the file ends in the middle of a segment") from error
    kept_bytes = sum(end - begin for begin, end in kept)
    last = kept[-1][1]
    if kept_bytes == last and not content[last:].strip(b"\0"):
        return content
    return b"".join(memoryview(content)[begin:end] for begin, end in kept)


def has_jpeg_end(content: bytes) -> bool:
    """Tell whether a JPEG that went through `without_metadata` is there to its last byte."""
    return content.endswith(_JPEG_END)


def jpeg_start(content: bytes, size_bytes: int) -> bytes:
    """Return the first part of a JPEG as a file of its own, enough to try its tables on."""
    return content[:size_bytes] + _JPEG_END


def _jpeg_ranges(content: bytes) -> Iterator[_Range]:
    """Yield where what has to stay begins and ends. Raises `ValueError` where no marker is."""
    yield 0, 2
    begin = 2
    after_scans = None
    while True:
        if content[begin] != 0xFF:
            raise ValueError("no marker where one must be")
        at = begin + 1
        while content[at] == 0xFF:
            at += 1
        marker, end = content[at], at + 1
        if marker == _END_OF_IMAGE:
            yield begin, end
            return
        if marker not in _STANDALONE:
            end += struct.unpack(">H", content[end : end + 2])[0]
        if marker == _START_OF_SCAN:
            after_scans = _markers(content) if after_scans is None else after_scans
            following = after_scans[numpy.searchsorted(after_scans, end) :]
            end = int(following[0]) if following.size else len(content)
        if not _is_jpeg_metadata(marker, content[at + 3 : at + 17]):
            yield begin, end
        if end == len(content):
            return
        begin = end


def _markers(content: bytes) -> "numpy.ndarray[Any, Any]":
    """Return where markers can be in the data of a scan: 0xFF, no stuffing and no restart."""
    values = numpy.frombuffer(content, numpy.uint8)
    places = numpy.flatnonzero(values[:-1] == 0xFF)
    followers = values[places + 1]
    restarts = (followers >= 0xD0) & (followers <= 0xD7)
    ends: numpy.ndarray[Any, Any] = places[(followers != 0) & (followers != 0xFF) & ~restarts]
    return ends


def _is_jpeg_metadata(marker: int, head: bytes) -> bool:
    """Tell whether a segment says something about the picture and is not needed to show it."""
    if marker == _COMMENT:
        return True
    if not 0xE0 <= marker <= 0xEF:
        return False
    needed = (b"JFIF\0", b"JFXX\0", b"ICC_PROFILE\0", b"Adobe")
    return not head.startswith(needed)


def _png_ranges(content: bytes) -> Iterator[_Range]:
    """Yield where what has to stay begins and ends. Raises `struct.error` without an end."""
    yield 0, _PNG_SIGNATURE_BYTES
    begin = _PNG_SIGNATURE_BYTES
    while True:
        length, kind = struct.unpack(">I4s", content[begin : begin + 8])
        end = begin + 12 + length
        if kind in _PNG_KEPT:
            yield begin, min(end, len(content))
        if kind == b"IEND":
            return
        begin = end
