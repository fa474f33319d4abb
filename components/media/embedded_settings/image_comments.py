"""A comment put into a PNG, JPEG or WebP beside the picture, which is not touched.

In a PNG it is the text named Comment, in the others the UserComment of EXIF: what viewers,
exiftool and Pillow show. What else a file says about itself stays.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from PIL import ExifTags, Image

from components.media.embedded_settings.splice import Edit

PNG_KEYWORD = "Comment"
_PNG_SIGNATURE_BYTES = 8
_MAX_PARTS = 1000
_START_OF_SCAN = 0xDA
_APP1 = 0xE1
_BEFORE_EXIF = {0xE0}
_EXIF_NAME = b"Exif\0\0"
_MAX_SEGMENT_BYTES = 0xFFFF
_UNICODE = b"UNICODE\0"
_WEBP_HAS_EXIF, _WEBP_HAS_ALPHA = 0x08, 0x10


def png_edits(file: BinaryIO, text: str) -> list[Edit]:
    """Return what to change in a PNG. Raises `ValueError` or `struct.error` for a broken one."""
    at = _PNG_SIGNATURE_BYTES
    for _ in range(_MAX_PARTS):
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind == b"IDAT":
            # Keyword, no compression, no language, no translated keyword.
            data = PNG_KEYWORD.encode() + b"\0\0\0\0\0" + text.encode()
            return [Edit(at, at, _png_chunk(b"iTXt", data))]
        at += length + 12
    raise ValueError("no picture in it")


def jpeg_edits(file: BinaryIO, text: str) -> list[Edit]:
    """Return what to change in a JPEG. Raises `ValueError` or `struct.error` for a broken one."""
    place, old = 2, b""
    for marker, begin, end in _jpeg_segments(file):
        if marker in _BEFORE_EXIF and begin == place:
            place = end
        file.seek(begin + 4)
        if marker == _APP1 and file.read(len(_EXIF_NAME)) == _EXIF_NAME:
            old = file.read(end - file.tell())
            new = _jpeg_segment(_APP1, _EXIF_NAME + exif_with_comment(old, text))
            return [Edit(begin, end, new)]
    return [Edit(place, place, _jpeg_segment(_APP1, _EXIF_NAME + exif_with_comment(old, text)))]


def webp_edits(file: BinaryIO, text: str) -> list[Edit]:
    """Return what to change in a WebP. Raises `ValueError` or `struct.error` for a broken one."""
    chunks = list(_webp_chunks(file))
    first_kind, first_begin, _ = chunks[0]
    last_end = chunks[-1][2]
    begin, end = next((at for kind, *at in chunks if kind == b"EXIF"), (last_end, last_end))
    file.seek(begin + 8)
    old = file.read(end - begin - 8).removeprefix(_EXIF_NAME) if end > begin else b""
    edits = [Edit(begin, end, _webp_chunk(b"EXIF", exif_with_comment(old, text)))]
    file.seek(first_begin)
    head = file.read(18)
    if first_kind == b"VP8X":
        flags = head[8] | _WEBP_HAS_EXIF
        edits.insert(0, Edit(first_begin + 8, first_begin + 9, bytes([flags])))
    else:
        edits.insert(0, Edit(first_begin, first_begin, _webp_chunk(b"VP8X", _webp_canvas(head))))
    grown = sum(len(edit.new) - (edit.end - edit.begin) for edit in edits)
    return [Edit(4, 8, struct.pack("<I", last_end - 8 + grown)), *edits]


def exif_with_comment(old: bytes, text: str) -> bytes:
    """Return EXIF data, without its name, that say what `old` says and hold the comment."""
    exif = Image.Exif()
    exif.load(old)
    order = exif.endian or ">"
    encoding = "utf-16-be" if order == ">" else "utf-16-le"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = _UNICODE + text.encode(encoding)
    content = exif.tobytes().removeprefix(_EXIF_NAME)
    # Pillow calls bytes a list of numbers (1); the standard wants "undefined" (7) here.
    tag_and_type = struct.Struct(order + "HH")
    as_numbers = tag_and_type.pack(ExifTags.Base.UserComment, 1)
    return content.replace(as_numbers, tag_and_type.pack(ExifTags.Base.UserComment, 7), 1)


def comment_in_exif(exif: Image.Exif) -> str:
    """Return the comment that EXIF data hold, "" without one."""
    content = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    if not isinstance(content, bytes):
        return ""
    code, letters = content[:8], content[8:]
    if code != _UNICODE:
        return letters.decode("utf-8", "replace")
    # Writers do not agree on the order of the bytes; text that is JSON begins with a brace.
    return letters.decode("utf-16-be" if letters.startswith(b"\0") else "utf-16-le", "replace")


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _jpeg_segments(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Yield marker, begin and end of each segment before the picture's data."""
    begin = 2
    for _ in range(_MAX_PARTS):
        file.seek(begin)
        mark, marker, length = struct.unpack(">BBH", file.read(4))
        if mark != 0xFF:
            raise ValueError("no marker where one must be")
        if marker == _START_OF_SCAN:
            return
        yield marker, begin, begin + 2 + length
        begin += 2 + length
    raise ValueError("no picture in it")


def _jpeg_segment(marker: int, content: bytes) -> bytes:
    if len(content) + 2 > _MAX_SEGMENT_BYTES:
        raise ValueError("too long for one segment")
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _webp_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, begin and end of each chunk, the byte that fills it up included."""
    file.seek(4)
    (riff_bytes,) = struct.unpack("<I", file.read(4))
    begin = 12
    for _ in range(_MAX_PARTS):
        if begin >= riff_bytes + 8:
            return
        file.seek(begin)
        kind, length = struct.unpack("<4sI", file.read(8))
        yield kind, begin, begin + 8 + length + length % 2
        begin += 8 + length + length % 2
    raise ValueError("too many parts")


def _webp_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(data)) + data + b"\0" * (len(data) % 2)


def _webp_canvas(head: bytes) -> bytes:
    """Return the extended header that belongs to a plain picture, from its first bytes."""
    flags = _WEBP_HAS_EXIF
    if head[:4] == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 9)
        width_px, height_px = (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        flags |= _WEBP_HAS_ALPHA if bits >> 28 & 1 else 0
    elif head[:4] == b"VP8 ":
        width_px, height_px = (side & 0x3FFF for side in struct.unpack_from("<HH", head, 14))
    else:
        raise ValueError("no picture in it")
    sides: bytes = (width_px - 1).to_bytes(3, "little") + (height_px - 1).to_bytes(3, "little")
    return bytes([flags, 0, 0, 0]) + sides
