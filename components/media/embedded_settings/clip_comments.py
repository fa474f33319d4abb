"""A comment put into an MP4 or MOV: the table of contents is written anew, the rest stays.

Where the table of contents stands before the pictures, it moves them, and every offset in it is
corrected for that. Source: ISO/IEC 14496-12, and Apple's QuickTime format for the comment.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy

from components.media.embedded_settings.splice import Edit

_MAX_MOOV_BYTES = 32 << 20
_MAX_BOXES = 1000
# A box of another kind may hold offsets of its own, as those of a fragmented file do.
_KNOWN = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"pdin"}
_WITH_OFFSETS = {b"mvex", b"meta", b"saio"}
_ON_THE_WAY = {b"trak", b"mdia", b"minf", b"stbl"}
_OFFSET_TABLES = {b"stco": ">u4", b"co64": ">u8"}
_UNDETERMINED_LANGUAGE = 0x55C4


@dataclass(frozen=True)
class _Box:
    kind: bytes
    begin: int
    body: int
    end: int


def clip_edits(file: BinaryIO, text: str) -> list[Edit]:
    """Return what to change so that the file carries `text` as its comment.

    Raises `ValueError` or `struct.error` for a file that is built in an unusual way.
    """
    size_bytes = file.seek(0, 2)
    boxes = list(_boxes(file, 0, size_bytes))
    movies = [box for box in boxes if box.kind == b"moov"]
    if len(movies) != 1 or not {box.kind for box in boxes} <= _KNOWN:
        raise ValueError("not a plain file with one table of contents")
    movie = movies[0]
    if movie.end - movie.begin > _MAX_MOOV_BYTES:
        raise ValueError("the table of contents is too large")
    file.seek(movie.body)
    old = file.read(movie.end - movie.body)
    new = bytearray(_commented(old, text))
    moved_bytes = len(new) + 8 - (movie.end - movie.begin)
    _correct_offsets(new, movie.end, moved_bytes)
    return [Edit(movie.begin, movie.end, _box(b"moov", bytes(new)))]


def _commented(movie: bytes, text: str) -> bytes:
    """Return the content of a table of contents with the comment as the last of its user data."""
    letters = text.encode()
    head = struct.pack(">HH", len(letters), _UNDETERMINED_LANGUAGE)
    comment = _box(b"\xa9cmt", head + letters)
    for box in _boxes_in(movie):
        if box.kind == b"udta":
            # A list of user data may end with four zeros.
            kept = movie[box.body : box.end].removesuffix(b"\0\0\0\0")
            return movie[: box.begin] + _box(b"udta", kept + comment) + movie[box.end :]
    return movie + _box(b"udta", comment)


def _correct_offsets(movie: bytearray, from_byte: int, moved_bytes: int) -> None:
    """Add `moved_bytes` to each offset that points behind `from_byte`, in place."""
    todo = [(0, len(movie))]
    while todo:
        begin, end = todo.pop()
        for box in _boxes_in(movie, begin, end):
            if box.kind in _WITH_OFFSETS:
                raise ValueError("there are offsets in a place that is not known")
            if box.kind in _ON_THE_WAY:
                todo.append((box.body, box.end))
            elif box.kind in _OFFSET_TABLES:
                table = numpy.frombuffer(
                    movie, _OFFSET_TABLES[box.kind], _entry_count(movie, box), box.body + 8
                )
                moved = table + numpy.where(table >= from_byte, moved_bytes, 0)
                if moved.size and moved.max() > numpy.iinfo(table.dtype).max:
                    raise ValueError("an offset does not fit any more")
                movie[box.body + 8 : box.body + 8 + table.nbytes] = moved.astype(
                    table.dtype
                ).tobytes()


def _entry_count(movie: bytearray, table: _Box) -> int:
    (count,) = struct.unpack_from(">I", movie, table.body + 4)
    return int(count)


def _boxes(file: BinaryIO, begin: int, end: int) -> Iterator[_Box]:
    """Yield the boxes of a file one after another."""
    for _ in range(_MAX_BOXES):
        if begin == end:
            return
        file.seek(begin)
        box = _read_box(file.read(16), begin, end)
        yield box
        begin = box.end
    raise ValueError("too many boxes")


def _boxes_in(content: bytes | bytearray, begin: int = 0, end: int | None = None) -> Iterator[_Box]:
    """Yield the boxes between two places; four zeros may end a list."""
    end = len(content) if end is None else end
    while end - begin >= 8:
        box = _read_box(bytes(content[begin : begin + 16]), begin, end)
        yield box
        begin = box.end


def _read_box(head: bytes, begin: int, end: int) -> _Box:
    size_bytes, kind = struct.unpack_from(">I4s", head)
    body = begin + 8
    if size_bytes == 1:
        (size_bytes,) = struct.unpack_from(">Q", head, 8)
        body = begin + 16
    elif size_bytes == 0:
        size_bytes = end - begin
    box = _Box(kind, begin, body, begin + size_bytes)
    if not body <= box.end <= end:
        raise ValueError("a box ends outside the one around it")
    return box


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body
