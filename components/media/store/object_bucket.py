"""The S3-compatible object store: single requests, tried again for so long, errors in words.

Every request is short, also when a file is large: what stalls is noticed, and goes on where it was.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from components.errors import MediaRejected, StorageError
from components.media.store.media_store import NOT_KEPT, media_type

LOGGER = logging.getLogger(__name__)
PART_BYTES = 5 << 20
"""The least that S3 takes as a part; a file beyond it is sent in parts."""
PARTS_AT_ONCE = 2
FIRST_PIECE_BYTES = 256 << 10
"""Small, so that a clip begins at once; each piece after it is twice as large."""
MOST_PIECE_BYTES = 1 << 20
"""Everybody to whom a file is sent on holds one or two."""
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class BucketTimeouts:
    """In seconds; what fails is tried again until `patience_s` are over, and then given up."""

    request_s: float = 5.0
    """For a question, which has an answer of a few bytes."""
    transfer_s: float = 30.0
    """For a piece of a file."""
    patience_s: float = 20.0
    removal_s: float = 1.0
    """A removal can wait for another time."""


class ObjectBucket:
    """The objects under one prefix; safe from any thread. Every method raises `StorageError`."""

    def __init__(self, asked: S3Store, moved: S3Store, timeouts: BucketTimeouts) -> None:
        """`asked` is for questions and `moved` for content; they differ in their timeouts."""
        self._asked = asked
        self._moved = moved
        self._timeouts = timeouts

    def size_of(self, name: str) -> int | None:
        """Return the size of an object, None where there is none."""
        try:
            return self._tried(lambda: obstore.head(self._asked, name)["size"])
        except FileNotFoundError:
            return None

    def put(self, name: str, file: Path) -> None:
        """Upload a file in constant memory; the object is seen whole or not at all.

        Raises `FileNotFoundError` where there is no such file here.
        """
        try:
            self._tried(
                lambda: obstore.put(
                    self._moved,
                    name,
                    file,
                    attributes={"Content-Type": media_type(name)},
                    chunk_size=PART_BYTES,
                    max_concurrency=PARTS_AT_ONCE,
                )
            )
        except FileNotFoundError:
            file.stat()
            raise StorageError("The bucket of the object store is not there any more.") from None

    def pieces(
        self, name: str, start: int, end: int, most_bytes: int = MOST_PIECE_BYTES
    ) -> Iterator[bytes]:
        """The content from one byte to before another, in pieces of up to `most_bytes`.

        Raises `MediaRejected` once it is gone.
        """
        size_bytes = FIRST_PIECE_BYTES
        while start < end:
            until = min(start + size_bytes, end)
            yield self._piece(name, start, until)
            start = until
            size_bytes = min(2 * size_bytes, most_bytes)

    def remove(self, name: str) -> None:
        """Remove an object; one that is not there is fine."""
        self._tried(lambda: obstore.delete(self._asked, name), self._timeouts.removal_s)

    def probe(self, name: str) -> None:
        """Write an object and remove it again. Raises what the library does."""
        obstore.put(self._asked, name, b"", use_multipart=False)
        obstore.delete(self._asked, name)

    def _piece(self, name: str, start: int, end: int) -> bytes:
        try:
            piece = self._tried(
                lambda: bytes(obstore.get_range(self._moved, name, start=start, end=end))
            )
        except FileNotFoundError:
            raise MediaRejected(NOT_KEPT) from None
        if len(piece) != end - start:
            raise StorageError("The object store holds less of a file than was kept.")
        return piece

    def _tried(self, ask: Callable[[], _Answer], patience_s: float | None = None) -> _Answer:
        """Ask again and again; what the library says is not told, since it may name keys.

        Raises `FileNotFoundError` where the library does.
        """
        patience_s = self._timeouts.patience_s if patience_s is None else patience_s
        give_up_at, pause_s = time.monotonic() + patience_s, _FIRST_PAUSE_S
        while True:
            try:
                return ask()
            except (PermissionDeniedError, UnauthenticatedError):
                raise StorageError("The object store refuses the playground's access.") from None
            except BaseError as error:
                if time.monotonic() + pause_s > give_up_at:
                    LOGGER.warning("the object store fails (%s)", type(error).__name__)
                    raise StorageError("The object store does not answer just now.") from None
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
