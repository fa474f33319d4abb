"""Kept files, with ranges: `GET /media/NAME`, and what a clip shows first: `GET /posters/NAME`."""

from functools import lru_cache

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse

from components.errors import PlaygroundError
from components.interface.web.routing import new_router
from components.media.capacity.cpu_slots import ONE_A_CORE
from components.media.capacity.footprint import footprint_bytes
from components.media.clips.limits import frame_picture
from components.media.store.media_store import MediaStore, media_type

MEDIA_MAX_AGE_S = 365 * 24 * 3600
"""A stored file's name is its content's hash, so it never changes."""
KEPT = f"private, max-age={MEDIA_MAX_AGE_S}, immutable"
POSTER_SIDE_PX = 960
POSTERS_REMEMBERED = 64
"""Each is some 50 kB."""


def media_router(media: MediaStore) -> APIRouter:
    """Files are served as what they are, and never as an active document."""
    router = new_router()

    def send(name: str, request: Request) -> Response:
        try:
            path = media.path(name)
        except PlaygroundError as error:
            raise HTTPException(404, str(error)) from error
        response = FileResponse(
            path,
            stat_result=path.stat(),
            media_type=media_type(name),
            headers={
                "Cache-Control": KEPT,
                "Content-Security-Policy": "sandbox; default-src 'none'",
            },
        )
        if request.headers.get("if-none-match") == response.headers["etag"]:
            return NotModifiedResponse(response.headers)
        return response

    @lru_cache(POSTERS_REMEMBERED)
    def drawn(name: str) -> bytes:
        path = media.path(name)
        slot = ONE_A_CORE.slot(needed_bytes=footprint_bytes(path))
        with slot, media.workspace() as folder:
            target = folder / "poster.jpg"
            return frame_picture(path, target, POSTER_SIDE_PX).read_bytes()

    def poster(name: str) -> Response:
        try:
            # One that was deleted has no poster either.
            media.path(name)
            return Response(drawn(name), media_type="image/jpeg", headers={"Cache-Control": KEPT})
        except PlaygroundError as error:
            raise HTTPException(404, str(error)) from error

    router.add_api_route("/media/{name}", send, methods=["GET", "HEAD"])
    router.add_api_route("/posters/{name}", poster, methods=["GET"])
    return router
