"""A History that is there when the playground starts: runs with files, and one that was lost."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.media.store.media_store import FolderStore, ref
from components.runs.run import Event, Output, Parent, Run, Status
from components.runs.store.run_store import RunStore
from tests.apps.playgrounds import SAMPLES

HOUR_S = 3600.0


def keep_runs(data_dir: Path, count: int, url: str = "") -> list[Run]:
    """Keep finished runs, videos and pictures in turn, one an hour; returns them newest first.

    The fourth is a video that was made from the picture before it. They are kept in the
    playground's own database, or at `url`.
    """
    media = FolderStore(data_dir / "media")
    picture = media.keep(SAMPLES / "place.jpg", ".jpg")
    clip = media.keep(SAMPLES / "clip.mp4", ".mp4")
    thumb = media.keep(SAMPLES / "style.jpg", ".jpg")
    painted = Output("image", "", picture, thumb, "image/jpeg", 1536, 864, None, 100_000)
    filmed = Output("video", "", clip, thumb, "video/mp4", 1280, 720, 5.0, 100_000)
    asked = {"image_url": ref(picture), "duration": 10, "provider": "auto"}
    runs = [
        _run(number, ImageToVideo.model_id, asked, filmed)
        if number % 2
        else _run(number, ImageO1.model_id, {"image_urls": [ref(picture)]}, painted)
        for number in range(count)
    ]
    first_frame = Parent("run-0004", field="image_url", use="first frame")
    runs = [replace(it, parents=(first_frame,)) if it.id == "run-0003" else it for it in runs]
    store = RunStore(url or f"sqlite:///{data_dir / 'playground.sqlite3'}")
    store.add(*runs)
    store.close()
    return runs


def lost_run(data_dir: Path) -> Run:
    """Keep a run whose answer was lost and that was not found again; it may have been charged."""
    run = _run(0, ImageToVideo.model_id, {"image_url": "https://example.com/a.png"}, None)
    store = RunStore(f"sqlite:///{data_dir / 'playground.sqlite3'}")
    store.add(run)
    store.close()
    return run


def _run(number: int, model_id: str, asked: dict[str, Any], output: Output | None) -> Run:
    at = time.time() - (number + 1) * HOUR_S
    generation_id = f"generation-{number}"
    return Run(
        id=f"run-{number:04d}" if output else "run-lost",
        model=model_id,
        request={"prompt": f"A harbour, number {number}", **asked},
        created_at=at,
        next_step_at=at,
        submitted_at=at,
        finished_at=at + 60,
        status=Status.DONE if output else Status.FAILED,
        generation_id=generation_id if output else None,
        inference_id=generation_id if output else None,
        provider_request_id="request-7",
        quoted_usd=0.5,
        charged_usd=0.56 if output else None,
        outputs=(output,) if output else (),
        events=(Event(at, "Accepted here."), Event(at + 60, "Every file is saved here.")),
        error="" if output else "The answer to the request was lost.",
        unresolved=output is None,
    )
