"""Runs leave as one archive, streamed: media with their settings, prompts, settings, receipts."""

import csv
import io
import json
import tomllib
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from components.errors import PlaygroundError, RunNotFound
from components.interface.export.archive import Member, zip_stream
from components.interface.export.export_routes import MOST_RUNS, Source, export_router
from components.interface.export.records import VERSION, receipt_of, receipts_table
from components.interface.export.run_archive import run_archive
from components.interface.parts.feed.card.run_words import run_as_json
from components.media.embedded_settings.embedding import read_settings
from components.media.embedded_settings.splice import SplicedFile
from components.media.store.media_store import FolderStore
from components.runs.run import Event, Output, Run, Status
from tests.samples.media_files import drawing, saved, video
from tests.samples.models import CATALOG
from tests.samples.run_samples import IMAGE_O1, NOW, sample_run

ROOT = Path(__file__).resolve().parents[4]
STEM = "image_o1_a-boat_2027-01-15_run-1"


@pytest.fixture
def media(tmp_path: Path) -> FolderStore:
    """A store in the test's folder."""
    return FolderStore(tmp_path / "media")


@pytest.fixture
def picture_run(media: FolderStore, tmp_path: Path) -> Run:
    """A finished run with two pictures."""
    names = [
        media.keep(saved(tmp_path / f"a{suffix}", drawing()), suffix) for suffix in (".png", ".jpg")
    ]
    return sample_run(
        model=IMAGE_O1,
        status=Status.DONE,
        title="=SUM(A1)",
        charged_usd=0.028,
        outputs=tuple(Output(kind="image", name=name) for name in names),
        events=(Event(NOW, "Accepted here."),),
    )


def unpacked(*runs: Run, media: FolderStore) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(run_archive(runs, media, CATALOG, NOW))))


def test_an_archive_holds_media_prompts_settings_and_receipts(
    picture_run: Run, media: FolderStore
) -> None:
    archive = unpacked(picture_run, media=media)
    assert archive.testzip() is None
    files = [f"{STEM}-1.png", f"{STEM}-2.jpg"]
    assert archive.namelist() == [
        *files,
        f"settings/{STEM}.json",
        f"receipts/{STEM}.json",
        "prompts.txt",
        "receipts.csv",
    ]
    assert archive.read("prompts.txt").decode() == f"{STEM}\nA boat\n"
    settings = json.loads(archive.read(f"settings/{STEM}.json"))
    assert (settings["model"], settings["request"]) == (IMAGE_O1, picture_run.request)
    receipt = json.loads(archive.read(f"receipts/{STEM}.json"))
    assert receipt["charged_usd"] == 0.028
    assert receipt["events"] == [{"at": "2027-01-15T08:00:00+00:00", "what": "Accepted here."}]
    assert receipt["files"] == files


def test_each_file_of_an_archive_remembers_its_run(
    picture_run: Run, media: FolderStore, tmp_path: Path
) -> None:
    archive = unpacked(picture_run, media=media)
    for name in archive.namelist()[:2]:
        found = read_settings(Path(archive.extract(name, tmp_path)))
        assert found is not None
        assert found["run_id"] == picture_run.id
        assert found["request"] == picture_run.request
        assert found["version"] == VERSION


def test_media_are_stored_and_text_is_packed(picture_run: Run, media: FolderStore) -> None:
    for info in unpacked(picture_run, media=media).infolist():
        is_media = info.filename.endswith((".png", ".jpg"))
        assert info.compress_type == (ZIP_STORED if is_media else ZIP_DEFLATED)


def test_the_table_has_a_row_a_run_and_nothing_a_spreadsheet_would_run(
    picture_run: Run, media: FolderStore
) -> None:
    other = sample_run("run-2", request={"prompt": '@Image1 says "hi",\nwaves', "image_url": "x"})
    content = unpacked(picture_run, other, media=media).read("receipts.csv").decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(content))
    assert (first["title"], first["charged_usd"]) == ("'=SUM(A1)", "0.028")
    assert second["prompt"] == '\'@Image1 says "hi",\nwaves'
    assert json.loads(second["settings"]) == {"image_url": "x"}


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r"]
)
def test_what_begins_like_a_formula_is_told_to_be_text(sign: str) -> None:
    run = sample_run("run-1", title=f"{sign}SUM(A1)")
    text = receipts_table([(run, receipt_of(run, ()))]).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["title"] == f"'{sign}SUM(A1)"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc"])
