"""Who may change something: the playground's page, and programs, but no page of another site."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
"""Values of `Sec-Fetch-Site` of our own page and of what a person typed (Fetch Metadata)."""
SIMPLE_TYPES = frozenset({"", "text/plain", "application/x-www-form-urlencoded"})
"""What any page may post anywhere without asking (Fetch standard, CORS-safelisted), files aside."""
GRADIO_PATHS = ("/gradio_api/", "/run/", "/call/")
CLOSED = frozenset({"/openapi.json", "/docs", "/redoc", "/dev/reload", "/reset"})
"""Routes that gradio brings and nothing here uses."""
FOREIGN = "Only the playground's own page may do this."
UNTYPED = (
    "Say what is sent by a Content-Type of its own, such as application/json. Nothing was sent or "
    "charged."
)


class OwnPagesOnly:
    """Refuses what another site's page would do in a visitor's name, and what is of no use here."""

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        """`public_url` is the address people use where a proxy in between names another host."""
        self.app = app
        self._public_host = urlsplit(public_url).netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to another site's page, 404 to a closed route, 415 to what is not typed."""
        if scope["type"] == "http" and (refusal := self._refusal(scope)):
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | JSONResponse | None:
        if scope["path"].removeprefix("/gradio_api") in CLOSED:
            return JSONResponse({"detail": "Not Found"}, 404)
        if scope["method"] in SAFE_METHODS:
            return None
        headers = Headers(scope=scope)
        if self._is_foreign(headers):
            return PlainTextResponse(FOREIGN, 403)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        is_ours = not scope["path"].startswith(GRADIO_PATHS)
        if is_ours and scope["method"] == "POST" and kind in SIMPLE_TYPES:
            return JSONResponse({"problems": {"": UNTYPED}}, 415)
        return None

    def _is_foreign(self, headers: Headers) -> bool:
        """By what browsers say of the page that asks; a program says nothing of the kind."""
        if headers.get("sec-fetch-site", "none") not in OWN_SITES:
            return True
        # Over plain http to another machine there is no Sec-Fetch-Site.
        origin = headers.get("origin")
        if origin is None:
            return False
        return urlsplit(origin).netloc.lower() not in (
            headers.get("host", "").lower(),
            self._public_host or None,
        )
