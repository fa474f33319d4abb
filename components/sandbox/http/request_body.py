"""A request body kept on disk, so that a video of 200 MB in a data URI costs little memory.

Long data URIs are left where they are: the parsed JSON holds "@START-END" instead of their base64
text, and `data_uri_bytes` reads that part of the file.
"""

import base64
import binascii
import json
import mmap
import tempfile
from collections.abc import Iterator
from typing import IO

from starlette.types import Receive

INLINE_SIZE_BYTES = 64 * 1024
# 200 MB of video become 267 MB of base64; some room for pictures beside it.
MAX_SIZE_BYTES = 400 * 1024 * 1024
_STEP_BYTES = 4 * 256 * 1024


class BodyTooLarge(Exception):
    """More than `MAX_SIZE_BYTES` arrived."""


class RequestBody:
    """The bytes of one request. Close it when the media are unpacked."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115
        self.size_bytes = 0

    async def receive(self, receive: Receive) -> bool:
        """Read the body to its end; returns False when the caller hung up first."""
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return False
            piece = message.get("body", b"")
            self.size_bytes += len(piece)
            if self.size_bytes > MAX_SIZE_BYTES:
                raise BodyTooLarge
            self._file.write(piece)
            if not message.get("more_body", False):
                return True

    def parse(self) -> object:
        """Return the JSON value, long data URIs replaced. Raises `ValueError` if it is not JSON."""
        if self.size_bytes <= INLINE_SIZE_BYTES:
            self._file.seek(0)
            return json.loads(self._file.read())
        self._file.flush()
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return json.loads(b"".join(_shortened(view)))

    def data_uri_bytes(self, source: str) -> Iterator[bytes]:
        """Yield the decoded content of a base64 data URI of this body.

        Raises `ValueError` when it is not base64.
        """
        payload = source.partition(",")[2]
        pieces = self._slice(payload) if payload.startswith("@") else iter([payload.encode()])
        rest = b""
        for piece in pieces:
            text = rest + piece.replace(b"\\", b"")
            whole = len(text) - len(text) % 4
            rest = text[whole:]
            yield base64.b64decode(text[:whole], validate=True)
        if rest:
            raise binascii.Error("Incorrect padding")

    def close(self) -> None:
        """Forget the bytes."""
        self._file.close()

    def _slice(self, marks: str) -> Iterator[bytes]:
        start, end = (int(mark) for mark in marks[1:].split("-"))
        self._file.seek(start)
        while start < end:
            piece = self._file.read(min(_STEP_BYTES, end - start))
            start += len(piece)
            yield piece


def _shortened(view: mmap.mmap) -> Iterator[bytes]:
    position = 0
    while (start := view.find(b'"data:', position)) >= 0:
        end = view.find(b'"', start + 1)
        if end < 0:
            break
        comma = view.find(b",", start, min(end, start + 200))
        if comma >= 0 and end - start > INLINE_SIZE_BYTES:
            yield view[position : comma + 1]
            yield b"@%d-%d" % (comma + 1, end)
            position = end
        else:
            yield view[position:end]
            position = end
        # The closing quote belongs to this string: it must not be taken for an opening one.
        yield b'"'
        position += 1
    yield view[position:]
