"""What somebody sees who opened an address that is none: a page that leads back, no bare JSON."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.interface.widgets.templating import render


class ReadableNotFound:
    """Replaces a bare "not found" by a page where a person reads it; programs get what they got."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, but for the JSON of a 404 that a browser asked for as a page."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        is_replaced = False

        async def send_readable(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start":
                is_replaced = _is_bare(message)
                if is_replaced:
                    page = HTMLResponse(render("not_found.html"), HTTPStatus.NOT_FOUND)
                    await page(scope, receive, send)
            if not is_replaced:
                await send(message)

        await self.app(scope, receive, send_readable)


def _is_bare(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return message["status"] == HTTPStatus.NOT_FOUND and kind.startswith("application/json")
