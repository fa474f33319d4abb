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
)
_MOVIE_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_HEAD_BYTES = 16


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
    if head.startswith(b"\x1aE\xdf\xa3") or head[4:8] in _MOVIE_BOXES:
        return "video"
    return None


def require_kind(path: Path, wanted: Kind) -> None:
    """Raise `MediaRejected` when the file is missing, empty or of another kind."""
    name = file_label(path)
    article = "a picture" if wanted == "image" else "a video"
    if not path.is_file():
        raise MediaRejected(f"{name} is not a file that can be read; add it again.")
    if path.stat().st_size == 0:
        raise MediaRejected(f"{name} is empty (0 bytes); add {article} instead.")
    kind = kind_of(path)
    if kind is None:
        raise MediaRejected(f"{name} is not {article}, whatever its name says; add {article}.")
    if kind != wanted:
        found = "a video" if kind == "video" else "a picture"
        raise MediaRejected(f"{name} is {found}; {article} is needed here.")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError as error:
        raise MediaRejected(f"{file_label(path)} cannot be read; add it again.") from error
