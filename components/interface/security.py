"""Who may ask, and what a browser may do with the answers: headers, login, and foreign pages."""

import base64
import binascii
import secrets
from collections.abc import Mapping

from starlette.authentication import SimpleUser
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    # Gradio's page is made of inline scripts and styles; nothing comes from another host.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "media-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'self' https://huggingface.co"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SecurityHeaders:
    """Adds the security headers to every answer that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap `send`; the body is not touched."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Login:
    """HTTP Basic over everything but `/healthz`; without logins nobody is asked."""

    def __init__(self, app: ASGIApp, logins: Mapping[str, str]) -> None:
        self.app = app
        self._pairs = {f"{user}:{password}".encode(): user for user, password in logins.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 to whoever is not known; the others stand in the scope as `user`."""
        if scope["type"] != "http" or scope["path"] == "/healthz" or not self._pairs:
            await self.app(scope, receive, send)
            return
        if (user := self._user(scope)) is not None:
            await self.app({**scope, "user": SimpleUser(user)}, receive, send)
            return
        refusal = PlainTextResponse(
            "Log in to use the playground.",
            401,
            {"WWW-Authenticate": 'Basic realm="Kling O1 Playground", charset="UTF-8"'},
        )
        await refusal(scope, receive, send)

    def _user(self, scope: Scope) -> str | None:
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(token, validate=True) if scheme.lower() == "basic" else b""
        except binascii.Error:
            return None
        # Compared with every pair in constant time, so that timing tells nothing.
        matches = [
            user for pair, user in self._pairs.items() if secrets.compare_digest(given, pair)
        ]
        return matches[0] if matches else None


class OwnPagesOnly:
    """Refuses what another site's page would do in a visitor's name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 where the browser says that the page asking is of another site."""
        if _is_foreign(scope):
            refusal = PlainTextResponse("Only the playground's own page may do this.", 403)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_foreign(scope: Scope) -> bool:
    """Whether the request changes something and comes from another site's page."""
    if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
        return False
    return Headers(scope=scope).get("sec-fetch-site") == "cross-site"
