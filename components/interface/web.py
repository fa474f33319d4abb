"""The HTTP side: the page, media with ranges, health, security headers, and the login."""

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import NotModifiedResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.errors import PlaygroundError
from components.interface.results import card_html
from components.interface.services import Services
from components.interface.theme import build_theme
from components.media.store import MediaStore, media_type

GZIP_MIN_BYTES = 1024
MEDIA_MAX_AGE_S = 365 * 24 * 3600
"""A stored file's name is its content's hash, so it never changes."""

# As files of their own: gradio rewrites the selectors of a stylesheet it is handed.
HEAD = """
<link rel="stylesheet" href="/playground/style.css">
<script defer src="/playground/playground.js"></script>
"""
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


@dataclass(frozen=True)
class WebOptions:
    """`logins` maps users to passwords (empty: no login); `assets` is the folder of our files,
    `shown_folders` hold what a form may be filled with.
    """

    assets: Path
    logins: Mapping[str, str] = field(default_factory=dict)
    shown_folders: Sequence[Path] = ()
    max_upload_bytes: int = 500 * 1024 * 1024


def build_web(page: gr.Blocks, services: Services, options: WebOptions) -> FastAPI:
    """Everything that answers on the port."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_MIN_BYTES)
    app.add_middleware(Login, logins=options.logins)
    app.add_middleware(SecurityHeaders)
    app.add_api_route("/healthz", lambda: PlainTextResponse("ok"), methods=["GET"])
    _add_media(app, services.media)
    _add_cards(app, services)
    app.mount("/playground", StaticFiles(directory=options.assets))
    # Until a page counts as launched, gradio copies any file a call names into its cache.
    page.has_launched = True
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=build_theme(),
        head=HEAD,
        favicon_path=str(options.assets / "favicon.png"),
        allowed_paths=[str(options.assets / "samples"), *map(str, options.shown_folders)],
        max_file_size=options.max_upload_bytes,
        footer_links=["api"],
        run_history=False,
        ssr_mode=False,
    )
    return mounted


def _add_media(app: FastAPI, media: MediaStore) -> None:
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

    app.add_api_route("/media/{name}", send, methods=["GET", "HEAD"])


def _add_cards(app: FastAPI, services: Services) -> None:
    """A run's card alone: a page that follows a run asks for it every second, outside gradio,
    whose events make the browser search its whole tree of components for each output."""

    def card(run_id: str) -> HTMLResponse:
        try:
            run = services.runs.get(run_id)
        except PlaygroundError as error:
            raise HTTPException(404, str(error)) from error
        return HTMLResponse(card_html(run, services.clock()), headers={"Cache-Control": "no-store"})

    app.add_api_route("/runs/{run_id}/card", card, methods=["GET"])


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
        self._pairs = [f"{user}:{password}".encode() for user, password in logins.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 to whoever is not known."""
        if scope["type"] != "http" or scope["path"] == "/healthz" or self._knows(scope):
            await self.app(scope, receive, send)
            return
        refusal = PlainTextResponse(
            "Log in to use the playground.",
            401,
            {"WWW-Authenticate": 'Basic realm="Kling O1 Playground", charset="UTF-8"'},
        )
        await refusal(scope, receive, send)

    def _knows(self, scope: Scope) -> bool:
        if not self._pairs:
            return True
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(token, validate=True) if scheme.lower() == "basic" else b""
        except binascii.Error:
            return False
        return _any_equal(given, self._pairs)


def _any_equal(given: bytes, pairs: Sequence[bytes]) -> bool:
    """Compare with every pair in constant time, so that timing tells nothing."""
    matches = [secrets.compare_digest(given, pair) for pair in pairs]
    return any(matches)
