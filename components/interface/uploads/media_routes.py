"""Kept files, with ranges: `GET /media/NAME`, and what a clip shows first: `GET /posters/NAME`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse

from components.errors import DatabaseUnavailable, PlaygroundError, StorageError
from components.interface.uploads.fetched_file import fetched_file
from components.interface.web.routing import new_router
from components.media.capacity.cpu_slots import ONE_A_CORE
from components.media.capacity.footprint import footprint_bytes
from components.media.clips.limits import frame_picture
from components.media.store.media_store import MediaStore, media_type

MEDIA_MAX_AGE_S = 365 * 24 * 3600
"""A stored file's name is its content's hash, so it never changes."""
KEPT = f"private, max-age={MEDIA_MAX_AGE_S}, immutable"
SENT_AT_ONCE = 64
"""Threads that look for a file, or wait for the next piece of one."""
RETRY_AFTER_S = "2"
POSTER_SIDE_PX = 960
POSTERS_REMEMBERED = 64
"""Each is some 50 kB."""


def media_router(media: MediaStore) -> APIRouter:
    """Files are served as what they are, and never as an active document."""
    router = new_router()

    # Its own threads: those who wait for an object store must not be waited for by the page.
    limiter = CapacityLimiter(SENT_AT_ONCE)

    async def send(name: str, request: Request) -> Response:
        headers = {
            "Cache-Control": KEPT,
            "Content-Security-Policy": "sandbox; default-src 'none'",
            # By its content, so that it is the same from whatever replica.
            "ETag": f'"{name}"',
        }
        with _problems_as_status():
            path = await to_thread.run_sync(media.local, name, limiter=limiter)
            if request.headers.get("if-none-match") == headers["ETag"]:
                return NotModifiedResponse(Headers(headers))
            if path is None:
                headers["Content-Type"] = media_type(name)
                return await fetched_file(name, media, request, headers, limiter)
            facts = await to_thread.run_sync(path.stat, limiter=limiter)
        return FileResponse(path, stat_result=facts, media_type=media_type(name), headers=headers)

    @lru_cache(POSTERS_REMEMBERED)
    def drawn(name: str) -> bytes:
        path = media.path(name)
        slot = ONE_A_CORE.slot(needed_bytes=footprint_bytes(path))
        with slot, media.workspace() as folder:
            target = folder / "poster.jpg"
            return frame_picture(path, target, POSTER_SIDE_PX).read_bytes()

    def poster(name: str) -> Response:
        with _problems_as_status():
            # One that was deleted has no poster either.
            media.size_of(name)
            return Response(drawn(name), media_type="image/jpeg", headers={"Cache-Control": KEPT})

    router.add_api_route("/media/{name}", send, methods=["GET", "HEAD"])
    router.add_api_route("/posters/{name}", poster, methods=["GET"])
    return router


@contextmanager
def _problems_as_status() -> Iterator[None]:
    """404 for what is not kept, and 503 while the store does not answer."""
    try:
        yield
    except (StorageError, DatabaseUnavailable) as error:
        raise HTTPException(503, str(error), {"Retry-After": RETRY_AFTER_S}) from error
    except PlaygroundError as error:
        raise HTTPException(404, str(error)) from error
