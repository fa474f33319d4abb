"""Requests of our own for all five models, and a caller that speaks to a sandbox over HTTP."""

import base64
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import httpx

from components.sandbox import Faults, Sandbox, SandboxOptions
from components.sandbox.ledger.database import Database
from tests.samples.media_files import drawing, video

KEY = "test-key-1"
IMAGES = "/v1/images/generations"
VIDEOS = "/v2/video/generations"
IMAGE_O1 = "klingai/image-o1"
REFERENCE = "klingai/video-o1-reference-to-video"
FRAMES = "klingai/video-o1-image-to-video"
EDIT = "klingai/video-o1-video-to-video-edit"
RESTAGE = "klingai/video-o1-video-to-video-reference"

Body = dict[str, Any]


def small_sandbox(pace_s: float = 0.0, **options: Any) -> Sandbox:
    """Return a sandbox that renders small and fast."""
    chosen = {"picture_long_side_px": 128, "video_short_side_px": 64, **options}
    return Sandbox(pace_s=pace_s, faults=Faults(), options=SandboxOptions(**chosen))


@lru_cache
def image_uri(width_px: int = 320, height_px: int = 320, file_format: str = "JPEG") -> str:
    """Return a drawing as a data URI."""
    file = io.BytesIO()
    drawing(width_px, height_px).save(file, file_format)
    kind = file_format.lower()
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"


def video_uri(path: Path) -> str:
    """Return a clip of 3 s in 720 by 720 with sound as a data URI; `path` is where to make it."""
    return data_uri(video(path, size=(720, 720), seconds=3.0, sound=True))


def data_uri(path: Path) -> str:
    """Return a video file as a data URI."""
    return f"data:video/mp4;base64,{base64.b64encode(path.read_bytes()).decode()}"


def element(others: int = 1) -> Body:
    """Return an element with `others` pictures beside the frontal one."""
    return {"frontal_image_url": image_uri(), "reference_image_urls": [image_uri()] * others}


def smallest(clip: str) -> dict[str, Body]:
    """Return each model's request with nothing but what is required."""
    prompt = {"prompt": "A boat"}
    return {
        IMAGE_O1: {**prompt, "image_urls": [image_uri()]},
        REFERENCE: prompt,
        FRAMES: {**prompt, "image_url": image_uri()},
        EDIT: {**prompt, "video_url": clip},
        RESTAGE: {**prompt, "video_url": clip},
    }


def fullest(clip: str) -> dict[str, Body]:
    """Return each model's request with every field, up to its limits."""
    images, long_prompt = [image_uri()] * 10, "x" * 2500
    over_video = {"prompt": long_prompt, "video_url": clip, "keep_audio": True, "provider": "FAL"}
    shape = {"aspect_ratio": "9:16", "duration": "5"}
    return {
        IMAGE_O1: {
            "prompt": "x" * 4000,
            "image_urls": images,
            "aspect_ratio": "21:9",
            "resolution": "2K",
            "output_format": "webp",
            "num_images": 9,
            "provider": "KlingAI",
        },
        REFERENCE: {
            "prompt": long_prompt,
            "image_list": images[:5],
            "elements": [element(4), element(1)],
            "provider": "auto",
            **shape,
        },
        FRAMES: {
            "prompt": long_prompt,
            "image_url": image_uri(),
            "last_image_url": image_uri(400, 300, "PNG"),
            "duration": 5,
            "provider": "kling",
        },
        EDIT: {**over_video, "image_list": images[:3], "elements": [element(2)]},
        RESTAGE: {
            **over_video,
            "image_list": images[:2],
            "elements": [element(), element()],
            **shape,
        },
    }


class Server(Protocol):
    """What a caller must know: a sandbox in this process or another one."""

    @property
    def url(self) -> str: ...


class Caller:
    """Speaks to one sandbox with a key."""

    def __init__(self, sandbox: Server, key: str = KEY) -> None:
        self.http = httpx.Client(
            base_url=sandbox.url, headers={"Authorization": f"Bearer {key}"}, timeout=20
        )

    def post(self, model: str, body: Body, **headers: str) -> httpx.Response:
        """Send a request to the model's path."""
        path = IMAGES if model == IMAGE_O1 else VIDEOS
        return self.http.post(path, json={"model": model, **body}, headers=headers)

    def look(self, generation_id: str) -> httpx.Response:
        """Ask for the state of a video once."""
        return self.http.get(VIDEOS, params={"generation_id": generation_id})

    def finish(self, generation_id: str) -> Body:
        """Ask until a video has ended."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            report: Body = self.look(generation_id).json()
            if report["status"] in ("completed", "error"):
                return report
            time.sleep(0.02)
        raise TimeoutError(generation_id)

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON at `path`."""
        return self.http.get(path, params=query or None).json()


@contextmanager
def calling(sandbox: Server) -> Iterator[Caller]:
    caller = Caller(sandbox)
    with caller.http:
        yield caller


@contextmanager
def started(files_dir: Path, **options: Any) -> Iterator[Caller]:
    """A small sandbox on a folder, and a caller of it."""
    with small_sandbox(files_dir=files_dir, **options) as server, calling(server) as caller:
        yield caller


def change_books(files_dir: Path, *statements: str) -> None:
    """Change the database of a sandbox that does not run."""
    database = Database(files_dir / "books.sqlite3")
    with database.transaction() as connection:
        for statement in statements:
            connection.execute(statement)
    database.close()
