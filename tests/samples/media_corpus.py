"""What a corpus of odd files is made of: each file, and what is expected of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.samples.media_files import drawing, saved

SHARES = (0.0, 0.25, 0.5, 0.99)


@dataclass(frozen=True)
class Odd:
    """One file; `accepted` says what must come of it, None where either is right."""

    name: str
    make: Callable[[Path], Path]
    accepted: bool | None = True


def written(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def renamed(folder: Path, before: str, after: str) -> Path:
    return saved(folder / before, drawing()).rename(folder / after)
