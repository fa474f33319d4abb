"""Kept files, with ranges: `GET /media/NAME`."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse

from components.errors import PlaygroundError
from components.interface.routing import new_router
from components.media.store import MediaStore, media_type

MEDIA_MAX_AGE_S = 365 * 24 * 3600
"""A stored file's name is its content's hash, so it never changes."""


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
                "Cache-Control": f"private, max-age={MEDIA_MAX_AGE_S}, immutable",
                "Content-Security-Policy": "sandbox; default-src 'none'",
            },
        )
        if request.headers.get("if-none-match") == response.headers["etag"]:
            return NotModifiedResponse(response.headers)
        return response

    router.add_api_route("/media/{name}", send, methods=["GET", "HEAD"])
    return router
