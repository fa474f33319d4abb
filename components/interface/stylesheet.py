"""The page's styles: kept in files by view, sent as one, so that the first view waits for one."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from fastapi import APIRouter
from starlette.responses import Response

STYLES = (
    "page",
    "form",
    "references",
    "cards",
    "dialogs",
    "history",
    "compare",
    "detail",
    "usage",
)
"""Later files may build on what earlier ones set."""
MAX_AGE_S = 365 * 24 * 3600
"""The address names the content, so it never changes."""


@dataclass(frozen=True)
class Stylesheet:
    """The joined styles, and the address they are found at."""

    css: str
    url: str

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Join the files of a folder."""
        css = "\n".join((folder / f"{name}.css").read_text("utf-8") for name in STYLES)
        return cls(css, f"/playground-{hashlib.sha256(css.encode()).hexdigest()[:12]}.css")

    @property
    def link(self) -> str:
        """What the head of the page says. As a file: gradio rewrites the styles it is handed."""
        return f'<link rel="stylesheet" href="{self.url}">'

    def router(self) -> APIRouter:
        """The route that sends it, kept by browsers."""
        router = APIRouter()

        def send() -> Response:
            headers = {"Cache-Control": f"private, max-age={MAX_AGE_S}, immutable"}
            return Response(self.css, media_type="text/css", headers=headers)

        router.add_api_route(self.url, send, methods=["GET"])
        return router
