"""A file that has arrived in part, with what is needed to ask for the rest: also after a restart.

Beside `name` stand `name.part`, the bytes, and `name.part.json`, the notes.
"""

import io
import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any, Self

_NOTES: dict[str, tuple[type, ...]] = {
    "expected_bytes": (int, NoneType),
    "validator": (str,),
    "content_type": (str,),
    "takes_ranges": (bool, NoneType),
    "furthest_bytes": (int,),
}


@dataclass
class PartialFile:
    """What is known of a file under way.

    `validator` is a strong entity tag or the date of the last change, "" where the server names
    neither; `takes_ranges` is None as long as the server has not shown it. `furthest_bytes` is the
    most that had ever arrived before this try, also of another version of the file.
    """

    file: Path
    received_bytes: int = 0
    expected_bytes: int | None = None
    validator: str = ""
    content_type: str = ""
    takes_ranges: bool | None = None
    furthest_bytes: int = field(default=0, compare=False)

    @classmethod
    def of(cls, target: Path) -> Self:
        """What an earlier try left beside `target`; nothing where it cannot be gone on with."""
        part = cls(target.with_name(f"{target.name}.part"))
        with suppress(OSError, ValueError, TypeError, KeyError):
            notes = json.loads(part.notes_file.read_text(encoding="utf-8"))
            found = cls(
                part.file,
                part.file.stat().st_size,
                **{name: _checked(name, notes[name]) for name in _NOTES},
            )
            found.furthest_bytes = max(found.furthest_bytes, found.received_bytes)
            is_sound = found.received_bytes <= (found.expected_bytes or found.received_bytes)
            if found.can_resume and is_sound:
                return found
            part.furthest_bytes = found.furthest_bytes
        return part

    @property
    def notes_file(self) -> Path:
        """Where the notes stand."""
        return self.file.with_name(f"{self.file.name}.json")

    @property
    def can_resume(self) -> bool:
        """Whether the rest may be asked for: a date tells versions apart only with a length."""
        is_dated = self.validator and self.expected_bytes is not None
        return bool(self.has_tag or is_dated) and self.takes_ranges is not False

    @property
    def has_tag(self) -> bool:
        """Whether the validator is an entity tag."""
        return self.validator.startswith('"')

    @property
    def is_whole(self) -> bool:
        """Whether every byte is here, by a length that the server gave."""
        return self.received_bytes > 0 and self.received_bytes == self.expected_bytes

    def open(self) -> io.FileIO:
        """Open the bytes where they end, unbuffered: what arrived is on the file at once."""
        file = self.file.open("r+b" if self.received_bytes else "wb", buffering=0)
        file.seek(self.received_bytes)
        return file

    def begin_anew(self) -> None:
        """Forget what arrived, and how far it was whole."""
        self.file.unlink(missing_ok=True)
        self.received_bytes, self.expected_bytes, self.validator = 0, None, ""

    def save(self) -> None:
        """Write the notes, all of them or none: those of before stay on a full disk."""
        notes = {name: getattr(self, name) for name in _NOTES}
        fresh = self.file.with_name(f"{self.file.name}.new")
        fresh.write_text(json.dumps(notes), encoding="utf-8")
        fresh.replace(self.notes_file)

    def settle(self) -> None:
        """At the end of a try: keep what the next one can go on with, and nothing else."""
        if not (self.received_bytes and self.can_resume):
            self.remove()
            return
        self.furthest_bytes = max(self.furthest_bytes, self.received_bytes)
        # On a full disk those from the beginning of the body do as well.
        with suppress(OSError):
            self.save()

    def remove(self) -> None:
        """Leave nothing."""
        for ending in ("", ".json", ".new"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)


def _checked(name: str, value: Any) -> Any:
    """A note as it was written. Raises `TypeError` for one that somebody else wrote."""
    if not isinstance(value, _NOTES[name]):
        raise TypeError(name)
    return value
