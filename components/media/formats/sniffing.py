"""What a file is by its first bytes, whatever its name says."""

from pathlib import Path
from typing import Literal

from components.errors import MediaRejected
from components.media.formats.unsupported import RAW_BRAND, UNREADABLE, known_as
from components.media.formats.wording import file_label

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


def kind_of(path: Path) -> Kind | None:
    """Return what the first bytes say; None when it is neither a picture nor a video."""
    head = _head(path)
    if head[4:8] == b"ftyp":
        return _kind_of_brand(head[8:12])
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "video"
    if head.startswith(_IMAGE_STARTS):
        return "image"
    if head.startswith(_MOVIE_STARTS) or head[4:8] in _MOVIE_BOXES:
        return "video"
    return "video" if any(_has_sync(head, *step) for step in _SYNC_STEPS) else None


def _kind_of_brand(brand: bytes) -> Kind | None:
    if brand == RAW_BRAND:
        return None
    return "image" if brand in _IMAGE_BRANDS else "video"


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
        found = known_as(path, _head(path)) or f"not {article}, whatever its name says"
        is_picture = wanted == "image" and found.endswith(UNREADABLE)
        remedy = "save it as JPEG or PNG" if is_picture else f"add {article}"
        raise MediaRejected(f"{name} is {found}", remedy=remedy)
    if kind != wanted:
        found = "a video" if kind == "video" else "a picture"
        raise MediaRejected(f"{name} is {found}", remedy=f"{article} is needed here")


def _has_sync(head: bytes, first: int, step: int) -> bool:
    signs = head[first::step]
    return len(signs) > 2 and all(sign == _SYNC for sign in signs)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError as error:
        raise MediaRejected(f"{file_label(path)} cannot be read", remedy="add it again") from error
