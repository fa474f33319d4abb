"""Uploads: a file's bytes as they are, straight into the media store, never whole in memory."""

import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from components.catalog import MODELS
from components.errors import MediaRejected
from components.interface.form_shape import shaped
from components.media.remembering import read_settings
from components.media.sniff import kind_of
from components.media.store import MediaStore, media_type, ref
from components.media.wording import file_label, megabytes

UPLOAD_MAX_BYTES = 500_000_000
"""Larger than any model takes, since a repair may make a file smaller."""
NAME_MAX_BYTES = 200
"""A file system takes 255."""
SUFFIX = {"image": ".jpg", "video": ".mp4"}
"""For names that do not say what a file is."""


def upload_router(media: MediaStore) -> APIRouter:
    """`POST /uploads?name=…` with the file as the body; answers its reference.

    `remembered` is there for a result of a playground: the `form` and the `values` it came from.
    """
    router = APIRouter()

    async def take(request: Request, name: str = "The file") -> dict[str, Any]:
        with media.workspace() as folder:
            file = folder / _safe(name)
            await _receive(request, file)
            return {
                "ref": await run_in_threadpool(_keep, file, media),
                "remembered": await run_in_threadpool(_remembered, file),
            }

    router.add_api_route("/uploads", take, methods=["POST"])
    return router


def _safe(name: str) -> str:
    """The last part of a name, for a file of ours; sentences about the file show it."""
    last = re.split(r"[/\\]", name.replace("\0", ""))[-1].lstrip(". ")
    return last.encode()[-NAME_MAX_BYTES:].decode(errors="ignore") or "The file"


async def _receive(request: Request, file: Path) -> None:
    size_bytes = 0
    with file.open("wb") as target:
        async for chunk in request.stream():
            size_bytes += len(chunk)
            if size_bytes > UPLOAD_MAX_BYTES:
                limit = megabytes(UPLOAD_MAX_BYTES)
                raise MediaRejected(
                    f"{file_label(file)} is larger than {limit}; add a smaller one."
                )
            target.write(chunk)


def _keep(file: Path, media: MediaStore) -> str:
    """Keep what is a picture or a video by its first bytes, whatever its name says."""
    kind = kind_of(file)
    if file.stat().st_size == 0:
        raise MediaRejected(f"{file_label(file)} is empty (0 bytes); add another file.")
    if kind is None:
        raise MediaRejected(f"{file_label(file)} is not a picture or a video; it was not added.")
    suffix = file.suffix.lower()
    named_right = media_type(f"x{suffix}").startswith(kind)
    return ref(media.keep(file, suffix if named_right else SUFFIX[kind]))


def _remembered(file: Path) -> dict[str, Any] | None:
    """What the file knows of how it was made, brought into a form's shape."""
    settings = read_settings(file)
    model = next((it for it in MODELS if settings and it.model_id == settings["model"]), None)
    if settings is None or model is None:
        return None
    known = {name: settings["request"].get(name) for name in model.parameters()}
    values = {name: value for name, value in known.items() if value is not None}
    return {"form": model.api_name, "values": shaped(model, values)}
