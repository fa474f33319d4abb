"""The results of a plan become the grid that was planned, with names that tell all."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from components.catalog.models.image_o1 import ImageO1
from components.catalog.plan import expand
from components.interface.export.export_routes import Source, export_router
from components.interface.export.plan_sheet import grids_of, shared_prompt
from components.media.store.media_store import FolderStore
from components.runs.run import Output, Run, Status
from tests.samples.media_files import drawing, saved
from tests.samples.models import CATALOG
from tests.samples.run_samples import IMAGE_O1, NOW, PICTURE, sample_run

VALUES = {"prompt": "a {red|blue} boat", "image_urls": [PICTURE]}


@pytest.fixture
def media(tmp_path: Path) -> FolderStore:
    """A store in the test's folder."""
    return FolderStore(tmp_path / "media")


def runs_of(output: Output | None, lists: dict[str, list[Any]], repeats: int = 1) -> list[Run]:
    """Finished runs of a plan, in the order they were planned."""
    plan = expand(ImageO1, VALUES, lists, repeats=repeats)
    return [
        sample_run(
            f"run-{number}",
            model=IMAGE_O1,
            request=planned.values,
            status=Status.DONE if output else Status.FAILED,
            outputs=(output,) if output else (),
            group_id="plan-1",
            group_labels=planned.labels,
        )
        for number, planned in enumerate(plan.runs)
    ]


def kept_picture(media: FolderStore, tmp_path: Path) -> Output:
    return Output(kind="image", name=media.keep(saved(tmp_path / "a.png", drawing()), ".png"))


def test_rows_columns_and_groups_come_back_as_planned(media: FolderStore, tmp_path: Path) -> None:
    output = kept_picture(media, tmp_path)
    runs = runs_of(output, {"aspect_ratio": ["16:9", "1:1", "9:16"]}, repeats=2)
    first, second = grids_of(runs, media, CATALOG)
    assert (first.title, second.title) == ("Run 1", "Run 2")
    assert first.rows == ("red", "blue")
    assert first.columns == ("Aspect ratio 16:9", "Aspect ratio 1:1", "Aspect ratio 9:16")
    assert [(cell.row, cell.column) for cell in first.cells] == [
        (row, column) for row in range(2) for column in range(3)
    ]
    assert all(len(cell.pictures) == 1 for cell in (*first.cells, *second.cells))


def test_a_run_without_a_picture_says_why_in_its_place(media: FolderStore, tmp_path: Path) -> None:
    failed = runs_of(None, {})
    gone = runs_of(Output(kind="image", name="0" * 64 + ".png"), {})
    (grid,) = grids_of([failed[0], gone[1]], media, CATALOG)
    assert [cell.note for cell in grid.cells] == ["Failed.", "No longer kept"]
    again = replace(failed[0], id="again", outputs=(kept_picture(media, tmp_path),))
    (grid,) = grids_of([failed[0], gone[1], again], media, CATALOG)
    assert [len(cell.pictures) for cell in grid.cells] == [1, 0]


def test_a_video_is_shown_by_its_first_frame(media: FolderStore, tmp_path: Path) -> None:
    thumb = media.keep(saved(tmp_path / "a.jpg", drawing()), ".jpg")
    video = Output(kind="video", name="0" * 64 + ".mp4", thumb=thumb, duration_s=5.0)
    (grid,) = grids_of(runs_of(video, {}), media, CATALOG)
    assert grid.cells[0].pictures == (media.path(thumb),)
    assert grid.cells[0].length_s == 5.0


def test_the_heading_is_what_the_prompts_share() -> None:
    prompts = [run.prompt for run in runs_of(None, {})]
    assert shared_prompt(prompts) == "a … boat"
    assert shared_prompt(prompts[:1]) == "a red boat"


def test_the_sheet_is_served_as_a_picture(media: FolderStore, tmp_path: Path) -> None:
    runs = runs_of(kept_picture(media, tmp_path), {"resolution": ["1K", "2K"]})
    app = FastAPI()
    source = Source(CATALOG, run=lambda run_id: runs[0], plan=lambda group_id: runs)  # noqa: ARG005
    app.include_router(export_router(source, media, lambda: NOW))
    answer = TestClient(app).get("/plans/plan-1/sheet")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].endswith('_run-0-sheet.jpg"')
    with Image.open(io.BytesIO(answer.content)) as sheet:
        assert min(sheet.size) > 500
