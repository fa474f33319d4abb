"""The page's styles: kept in files by view, sent as one, so that the first view waits for one."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from fastapi import APIRouter
from starlette.responses import Response

from components.interface.web.routing import new_router

ORDER = (
    "web/served/page.css",
    "widgets/controls.css",
    "parts/workbench",
    "widgets",
    "parts/feed",
    "browser",
    "parts/history/history.css",
    "parts",
    "web/served/first_view.css",
)
"""Files and folders: later ones may build on what earlier ones set."""
NOT_THE_PAGES = "parts/showcases/public_page"
"""A page of its own, with styles of its own."""
KEPT = f"private, max-age={365 * 24 * 3600}, immutable"
"""For an address that names its content, which so never changes."""


@dataclass(frozen=True)
class Stylesheet:
    """The joined styles, and the address they are found at."""

    css: str
    url: str

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Join the styles of a folder and its folders."""
        files: dict[Path, None] = {}
        for name in ORDER:
            place = folder / name
            found = sorted(place.rglob("*.css")) if place.is_dir() else [place]
            files |= dict.fromkeys(it for it in found if folder / NOT_THE_PAGES not in it.parents)
        css = "\n".join(file.read_text("utf-8") for file in files)
        return cls(css, f"/playground-{hashlib.sha256(css.encode()).hexdigest()[:12]}.css")

    def router(self) -> APIRouter:
        """The route that sends it, kept by browsers."""
        router = new_router()

        def send() -> Response:
            return Response(self.css, media_type="text/css", headers={"Cache-Control": KEPT})

        router.add_api_route(self.url, send, methods=["GET"])
        return router
