"""The page's HTML as it is served: gradio's, with our head, and with the first view in it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.interface.web.served.first_view import FirstView
from components.interface.web.served.scripts import LOADER, Scripts
from components.interface.web.served.stylesheet import Stylesheet
from components.interface.widgets.templating import render

MAIN = "/"
FOREIGN_TAGS = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*?/>\s*')
"""Gradio's preview tags, which stand there twice and speak of gradio."""
CHARSET = '<meta charset="utf-8" />'
GRADIO_SCRIPT = re.compile(r'<script type="module" crossorigin src="([^"]+)"></script>')
AFTER_FIRST_PAINT = (
    r'<script type="module">await document.getElementById("first-view").painted; import("\1");'
    "</script>"
)
"""Gradio's script keeps the browser busy for long, and would run before the page is seen."""
HEAD_END, APP = "</head>", "<gradio-app"
ROOT = re.compile(r'"root": ?"([^"]*)"')
THEME = re.compile(r'"theme_hash": ?"(\w+)"')
FIRST_FONTS = ("IBMPlexSans-Regular", "IBMPlexSans-Bold")
TITLE = "Kling O1 Playground"
PICTURE = "A harbour at sunset, and the name of the playground"
DESCRIPTION = (
    "Make pictures and videos with five Kling O1 models: one form for each, every run kept, "
    "compared and paid for once."
)


@dataclass(frozen=True)
class PageParts:
    """What is put into the page. `tab_of` names the tab that a query asks for, if it knows."""

    first_view: FirstView
    scripts: Scripts
    stylesheet: Stylesheet
    public_url: str
    tab_of: Callable[[Mapping[str, str]], str | None]


class ServedPage:
    """Rewrites the pages that gradio serves; everything else passes as it is."""

    def __init__(self, app: ASGIApp, paths: frozenset[str], parts: PageParts) -> None:
        self.app = app
        self._paths = paths
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the HTML of a page back until it is whole, and send it with what is ours."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in self._paths:
            await self.app(scope, receive, send)
            return
        held = _Held()

        async def hold(message: Message) -> None:
            held.take(message)
            if not held.is_page:
                await send(message)
            elif held.is_whole:
                body = await run_in_threadpool(self._rewritten, held.body.decode(), scope)
                await held.send(body.encode(), send)

        await self.app(scope, receive, hold)

    def _rewritten(self, html: str, scope: Scope) -> str:
        parts = self._parts
        is_main = scope["path"] == MAIN
        tab = parts.tab_of(dict(parse_qsl(scope["query_string"].decode("latin-1"))))
        base = parts.public_url or str(Request(scope).base_url)
        html = FOREIGN_TAGS.sub("", html).replace('"/manifest.json"', '"/playground/manifest.json"')
        html = html.replace(CHARSET, self._top(base.rstrip("/"), tab, is_main=is_main), 1)
        bottom = self._bottom(html, parts.first_view.tab(tab).name if is_main else None)
        html = html.replace(HEAD_END, bottom + HEAD_END, 1)
        if not is_main:
            return html
        html = GRADIO_SCRIPT.sub(AFTER_FIRST_PAINT, html)
        return html.replace(APP, str(parts.first_view.draw(tab)) + APP, 1)

    def _top(self, base: str, tab: str | None, *, is_main: bool) -> str:
        """What comes first: who this is, and what is fetched beside the styles."""
        scripts = self._parts.scripts
        entries = (LOADER, *(f"{it}.js" for it in self._parts.first_view.scripts_of(tab)))
        return str(
            render(
                "head_top.html",
                title=TITLE,
                description=DESCRIPTION,
                picture=PICTURE,
                base=base,
                fonts=FIRST_FONTS,
                is_main=is_main,
                modules=[f"{scripts.url}/{name}" for name in scripts.needed_by(entries)],
                entry=f"{scripts.url}/{LOADER}",
            )
        )

    def _bottom(self, html: str, tab: str | None) -> str:
        """What must come after gradio's: our styles build on its, and what it is told."""
        root, theme = ROOT.search(html), THEME.search(html)
        # By the very address under which gradio's script looks for it, and then leaves it be.
        url = f"{root[1].rstrip('/')}/theme.css?v={theme[1]}" if root and theme else None
        stylesheet = self._parts.stylesheet.url
        return str(render("head_bottom.html", theme=url, stylesheet=stylesheet, tab=tab))


@dataclass
class _Held:
    """An answer that is kept back if it is a page."""

    start: Message = field(default_factory=dict)
    body: bytes = b""
    is_page: bool = False
    is_whole: bool = False

    def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = MutableHeaders(raw=message["headers"]).get("content-type", "")
            self.is_page = message["status"] == 200 and kind.startswith("text/html")
            self.start = message
        elif self.is_page:
            self.body += message.get("body", b"")
            self.is_whole = not message.get("more_body", False)

    async def send(self, body: bytes, send: Send) -> None:
        MutableHeaders(scope=self.start)["content-length"] = str(len(body))
        await send(self.start)
        await send({"type": "http.response.body", "body": body})
