"""A zip that is written while it is sent: never more of it in memory than one piece."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from typing_extensions import override

from components.media.embedded_settings.splice import SplicedFile

_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""The format knows no earlier time."""
_READABLE_FILE = 0o644 << 16


@dataclass(frozen=True)
class Member:
    """One file of the archive; `at` is seconds since the epoch. Text is packed, media are not."""

    name: str
    at: float
    content: bytes | SplicedFile


class _Outlet(io.RawIOBase):
    """What a zip is written into: it only goes forward, and is emptied between the pieces."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Keep a piece until it is taken."""
        self._waiting.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


def zip_stream(members: Iterable[Member]) -> Iterator[bytes]:
    """Yield the archive piece by piece; a member is only asked for when the one before is out."""
    outlet = _Outlet()
    with ZipFile(outlet, "w") as archive:
        for member in members:
            is_text = isinstance(member.content, bytes)
            moment = max(datetime.fromtimestamp(member.at, UTC), _EARLIEST)
            info = ZipInfo(member.name, moment.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED if is_text else ZIP_STORED
            info.external_attr = _READABLE_FILE
            # Only with the size known beforehand a file over 2 GB gets the fields it needs.
            info.file_size = _size_bytes(member.content)
            with archive.open(info, "w") as entry:
                for chunk in _chunks(member.content):
                    entry.write(chunk)
                    yield outlet.take()
            yield outlet.take()
    yield outlet.take()


def _size_bytes(content: bytes | SplicedFile) -> int:
    return len(content) if isinstance(content, bytes) else content.size_bytes


def _chunks(content: bytes | SplicedFile) -> Iterable[bytes]:
    return [content] if isinstance(content, bytes) else content
