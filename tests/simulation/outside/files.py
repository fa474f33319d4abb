"""What the provider made, as files: small, whole, and each its own."""

import tempfile
from functools import cache
from pathlib import Path

from tests.samples.media_files import chunk, drawing, video


def picture_of(generation_id: str, number: int) -> bytes:
    """A PNG that names its generation."""
    head, end = _picture()
    return head + chunk(b"tEXt", f"made\0{generation_id}/{number}".encode()) + end


def clip_of(generation_id: str) -> bytes:
    """An MP4 that names its generation, in a box that players skip."""
    name = generation_id.encode()
    return _clip() + (8 + len(name)).to_bytes(4, "big") + b"free" + name


def damaged(content: bytes) -> bytes:
    """The file as it is when its second half is lost."""
    return content[: len(content) // 2]


@cache
def _picture() -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "picture.png"
        drawing(8, 8).save(file)
        content = file.read_bytes()
    end = chunk(b"IEND", b"")
    return content.removesuffix(end), end


@cache
def _clip() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return video(
            Path(folder) / "clip.mp4", size=(32, 32), seconds=0.1, codec="mpeg4"
        ).read_bytes()
