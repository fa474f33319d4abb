"""Uploads: a file's bytes as they are, straight into the media store, never whole in memory."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from components.catalog import Catalog
from components.errors import DiskFull
from components.interface.requests.form_values import shaped
from components.interface.uploads.multipart import FileBegins, FilePiece, MultipartFiles
from components.interface.uploads.receiving import Arrival, UploadReceiver, arrivals
from components.interface.uploads.uploaded_files import NO_ROOM, path_of
from components.interface.web.routing import new_router
from components.media.embedded_settings.embedding import read_settings
from components.media.store.media_store import MediaStore

TellUpload = Callable[[str, int], object]


class EmbeddedSettings(BaseModel):
    """What a file knows of how it was made: the form, and the values of its fields."""

    form: str
    values: dict[str, Any]


class Uploaded(BaseModel):
    """A file that is kept, by its reference."""

    ref: str
    remembered: EmbeddedSettings | None


def upload_router(
    media: MediaStore, catalog: Catalog, upload_folder: str, uploaded: TellUpload
) -> APIRouter:
    """`POST /uploads?name=…` with the file as the body; answers its reference.

    `remembered` is there for a result of a playground: the `form` and the `values` it came from.
    `POST /gradio_api/upload` takes files of a form as gradio's own route would, and answers paths
    that a call names them by, in gradio's `upload_folder`. `uploaded` is told of each file.
    """
    router = new_router()

    def keep(arrival: Arrival) -> str:
        reference = arrival.keep(media)
        uploaded(reference, arrival.size_bytes)
        return reference

    def kept(arrival: Arrival) -> Uploaded:
        return Uploaded(ref=keep(arrival), remembered=_remembered(arrival.path, catalog))

    async def take(request: Request, name: str = "The file") -> Uploaded:
        async with arrivals(media) as taken:
            arrival = taken.begin(name)
            async for piece in request.stream():
                await arrival.add(piece)
            await arrival.end()
            await run_in_threadpool(arrival.require_media)
            return await run_in_threadpool(kept, arrival)

    async def take_form(request: Request) -> list[str]:
        files = MultipartFiles(request.headers.get("content-type", ""))
        pieces = request.stream()
        async with arrivals(media) as taken:
            try:
                await _receive_files(files, pieces, taken)
            except DiskFull:
                # Clients show nothing of an answer that is an error; the call will say it.
                async for _ in pieces:
                    pass
                return [path_of(NO_ROOM, upload_folder) for _ in taken.begun]
            refs = [await run_in_threadpool(keep, it) for it in taken.begun]
            return [path_of(it, upload_folder) for it in refs]

    router.add_api_route("/uploads", take, methods=["POST"])
    router.add_api_route("/gradio_api/upload", take_form, methods=["POST"])
    return router


async def _receive_files(
    files: MultipartFiles, pieces: AsyncIterator[bytes], taken: UploadReceiver
) -> None:
    arrival: Arrival | None = None
    async for content in pieces:
        for event in files.read(content):
            if isinstance(event, FileBegins):
                arrival = taken.begin(event.name)
            elif arrival and isinstance(event, FilePiece):
                await arrival.add(event.content)
            elif arrival:
                await arrival.end()


def _remembered(file: Path, catalog: Catalog) -> EmbeddedSettings | None:
    """What the file knows of how it was made, brought into a form's shape."""
    settings = read_settings(file)
    model = catalog.find(settings["model"]) if settings else None
    if settings is None or model is None:
        return None
    known = {name: settings["request"].get(name) for name in model.parameters()}
    values = {name: value for name, value in known.items() if value is not None}
    return EmbeddedSettings(form=model.api_name, values=shaped(model, values))
