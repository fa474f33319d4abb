"""The routes that cost money: pictures, videos and the state of a video."""

import asyncio
import logging
import shutil
import tempfile
import time
import uuid
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from components.sandbox import render
from components.sandbox.answers import (
    ApiError,
    answer,
    check_key,
    client_request_id,
    request_id,
)
from components.sandbox.contract import IMAGES_PATH, VIDEOS_PATH, Order, read_order
from components.sandbox.faults import POLL_KINDS, Call, Faults
from components.sandbox.jobs import Job, Jobs, Rendered
from components.sandbox.ledger import Ledger, LogRow, OutOfCredit
from components.sandbox.material import Material, MediaRefused, gather, unpack
from components.sandbox.metrics import Metrics
from components.sandbox.options import SandboxOptions
from components.sandbox.prices import credits_for, is_per_second

LONGEST_SOURCE_S = 10
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workshop:
    """What the routes share: the books, the generations, the faults, the renderers and folders."""

    options: SandboxOptions
    pace_s: float
    faults: Faults
    ledger: Ledger
    metrics: Metrics
    jobs: Jobs
    renderers: Executor
    files_dir: Path


class Generations:
    """Handlers of the generation routes."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    async def images(self, request: Request) -> Response:
        """`POST /v1/images/generations`: answers when the pictures are ready."""
        started_s = time.monotonic()
        inference_id = str(uuid.uuid4())
        order, work = await self._accept(request, IMAGES_PATH, inference_id)
        try:
            rendered = await asyncio.wrap_future(self._shop.renderers.submit(work))
        except MediaRefused as refusal:
            self._shop.ledger.release(inference_id)
            raise ApiError(400, f"Body validation error: image_urls: {refusal}") from refusal
        except Exception:
            self._shop.ledger.release(inference_id)
            raise
        await asyncio.sleep(max(0.0, started_s + self._shop.pace_s / 2 - time.monotonic()))
        self._shop.ledger.charge(inference_id, order.model, rendered.credits)
        self._shop.metrics.record(order.model, (time.monotonic() - started_s) * 1000)
        content = {
            "data": [{"url": _url(request, path), "b64_json": None} for path in rendered.paths],
            "meta": {"usage": {"credits_used": rendered.credits}},
        }
        return answer(request, content, inference_id=inference_id, credits_used=rendered.credits)

    async def videos(self, request: Request) -> Response:
        """`POST /v2/video/generations`: answers at once with the id to poll."""
        model = request.state.json.get("model") if isinstance(request.state.json, dict) else None
        inference_id = f"{uuid.uuid4()}:{model}"
        order, work = await self._accept(request, VIDEOS_PATH, inference_id)
        self._shop.jobs.add(inference_id, order, self._shop.renderers.submit(work))
        return answer(request, {"id": inference_id, "status": "queued"}, inference_id=inference_id)

    async def poll(self, request: Request) -> Response:
        """`GET /v2/video/generations?generation_id=`: the state of a video."""
        check_key(request, self._shop.options.key)
        generation_id = request.query_params.get("generation_id")
        if not generation_id:
            raise ApiError(400, "Query validation error: generation_id: Required")
        job = self._shop.jobs.find(generation_id)
        if job is None:
            raise ApiError(404, "Generation not found.")
        status: str = job.status
        fault = self._shop.faults.take(Call("GET", VIDEOS_PATH, job.order.model), POLL_KINDS)
        if fault is not None and fault.kind == "error":
            self._shop.jobs.fail(job, fault.message)
            status = job.status
        elif fault is not None:
            status = "dreaming" if fault.kind == "unknown_status" else "generating"
        content, credits_used = _report(request, job, status)
        return answer(request, content, inference_id=job.id, credits_used=credits_used)

    async def _accept(self, request: Request, path: str, inference_id: str) -> tuple[Order, "Work"]:
        """Check and log a request, hold its price and return it with the work to be done."""
        key = check_key(request, self._shop.options.key)
        body = request.state.json
        model = body.get("model") if isinstance(body, dict) else None
        row = LogRow(
            created_at=self._shop.ledger.now(),
            key=key,
            model=model if isinstance(model, str) else "unknown",
            request_id=request_id(request),
            inference_id=inference_id,
            client_request_id=client_request_id(request),
        )
        self._shop.ledger.log(row)
        try:
            return await self._checked(request, path, inference_id)
        except ApiError:
            self._shop.ledger.release(inference_id)
            raise

    async def _checked(
        self, request: Request, path: str, inference_id: str
    ) -> tuple[Order, "Work"]:
        if request.state.json_problem:
            raise ApiError(400, request.state.json_problem)
        shop = self._shop
        plain_hosts = shop.options.media_hosts | {request.url.netloc}
        order = read_order(request.state.json, path, plain_hosts)
        folder = Path(tempfile.mkdtemp(dir=shop.files_dir, prefix="request-"))
        try:
            files = await asyncio.to_thread(unpack, order, request.state.body, folder)
            shop.ledger.hold(inference_id, _credits(order, LONGEST_SOURCE_S))
        except OutOfCredit as error:
            shutil.rmtree(folder)
            raise ApiError(403, "You've run out of credits. Top up to go on.") from error
        except ApiError:
            shutil.rmtree(folder)
            raise
        return order, Work(order, files, folder, shop, plain_hosts)


@dataclass(frozen=True)
class Work:
    """The rendering of one request, to be called in a renderer's thread."""

    order: Order
    files: dict[str, Path]
    folder: Path
    shop: Workshop
    plain_hosts: frozenset[str]

    def __call__(self) -> Rendered:
        """Gather the media, render, and return the files. Raises `MediaRefused`."""
        try:
            material = gather(self.order, self.files, self.folder, self.plain_hosts)
            paths = self._render(material)
        except MediaRefused:
            raise
        except Exception:
            _LOG.exception("Rendering failed.")
            raise
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        source_s = material.video_facts.duration_s if material.video_facts else 0.0
        return Rendered(paths, _credits(self.order, round(source_s)))

    def _render(self, material: Material) -> tuple[Path, ...]:
        name = self.shop.files_dir / str(uuid.uuid4())
        if self.order.model.endswith("image-o1"):
            side_px = self.shop.options.picture_long_side_px
            return render.pictures(self.order, material, name, side_px)
        side_px = self.shop.options.video_short_side_px
        return (render.video(self.order, material, name, side_px),)


def _credits(order: Order, source_s: int) -> int:
    """Return the price; an edit is billed by the seconds of its source."""
    units = order.num_images
    if is_per_second(order.model):
        units = source_s if order.model.endswith("edit") else order.duration_s
    choices = {"resolution": order.resolution, "duration": order.duration_s}
    return credits_for(order.model, units=units, choices=choices)


def _url(request: Request, path: Path) -> str:
    return f"{request.base_url}files/{path.name}"


def _report(request: Request, job: Job, status: str) -> tuple[dict[str, object], int]:
    content: dict[str, object] = {"id": job.id, "status": status}
    if status == "completed":
        rendered = job.work.result()
        content["video"] = {"url": _url(request, rendered.paths[0])}
        content["meta"] = {"usage": {"credits_used": rendered.credits}}
        return content, rendered.credits
    if status == "error" and job.error is not None:
        content["error"] = job.error
    return content, 0
