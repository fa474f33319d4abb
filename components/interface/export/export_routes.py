"""Downloads: a result with its settings in it, and many runs as one archive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from components.catalog import Catalog
from components.errors import InvalidInput, MediaRejected, RunNotFound
from components.interface.export.plan_sheet import save_plan_sheet
from components.interface.export.records import settings_of
from components.interface.export.run_archive import run_archive
from components.interface.parts.feed.card.run_words import download_name, file_stem
from components.interface.web.routing import new_router
from components.media.capacity.cpu_slots import ONE_A_CORE
from components.media.embedded_settings.embedding import with_settings
from components.media.store.media_store import MediaStore, media_type
from components.runs.run import Run

MOST_RUNS = 200
"""As many ids as fit into an address."""


@dataclass(frozen=True)
class Source:
    """Where runs come from: `run` by its id, or it raises `RunNotFound`; a `plan` in its order."""

    catalog: Catalog
    run: Callable[[str], Run]
    plan: Callable[[str], Sequence[Run]]


def export_router(source: Source, media: MediaStore, clock: Callable[[], float]) -> APIRouter:
    """`/runs/ID/download/NUMBER` is a result, counted from 1; `/runs.zip?ids=A,B` are many runs;
    `/plans/ID/sheet` is the grid of a plan as one picture.
    """
    router = new_router()

    def download(run_id: str, number: int) -> StreamingResponse:
        run = source.run(run_id)
        kept = run.outputs[number - 1].name if 0 < number <= len(run.outputs) else None
        if kept is None:
            raise MediaRejected("That result is not kept here; open the run to see what it has.")
        file = with_settings(media.path(kept), settings_of(run))
        headers = _as_file(download_name(run, number, source.catalog))
        headers["Content-Length"] = str(file.size_bytes)
        return StreamingResponse(iter(file), media_type=media_type(kept), headers=headers)

    def archive(ids: str) -> StreamingResponse:
        now = clock()
        runs = _found(source.run, ids)
        day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
        name = f"kling-o1_{day}_{len(runs)}-run{'' if len(runs) == 1 else 's'}.zip"
        content = run_archive(runs, media, source.catalog, now)
        return StreamingResponse(content, media_type="application/zip", headers=_as_file(name))

    def sheet(group_id: str) -> Response:
        runs = source.plan(group_id)
        if not runs:
            raise RunNotFound("None of the runs of this plan is kept here any more.")
        with ONE_A_CORE.slot(), media.workspace() as folder:
            target = folder / "sheet.jpg"
            picture = save_plan_sheet(runs, media, source.catalog, target).read_bytes()
        headers = _as_file(f"{file_stem(runs[0], source.catalog)}-sheet.jpg")
        return Response(picture, media_type="image/jpeg", headers=headers)

    router.add_api_route("/plans/{group_id}/sheet", sheet, methods=["GET"])
    router.add_api_route("/runs/{run_id}/download/{number}", download, methods=["GET"])
    router.add_api_route("/runs.zip", archive, methods=["GET"])
    return router


def _found(find: Callable[[str], Run], ids: str) -> list[Run]:
    """The runs that there are, each once, in the order of the ids."""
    wanted = list(dict.fromkeys(filter(None, ids.split(","))))
    if len(wanted) > MOST_RUNS:
        raise InvalidInput(
            f"{len(wanted)} runs are more than the {MOST_RUNS} that fit into one archive; "
            "choose fewer and download the rest afterwards."
        )
    runs = []
    for run_id in wanted:
        try:
            runs.append(find(run_id))
        except RunNotFound:
            continue
    if not runs:
        raise RunNotFound("None of these runs is kept here any more.")
    return runs


def _as_file(name: str) -> dict[str, str]:
    """Headers that make a browser keep the answer under a name, which is plain ASCII."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
