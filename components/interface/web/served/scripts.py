"""The page's scripts, at an address that names their content: browsers keep them until it changes.

Without it a browser guesses how long a script stays good, and may run old ones beside new.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from typing_extensions import override

from components.interface.web.served.stylesheet import KEPT

IMPORT = re.compile(r'^import [^;]*?"\./([\w.]+)";$', re.MULTILINE)
FOLDER = Path(__file__).resolve().parents[4] / "assets" / "scripts"


@dataclass(frozen=True)
class Scripts:
    """The folder of the scripts, and the address of this version of them."""

    folder: Path
    url: str

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Name the version after what is in the folder."""
        contents = hashlib.sha256()
        for file in sorted(folder.glob("*.js")):
            contents.update(file.name.encode() + b"\0" + file.read_bytes())
        return cls(folder, f"/playground-scripts-{contents.hexdigest()[:12]}")

    def needed_by(self, entries: Iterable[str]) -> list[str]:
        """These scripts and all that they import, so that a browser can fetch them at once."""
        found: dict[str, None] = {}
        waiting = list(entries)
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                waiting += IMPORT.findall((self.folder / name).read_text("utf-8"))
        return list(found)

    def add_to(self, app: FastAPI) -> None:
        """Serve them."""
        app.mount(self.url, _KeptFiles(directory=self.folder))


@cache
def page_scripts() -> Scripts:
    """The scripts of this playground, as they were when it started."""
    return Scripts.read(FOLDER)


class _KeptFiles(StaticFiles):
    @override
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = KEPT
        return response