def test_an_address_no_browser_should_follow_is_not_handed_out(address: str) -> None:
    run = sample_run("run-1", outputs=(Output(kind="video", remote_url=address),))
    assert run_as_json(run, CATALOG)["outputs"][0]["url"] == ""
    kept = sample_run("run-1", outputs=(Output(kind="video", remote_url="https://x.example/a"),))
    assert run_as_json(kept, CATALOG)["outputs"][0]["url"] == "https://x.example/a"


def test_the_same_names_get_numbers(picture_run: Run, media: FolderStore) -> None:
    names = unpacked(picture_run, picture_run, picture_run, media=media).namelist()
    assert len(set(names)) == len(names)
    assert f"{STEM}-1_3.png" in names
    assert f"settings/{STEM}_3.json" in names


def test_a_file_that_is_gone_is_named_and_the_rest_comes(
    picture_run: Run, media: FolderStore
) -> None:
    assert picture_run.outputs[0].name
    media.delete(picture_run.outputs[0].name)
    archive = unpacked(picture_run, media=media)
    assert archive.read("missing.txt").decode() == f"{STEM}-1.png\n"
    assert f"{STEM}-2.jpg" in archive.namelist()


def test_an_archive_needs_the_memory_of_one_piece(tmp_path: Path) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(bytes(20_000_000))
    tracemalloc.start()
    sizes = [
        len(piece)
        for piece in zip_stream(Member(f"{n}.mp4", NOW, SplicedFile(large)) for n in range(3))
    ]
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(sizes) > 60_000_000
    assert peak_bytes < 3_000_000


def test_a_run_is_only_read_when_those_before_it_are_out(
    picture_run: Run, media: FolderStore
) -> None:
    read: list[str] = []

    def runs() -> Iterator[Run]:
        for run in (picture_run, sample_run("run-2")):
            read.append(run.id)
            yield run

    archive = run_archive(runs(), media, CATALOG, NOW)
    next(archive)
    assert read == ["run-1"]


@pytest.fixture
def browser_of(media: FolderStore) -> Callable[..., TestClient]:
    """A client of the routes alone, with these runs."""

    def client(*runs: Run) -> TestClient:
        kept = {run.id: run for run in runs}

        def find(run_id: str) -> Run:
            if run_id not in kept:
                raise RunNotFound("There is no such run here.")
            return kept[run_id]

        def plan(group_id: str) -> list[Run]:
            return [run for run in runs if run.group_id == group_id]

        app = FastAPI()
        app.include_router(export_router(Source(CATALOG, find, plan), media, lambda: NOW))
        return TestClient(app)

    return client


def test_a_result_is_downloaded_under_its_name_with_its_settings(
    picture_run: Run, browser_of: Callable[..., TestClient], tmp_path: Path
) -> None:
    answer = browser_of(picture_run).get("/runs/run-1/download/2")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"] == f'attachment; filename="{STEM}-2.jpg"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    (tmp_path / "got.jpg").write_bytes(answer.content)
    assert read_settings(tmp_path / "got.jpg")
    with Image.open(tmp_path / "got.jpg") as got, Image.open(tmp_path / "a.jpg") as made:
        assert numpy.array_equal(numpy.asarray(got), numpy.asarray(made))


def test_chosen_runs_are_downloaded_as_one_archive(
    picture_run: Run, media: FolderStore, browser_of: Callable[..., TestClient], tmp_path: Path
) -> None:
    clip = media.keep(video(tmp_path / "a.mp4"), ".mp4")
    clip_run = sample_run("run-2", outputs=(Output(kind="video", name=clip),))
    answer = browser_of(picture_run, clip_run).get("/runs.zip?ids=run-1,gone,run-2,run-1,")
    assert answer.headers["content-disposition"].endswith('"kling-o1_2027-01-15_2-runs.zip"')
    names = ZipFile(io.BytesIO(answer.content)).namelist()
    assert [name.rpartition(".")[2] for name in names[:2]] == ["png", "jpg"]
    assert [name for name in names if name.endswith(".mp4")]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/runs/run-1/download/0", "not kept here"),
        ("/runs/run-1/download/3", "not kept here"),
        ("/runs/gone/download/1", "no such run"),
        ("/plans/gone/sheet", "None of the runs of this plan"),
        ("/runs.zip?ids=gone,", "None of these runs"),
        ("/runs.zip?ids=" + ",".join(map(str, range(MOST_RUNS + 1))), "choose fewer"),
    ],
)
def test_what_cannot_be_downloaded_is_said_in_a_sentence(
    path: str, sentence: str, picture_run: Run, browser_of: Callable[..., TestClient]
) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        browser_of(picture_run).get(path)


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION
