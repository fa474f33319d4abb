"""What the public page is made of beside its HTML: only that, at an address naming its content."""

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from fastapi import APIRouter
from starlette.responses import Response

from components.errors import ShowcaseNotFound
from components.interface.parts.showcases.public_page.access.guest_route import guest_router
from components.interface.web.login import GUEST_PREFIX
from components.interface.web.served.scripts import page_scripts
from components.interface.web.served.stylesheet import KEPT
from components.interface.widgets.templating import INTERFACE
from components.showcases.links import NO_LINK

ENTRY = "parts/showcases/public_page/public_page.js"
STYLES = (
    "widgets/controls.css",
    "widgets/comparison/stage.css",
    "parts/showcases/public_page/page/public_page.css",
    "parts/showcases/public_page/page/public_review.css",
)
PLAINLY_KEPT = {"Cache-Control": "private, max-age=3600"}
STYLESHEET, ICON = "public_page.css", "favicon.png"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}


@dataclass(frozen=True)
class PageFiles:
    """The files by name, the scripts among them that a browser fetches at once, and the address."""

    contents: dict[str, bytes]
    scripts: tuple[str, ...]
    url: str

    @classmethod
    def read(cls, assets: Path) -> Self:
        """Take the scripts that the page needs, its styles and its icon."""
        scripts = page_scripts()
        names = scripts.needed_by([ENTRY])
        contents = {name: scripts.sources[name].encode() for name in names}
        styles = [(INTERFACE / name).read_text("utf-8") for name in STYLES]
        contents[STYLESHEET] = "\n".join(styles).encode()
        contents[ICON] = (assets / ICON).read_bytes()
        digest = hashlib.sha256()
        for name, content in sorted(contents.items()):
            digest.update(name.encode() + b"\0" + content)
        return cls(contents, tuple(names), f"{GUEST_PREFIX}files-{digest.hexdigest()[:12]}")

    def at(self, name: str) -> str:
        """The address of a file."""
        return f"{self.url}/{name}"

    def router(self) -> APIRouter:
        """The route that sends them."""
        router = guest_router()

        def send(name: str) -> Response:
            if name not in self.contents:
                raise ShowcaseNotFound(NO_LINK)
            kind = _TYPES[Path(name).suffix]
            return Response(self.contents[name], media_type=kind, headers={"Cache-Control": KEPT})

        def send_plainly(name: str) -> Response:
            return Response(
                self.contents[name], media_type=_TYPES[Path(name).suffix], headers=PLAINLY_KEPT
            )

        methods = ["GET", "HEAD"]
        router.add_api_route(self.url + "/{name:path}", send, methods=methods)
        for name in (STYLESHEET, ICON):
            # What says that there is nothing names no address that changes with what we make.
            plainly = partial(send_plainly, name)
            router.add_api_route(GUEST_PREFIX + name, plainly, methods=methods)
        return router
