"""A kept file that is on another machine, sent on piece by piece, or a range of it."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from components.media.store.media_store import MediaStore

_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")


class BeyondTheEnd(Exception):
    """A range that begins where the file is over."""


async def fetched_file(
    name: str,
    media: MediaStore,
    request: Request,
    headers: Mapping[str, str],
    limiter: CapacityLimiter,
) -> Response:
    """Answer as for a local file, without waiting for more of it than is sent next.

    `headers` have the "ETag"; `limiter` is for the threads that wait. Raises `MediaRejected`,
    `StorageError` and `DatabaseUnavailable`, as long as nothing is sent.
    """
    size_bytes = await to_thread.run_sync(media.size_of, name, limiter=limiter)
    try:
        found = asked_range(request.headers, size_bytes, headers["ETag"])
    except BeyondTheEnd:
        return PlainTextResponse(
            status_code=416, headers={"Content-Range": f"bytes */{size_bytes}"}
        )
    start, end = found or (0, size_bytes)
    sent = {**headers, "Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if found:
        sent["Content-Range"] = f"bytes {start}-{end - 1}/{size_bytes}"
    status = 206 if found else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=sent)
    pieces = media.pieces(name, start, end)
    # What fails before anything is sent can still be said.
    first = await _next(pieces, limiter)
    return StreamingResponse(_after(first, pieces, limiter), status, sent)


def asked_range(headers: Headers, size_bytes: int, etag: str) -> tuple[int, int] | None:
    """The one range that is asked for, from a byte to before another; None for the whole file.

    Several ranges are answered with the whole, as RFC 9110 allows. Raises `BeyondTheEnd`.
    """
    asked = _RANGE.fullmatch(headers.get("range", ""))
    if not asked or asked[0].endswith("=-") or headers.get("if-range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        start, end = max(size_bytes - int(last or 0), 0), size_bytes
    else:
        start, end = int(first), min(int(last or size_bytes) + 1, size_bytes)
        if last and int(last) < start:
            return None
    if start >= size_bytes:
        raise BeyondTheEnd
    return start, end


async def _next(pieces: Iterator[bytes], limiter: CapacityLimiter) -> bytes:
    """The next piece; empty at the end."""
    return await to_thread.run_sync(partial(next, pieces, b""), limiter=limiter)


async def _after(
    piece: bytes, pieces: Iterator[bytes], limiter: CapacityLimiter
) -> AsyncIterator[bytes]:
    while piece:
        yield piece
        piece = await _next(pieces, limiter)
