"""A JSON request body that streams its files as base64 data URIs, in constant memory."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pybase64

CHUNK_BYTES = 3 * 128 * 1024
"""A multiple of three, so that the chunks' base64 joins without padding in between."""


@dataclass(frozen=True)
class Attachment:
    """A file that stands in a payload where its data URI will be sent."""

    path: Path
    media_type: str


class JsonBody:
    """An iterable of bytes with a known length, readable any number of times."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self._attachments: list[Attachment] = []
        self._mark = f"attachment-{uuid4().hex}"
        text = json.dumps(payload, default=self._hold, ensure_ascii=False)
        self._texts = [part.encode() for part in text.split(self._mark)]

    def _hold(self, value: object) -> str:
        if not isinstance(value, Attachment):
            raise TypeError(f"{type(value).__name__} does not fit into JSON")
        self._attachments.append(value)
        return self._mark

    def __len__(self) -> int:
        files = sum(
            len(_prefix(item)) + 4 * -(-item.path.stat().st_size // 3) for item in self._attachments
        )
        return sum(map(len, self._texts)) + files

    def __iter__(self) -> Iterator[bytes]:
        yield self._texts[0]
        for item, text in zip(self._attachments, self._texts[1:], strict=True):
            yield _prefix(item)
            with item.path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield pybase64.b64encode(chunk)
            yield text


def _prefix(item: Attachment) -> bytes:
    return f"data:{item.media_type};base64,".encode()
