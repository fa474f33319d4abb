"""What a file is by its first bytes, whatever its name says."""

from pathlib import Path
from typing import Literal

from components.errors import MediaRejected
from components.media.wording import file_label

Kind = Literal["image", "video"]
_IMAGE_BRANDS = {b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1"}
_IMAGE_STARTS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
)
_MOVIE_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
# Matroska and WebM, MPEG program streams, Flash, Windows Media, Ogg.
_MOVIE_STARTS = (
    b"\x1aE\xdf\xa3",
    b"\0\0\x01\xba",
    b"FLV\x01",
    b"0&\xb2u\x8ef\xcf\x11",
    b"OggS",
)
# A transport stream begins every packet with this sign; cameras put four bytes before each.
_SYNC = ord("G")
_SYNC_STEPS = ((0, 188), (4, 192))
_HEAD_BYTES = 1024
# What people try as well; the sentence then says what it is.
_OTHER_STARTS = {
    b"%pdf": "a PDF document",
    b"<svg": "a vector drawing",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"\0\0\0\x0cjxl ": "a JPEG XL picture, which cannot be read here",
    b"\xff\n": "a JPEG XL picture, which cannot be read here",
    b"\0\0\0\x0cjp  ": "a JPEG 2000 picture, which cannot be read here",
    b"8bps": "a Photoshop file",
    b"%!ps": "a PostScript file",
    b"\0\0\x01\0": "an icon",
    b"id3": "a sound file",
    b"\xff\xfb": "a sound file",
    b"flac": "a sound file",
    b"pk\x03\x04": "a ZIP archive",
}


def kind_of(path: Path) -> Kind | None:
    """Return what the first bytes say; None when it is neither a picture nor a video."""
    head = _head(path)
    if head[4:8] == b"ftyp":
        return "image" if head[8:12] in _IMAGE_BRANDS else "video"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "video"
    if head.startswith(_IMAGE_STARTS):
        return "image"
    if head.startswith(_MOVIE_STARTS) or head[4:8] in _MOVIE_BOXES:
        return "video"
    return "video" if any(_has_sync(head, *step) for step in _SYNC_STEPS) else None


def require_kind(path: Path, wanted: Kind) -> None:
    """Raise `MediaRejected` when the file is missing, empty or of another kind."""
    name = file_label(path)
    article = "a picture" if wanted == "image" else "a video"
    if not path.is_file():
        raise MediaRejected(f"{name} is not a file that can be read", remedy="add it again")
    if path.stat().st_size == 0:
        raise MediaRejected(f"{name} is empty (0 bytes)", remedy=f"add {article} instead")
    kind = kind_of(path)
    if kind is None:
        raise MediaRejected(f"{name} is {_other_kind(path, article)}", remedy=f"add {article}")
    if kind != wanted:
        found = "a video" if kind == "video" else "a picture"
        raise MediaRejected(f"{name} is {found}", remedy=f"{article} is needed here")


def _has_sync(head: bytes, first: int, step: int) -> bool:
    signs = head[first::step]
    return len(signs) > 2 and all(sign == _SYNC for sign in signs)


def _other_kind(path: Path, article: str) -> str:
    head = _head(path)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "a sound file"
    text = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if text.startswith(b"<?xml") and b"<svg" in text:
        return "a vector drawing"
    named = (name for start, name in _OTHER_STARTS.items() if text.startswith(start))
    return next(named, f"not {article}, whatever its name says")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError as error:
        raise MediaRejected(f"{file_label(path)} cannot be read", remedy="add it again") from error
