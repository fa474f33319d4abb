"""The routes that cost money: pictures, videos and the state of a video."""

import asyncio
import shutil
import time
import uuid

from starlette.requests import Request
from starlette.responses import Response

from components.catalog.request import ENDPOINTS
from components.sandbox.app_state import AppState
from components.sandbox.faults.fault import POLL_KINDS, Call
from components.sandbox.http.responses import (
    ApiError,
    answer,
    check_key,
    client_request_id,
    request_id,
)
from components.sandbox.jobs import Job
from components.sandbox.ledger.account import LogRow, OutOfCredit, fingerprint
from components.sandbox.rendering.reference_files import MediaRefused, unpack
from components.sandbox.rendering.render_job import RenderJob
from components.sandbox.validation.request_bodies import read_request

_NO_TOKENS = {
    "input_tokens": 0,
    "input_tokens_details": {"text_tokens": 0, "image_tokens": 0},
    "output_tokens": 0,
    "total_tokens": 0,
}
"""These pictures are not paid by the token, but clients read the fields all the same."""


class Generations:
    """Handlers of the generation routes."""

    def __init__(self, app_state: AppState) -> None:
        self._shop = app_state

    async def images(self, request: Request) -> Response:
        """`POST /v1/images/generations`: answers when the pictures are ready."""
        started_s = time.monotonic()
        inference_id = str(uuid.uuid4())
        work = await self._accept(request, ENDPOINTS["image"], inference_id)
        model = work.request.model
        try:
            rendering = self._shop.renderers.submit(self._shop.pictures, work)
            rendered = await asyncio.wrap_future(rendering)
        except MediaRefused as refusal:
            self._shop.ledger.release(inference_id)
            raise ApiError(400, f"Body validation error: {refusal}") from refusal
        except Exception:
            self._shop.ledger.release(inference_id)
            raise
        await asyncio.sleep(max(0.0, started_s + self._shop.pace_s / 2 - time.monotonic()))
        with self._shop.database.transaction():
            self._shop.ledger.charge(inference_id, model, rendered.credits)
            self._shop.metrics.record(model, (time.monotonic() - started_s) * 1000)
        content = {
            "created": int(time.time()),
            "usage": _NO_TOKENS,
            "data": [
                {"url": _url(request, path.name), "b64_json": None} for path in rendered.paths
            ],
            "meta": {"usage": {"credits_used": rendered.credits}},
        }
        return answer(request, content, inference_id=inference_id, credits_used=rendered.credits)

    async def videos(self, request: Request) -> Response:
        """`POST /v2/video/generations`: answers at once with the id to poll."""
        model = request.state.json.get("model") if isinstance(request.state.json, dict) else None
        inference_id = f"{uuid.uuid4()}:{model}"
        work = await self._accept(request, ENDPOINTS["video"], inference_id)
        self._shop.jobs.add(inference_id, work.request.model)
        self._shop.start_video(inference_id, work)
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
        status: str = self._shop.jobs.status(job)
        fault = self._shop.faults.take(Call("GET", ENDPOINTS["video"], job.model), POLL_KINDS)
        if fault is not None and fault.kind == "error":
            job = self._shop.jobs.fail(job, fault.message)
            status = self._shop.jobs.status(job)
        elif fault is not None:
            status = "dreaming" if fault.kind == "unknown_status" else "generating"
        content, credits_used = _report(request, job, status)
        return answer(request, content, inference_id=job.id, credits_used=credits_used)

    async def _accept(self, request: Request, path: str, inference_id: str) -> RenderJob:
        """Check and log a request, hold its price and return the work to be done."""
        key = check_key(request, self._shop.options.key)
        body = request.state.json
        model = body.get("model") if isinstance(body, dict) else None
        row = LogRow(
            created_at=self._shop.ledger.now(),
            key=fingerprint(key),
            model=model if isinstance(model, str) else "unknown",
            request_id=request_id(request),
            inference_id=inference_id,
            client_request_id=client_request_id(request),
        )
        self._shop.ledger.log(row)
        try:
            return await self._checked(request, path, inference_id)
        except Exception:
            self._shop.ledger.release(inference_id)
            raise

    async def _checked(self, request: Request, path: str, inference_id: str) -> RenderJob:
        if request.state.json_problem:
            raise ApiError(400, request.state.json_problem)
        shop = self._shop
        plain_hosts = shop.options.media_hosts | {request.url.netloc}
        asked = read_request(request.state.json, path, shop.options.contract, plain_hosts)
        work = RenderJob(asked, shop.file_store.request_folder(inference_id), plain_hosts)
        work.folder.mkdir()
        try:
            await asyncio.to_thread(unpack, asked, request.state.body, work.folder)
            work.save()
            shop.ledger.hold(inference_id, work.highest_credits(shop.options.price_rule))
        except OutOfCredit as error:
            shutil.rmtree(work.folder)
            raise ApiError(403, "You've run out of credits. Top up to go on.") from error
        except Exception:
            shutil.rmtree(work.folder, ignore_errors=True)
            raise
        return work


def _url(request: Request, file_name: str) -> str:
    return f"{request.base_url}files/{file_name}"


def _report(request: Request, job: Job, status: str) -> tuple[dict[str, object], int]:
    content: dict[str, object] = {"id": job.id, "status": status}
    if status == "completed" and job.file_name:
        content["video"] = {"url": _url(request, job.file_name)}
        content["meta"] = {"usage": {"credits_used": job.credits}}
        return content, job.credits
    if status == "error" and job.error_name is not None:
        content["error"] = {"name": job.error_name, "message": job.error_message}
    return content, 0
