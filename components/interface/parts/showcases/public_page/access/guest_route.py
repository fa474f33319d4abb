"""A route for guests: it reads little, and says the same wherever there is nothing for them."""

from collections.abc import Callable, Coroutine
from math import ceil
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from typing_extensions import override

from components.errors import PlaygroundError, ShowcaseNotFound
from components.interface.web.routing import FRESH, StorableRequest
from components.interface.widgets.templating import render
from components.interface.widgets.wording import counted

BODY_MAX_BYTES = 64 * 1024
"""More than a comment of the longest in the widest letters, with all that is sent beside it."""
TOO_LARGE = "This is far too long. Nothing was sent: shorten it."


class TooLarge(HTTPException):
    """A body is longer than anything that guests write."""

    def __init__(self) -> None:
        super().__init__(413, TOO_LARGE)


class TooFast(PlaygroundError):
    """Somebody writes faster than anybody reads; `wait_s` is until it goes on."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = ceil(wait_s)
        unit = counted(self.wait_s, "second")
        super().__init__(f"That was very much at once. Nothing was sent: try again in {unit}.")


class _BoundedRequest(StorableRequest):
    """A request that is not read beyond what a guest may write."""

    @override
    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            body = bytearray()
            async for piece in self.stream():
                body += piece
                if len(body) > BODY_MAX_BYTES:
                    raise TooLarge
            self._body = bytes(body)
        return self._body


class GuestRoute(APIRoute):
    """A route below `/show/`."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_bounded(request: Request) -> Response:
            bounded = _BoundedRequest(request.scope, request.receive)
            try:
                return await handle(bounded)
            except TooLarge:
                return refused(413, TOO_LARGE)
            except TooFast as error:
                return refused(429, error.message, {"Retry-After": str(error.wait_s)})
            except ShowcaseNotFound as error:
                return refused(404, error.message) if _is_scripts(request) else nothing_here()

        return handle_bounded


def guest_router() -> APIRouter:
    """A router for routes of guests."""
    return APIRouter(route_class=GuestRoute)


def nothing_here() -> Response:
    """What is seen at an address that is none, or none any more; never which of the two."""
    return HTMLResponse(render("nothing_shown.html"), 404, FRESH)


def refused(code: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """Why a script's request was not carried out."""
    return JSONResponse({"problems": {"": sentence}}, code, {**FRESH, **(headers or {})})


def _is_scripts(request: Request) -> bool:
    return request.method not in ("GET", "HEAD") or request.url.path.endswith("/reviews")
