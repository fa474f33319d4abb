"""A JSON request body that streams its files as base64 data URIs, in constant memory."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pybase64

from components.catalog.storable_text import storable
from components.errors import NotSendable

CHUNK_BYTES = 3 * 128 * 1024
"""A multiple of three, so that the chunks' base64 joins without padding in between."""


@dataclass(frozen=True)
class Attachment:
    """A file that stands in a payload where its data URI will be sent."""

    path: Path
    media_type: str


class JsonBody:
    """An iterable of bytes with a known length, readable any number of times.

    `is_handed_over` tells whether the last reading came to its end: who sends it asks for the next
    chunk only when the one before was taken, so until then the receiver has no whole body, whose
    last byte is the closing brace.

    Making and reading it raise `NotSendable` for a file that cannot be read, or has changed.
    """

    def __init__(self, payload: dict[str, Any]) -> None:
        self._attachments: list[tuple[Attachment, int]] = []
        self._mark = f"attachment-{uuid4().hex}"
        text = json.dumps(payload, default=self._hold, ensure_ascii=False)
        self._texts = [part.encode() for part in storable(text).split(self._mark)]
        self.is_handed_over = False

    def _hold(self, value: object) -> str:
        if not isinstance(value, Attachment):
            raise TypeError(f"{type(value).__name__} does not fit into JSON")
        self._attachments.append((value, _size(value)))
        return self._mark

    def __len__(self) -> int:
        files = sum(len(_prefix(item)) + 4 * -(-size // 3) for item, size in self._attachments)
        return sum(map(len, self._texts)) + files

    def __iter__(self) -> Iterator[bytes]:
        self.is_handed_over = False
        yield self._texts[0]
        for (item, size), text in zip(self._attachments, self._texts[1:], strict=True):
            yield _prefix(item)
            yield from _base64_chunks(item, size)
            yield text
        self.is_handed_over = True


def _prefix(item: Attachment) -> bytes:
    return f"data:{item.media_type};base64,".encode()


def _size(item: Attachment) -> int:
    try:
        return item.path.stat().st_size
    except OSError as error:
        raise _unreadable(item, error) from error


def _base64_chunks(item: Attachment, size_bytes: int) -> Iterator[bytes]:
    left = size_bytes
    try:
        with item.path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                left -= len(chunk)
                yield pybase64.b64encode(chunk)
    except OSError as error:
        raise _unreadable(item, error) from error
    if left:
        raise _unreadable(item, "it changed while it was sent")


def _unreadable(item: Attachment, why: object) -> NotSendable:
    said = why.strerror if isinstance(why, OSError) else why
    return NotSendable(
        f"The file {item.path.name} of this request cannot be read ({said}).",
        advice="Add the file once more and send the request again.",
    )
