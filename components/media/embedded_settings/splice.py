"""A file with pieces put in on the way out: it is neither decoded nor copied nor held in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True)
class Edit:
    """The bytes from `begin` to `end` become `new`; with both the same, something is put in."""

    begin: int
    end: int
    new: bytes


@dataclass(frozen=True)
class SplicedFile:
    """A file as it is with its edits, which are in order and apart; iterate for its bytes.

    Raises `ValueError` for an edit outside the file.
    """

    path: Path
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        if self.edits and self.edits[-1].end > self.path.stat().st_size:
            raise ValueError("an edit lies outside the file")

    @property
    def size_bytes(self) -> int:
        """How many bytes there are in all."""
        grown = sum(len(edit.new) - (edit.end - edit.begin) for edit in self.edits)
        return self.path.stat().st_size + grown

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            for edit in self.edits:
                while chunk := file.read(min(edit.begin - file.tell(), _CHUNK_BYTES)):
                    yield chunk
                yield edit.new
                file.seek(edit.end)
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
