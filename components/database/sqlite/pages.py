"""The pages of a SQLite file, read without SQLite: for a file that SQLite itself does not open.

The format is described in https://sqlite.org/fileformat2.html; only what the playground's own
databases have is read: UTF-8, and no reserved space at the end of a page.
"""

import shutil
import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from components.database.sqlite.integrity import MAGIC, beside

Record = tuple[Any, ...]
_DEFAULT_PAGE_BYTES = 4096
_FILE_HEADER_BYTES = 100
_WAL_HEADER_BYTES = 32
_FRAME_HEADER_BYTES = 24
_TABLE_LEAF = 0x0D
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_CONSTANTS = {0: None, 8: 0, 9: 1}
_FLOAT = 7
_FIRST_BLOB = 12
_MALFORMED = (IndexError, ValueError, struct.error, KeyError)


def copy_with_log(file: Path, target: Path) -> int:
    """Copy a database together with what its log has committed; returns its page size in bytes.

    The file may be missing, empty or without its beginning.
    """
    if file.exists():
        shutil.copyfile(file, target)
    else:
        target.touch()
    page_bytes = _page_bytes(target)
    log = beside(file, "-wal")
    if log.exists():
        with log.open("rb") as frames, target.open("r+b") as pages:
            page_bytes = _apply(frames.read(), pages) or page_bytes
    return page_bytes


def records(file: Path, page_bytes: int) -> Iterator[Record]:
    """Every row that stands in any page of a table, of whichever table, deleted ones included."""
    with file.open("rb") as opened:
        size = file.stat().st_size
        for number in range(1, size // page_bytes + 1):
            page = _page(opened, number, page_bytes)
            for start in _cells(page, _FILE_HEADER_BYTES if number == 1 else 0):
                try:
                    yield _record(_payload(opened, page, start, page_bytes))
                except _MALFORMED:
                    continue


def _page_bytes(file: Path) -> int:
    with file.open("rb") as opened:
        head = opened.read(18)
    if not head.startswith(MAGIC) or len(head) < 18:
        return _DEFAULT_PAGE_BYTES
    size = int.from_bytes(head[16:18], "big")
    return 65_536 if size == 1 else max(size, 512)


def _apply(log: bytes, pages: Any) -> int:
    """Write the committed pages of a log over those of the file; returns their size, 0 for none."""
    if len(log) < _WAL_HEADER_BYTES:
        return 0
    page_bytes, salts = int.from_bytes(log[8:12], "big"), log[16:24]
    waiting: dict[int, int] = {}
    if page_bytes < 512:
        return 0
    ends = range(_WAL_HEADER_BYTES, len(log) + 1, _FRAME_HEADER_BYTES + page_bytes)
    for start, end in pairwise(ends):
        number, committed_pages = struct.unpack(">II", log[start : start + 8])
        if log[start + 8 : start + 16] != salts:
            break  # What follows is left from before.
        waiting[number] = end - page_bytes
        if committed_pages:
            for page, offset in waiting.items():
                pages.seek((page - 1) * page_bytes)
                pages.write(log[offset : offset + page_bytes])
            waiting.clear()
    return page_bytes


def _page(opened: Any, number: int, page_bytes: int) -> bytes:
    opened.seek((number - 1) * page_bytes)
    read: bytes = opened.read(page_bytes)
    return read


def _cells(page: bytes, start: int) -> list[int]:
    """Where the rows of a leaf of a table begin; none in any other page."""
    if page[start] != _TABLE_LEAF:
        return []
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    ends = range(start + 8, min(start + 8 + 2 * count, len(page)) + 1, 2)
    return [int.from_bytes(page[a:b], "big") for a, b in pairwise(ends)]


def _payload(opened: Any, page: bytes, start: int, page_bytes: int) -> bytes:
    """A row's bytes, put together from its page and those it flows over to."""
    size, start = _varint(page, start)
    _, start = _varint(page, start)
    most, least = page_bytes - 35, (page_bytes - 12) * 32 // 255 - 23
    if size <= most:
        return page[start : start + size]
    local = least + (size - least) % (page_bytes - 4)
    local = local if local <= most else least
    parts, missing = [page[start : start + local]], size - local
    number = int.from_bytes(page[start + local : start + local + 4], "big")
    while missing > 0:
        more = _page(opened, number, page_bytes) if number else b""
        if len(more) < page_bytes:
            raise ValueError("a row goes on in a page that is not there")
        parts.append(more[4 : 4 + missing])
        number, missing = int.from_bytes(more[:4], "big"), missing - (page_bytes - 4)
    return b"".join(parts)


def _record(payload: bytes) -> Record:
    header_end, position = _varint(payload, 0)
    values, start = [], header_end
    while position < header_end:
        kind, position = _varint(payload, position)
        value, start = _value(payload, start, kind)
        values.append(value)
    if start != len(payload):
        raise ValueError("a row has another length than it says")
    return tuple(values)


def _value(payload: bytes, start: int, kind: int) -> tuple[Any, int]:
    if kind in _CONSTANTS:
        return _CONSTANTS[kind], start
    if kind == _FLOAT:
        return struct.unpack(">d", payload[start : start + 8])[0], start + 8
    if kind < _FIRST_BLOB:
        end = start + _INTEGER_BYTES[kind]
        return int.from_bytes(payload[start:end], "big", signed=True), end
    end = start + (kind - _FIRST_BLOB) // 2
    part = payload[start:end]
    return (part.decode() if kind % 2 else part), end


def _varint(data: bytes, start: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for position in range(start, start + 8):
        value = value << 7 | data[position] & 0x7F
        if not data[position] & 0x80:
            return value, position + 1
    return value << 8 | data[start + 8], start + 9
