"""The folder of one sandbox: finished files, and the material of requests until they are rendered.

Everything is named by the id of its request, so that only what is the sandbox's own is ever served
or removed, whatever else lies in the folder.
"""

import re
import shutil
from collections.abc import Collection
from pathlib import Path

_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_FILE_NAME = re.compile(rf"{_ID}(-\d)?\.(mp4|jpg|png|webp)")
_REQUEST_NAME = re.compile(rf"{_ID}\.request")


class FileStore:
    """Where finished files and requests in progress lie."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def request_folder(self, inference_id: str) -> Path:
        """Return the place for the material of a request; it may not exist yet."""
        return self._folder / f"{inference_id.partition(':')[0]}.request"

    def keep(self, path: Path) -> Path:
        """Put a finished file into the store, whole at once; returns where it is now."""
        return path.replace(self._folder / path.name)

    def find(self, name: str) -> Path | None:
        """Return a finished file, None when there is none of this name."""
        path = self._folder / name
        return path if _FILE_NAME.fullmatch(name) and path.is_file() else None

    def clear_requests(self, except_ids: Collection[str]) -> None:
        """Remove the material of all requests but the named ones."""
        kept = {self.request_folder(inference_id) for inference_id in except_ids}
        for path in self._folder.iterdir():
            if _REQUEST_NAME.fullmatch(path.name) and path not in kept:
                shutil.rmtree(path, ignore_errors=True)

    def clear_files(self, older_than_s: float) -> None:
        """Remove finished files last written before a moment (seconds since the epoch)."""
        for path in self._folder.iterdir():
            if _FILE_NAME.fullmatch(path.name) and path.stat().st_mtime < older_than_s:
                path.unlink(missing_ok=True)
