"""How files, sizes and shapes are named in the sentences a user reads."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

MB = 1_000_000
_LONGEST_NAME = 60
_KEPT_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")

_CALLED: ContextVar[str] = ContextVar("called", default="")


@contextmanager
def called(label: str) -> Iterator[None]:
    """Let sentences in this block call the file by this: on disk its name is ours."""
    token = _CALLED.set(label)
    try:
        yield
    finally:
        _CALLED.reset(token)


def file_label(path: Path | str) -> str:
    """Return what the file is called: by `called`, or else its own name on one line.

    A very long name is shortened in the middle.
    """
    if label := _CALLED.get():
        return label
    if _KEPT_NAME.fullmatch(Path(path).name):
        return "This file"
    name = _UNPRINTABLE.sub(" ", Path(path).name).encode("utf-8", "replace").decode().strip()
    if len(name) > _LONGEST_NAME:
        half = _LONGEST_NAME // 2
        name = f"{name[:half]}…{name[-half:]}"
    return name or "The file"


def megabytes(size_bytes: int) -> str:
    """Return a size as "12.3 MB", or "12 kB" where that says more.

    Rounded up, so that a file just over a limit does not look equal to it.
    """
    if size_bytes < MB / 10:
        return f"{-(-size_bytes // 1000)} kB"
    tenths = -(-size_bytes * 10 // MB)
    return f"{tenths // 10}.{tenths % 10} MB" if tenths % 10 else f"{tenths // 10} MB"


def sides(width_px: int, height_px: int) -> str:
    """Return "1920 x 1080 pixels", with the typographic sign for "by" and no spaces."""
    return f"{width_px}\N{MULTIPLICATION SIGN}{height_px} pixels"
