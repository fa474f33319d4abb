"""The page's scripts, at an address that names their content: browsers keep them until it changes.

Without it a browser guesses how long a script stays good, and may run old ones beside new.
"""

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from components.interface.web.routing import new_router
from components.interface.web.served.stylesheet import KEPT
from components.interface.widgets.templating import INTERFACE

LOADER = "browser/loading/parts.js"
"""Brings the parts to life; each names its own script."""
FIRST_MOMENTS = "browser/loading/first_moments.js"
"""Stands in the page itself."""
IMPORT = re.compile(r'^import [^;]*?"(\.[\w./]+)";$', re.MULTILINE)


@dataclass(frozen=True)
class Scripts:
    """The scripts of a folder by their places in it, and the address of this version of them."""

    sources: Mapping[str, str]
    url: str

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Take the scripts of a folder and its folders; nothing else there can be asked for."""
        sources = {
            file.relative_to(folder).as_posix(): file.read_text("utf-8")
            for file in sorted(folder.rglob("*.js"))
        }
        contents = hashlib.sha256()
        for name, source in sources.items():
            contents.update(name.encode() + b"\0" + source.encode())
        return cls(sources, f"/playground-scripts-{contents.hexdigest()[:12]}")

    def needed_by(self, entries: Iterable[str]) -> list[str]:
        """These scripts and all that they import, so that a browser can fetch them at once."""
        found: dict[str, None] = {}
        waiting = list(entries)
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                folder = posixpath.dirname(name)
                waiting += [
                    posixpath.normpath(posixpath.join(folder, imported))
                    for imported in IMPORT.findall(self.sources[name])
                ]
        return list(found)

    def router(self) -> APIRouter:
        """The route that sends them, kept by browsers."""
        router = new_router()

        def send(name: str) -> Response:
            if name not in self.sources:
                raise HTTPException(404)
            headers = {"Cache-Control": KEPT}
            return Response(self.sources[name], media_type="text/javascript", headers=headers)

        router.add_api_route(self.url + "/{name:path}", send, methods=["GET", "HEAD"])
        return router


@cache
def page_scripts() -> Scripts:
    """The scripts of this playground, as they were when it started."""
    return Scripts.read(INTERFACE)
