"""Files on their way in: beside the event loop, under names of ours, where there is room."""

import asyncio
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from components.errors import DiskFull, MediaRejected
from components.interface.uploads.multipart import FileBegins, FilePiece, MultipartFiles
from components.interface.uploads.receiving import PIECE_BYTES, arrivals
from components.interface.uploads.upload_routes import upload_router
from components.interface.uploads.uploaded_files import find_uploads
from components.media.store.incoming_file import LEAST_FREE_BYTES
from components.media.store.media_store import FolderStore, name_of
from tests.samples.media_files import drawing, saved
from tests.samples.models import CATALOG

FOLDER = "/nowhere/uploads"


class Volume:
    """Tells how much is free, and notes in which threads it was asked."""

    def __init__(self, free_bytes: int = 10 * LEAST_FREE_BYTES) -> None:
        self.free_bytes = free_bytes
        self.asked_in: set[int] = set()

    def __call__(self, folder: Path) -> int:
        assert folder.exists()
        self.asked_in.add(threading.get_ident())
        return self.free_bytes


@pytest.fixture
def volume() -> Volume:
    return Volume()


@pytest.fixture
def store(tmp_path: Path, volume: Volume) -> FolderStore:
    return FolderStore(tmp_path / "media", free_bytes=volume)


@pytest.fixture
def client(store: FolderStore) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(upload_router(store, CATALOG, FOLDER, lambda _reference, _size_bytes: None))

    def explain(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"said": str(error)}, 422)

    app.add_exception_handler(DiskFull, explain)
    app.add_exception_handler(MediaRejected, explain)

    @app.get("/loop")
    async def loop() -> int:
        return threading.get_ident()

    with TestClient(app) as opened:
        yield opened


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return saved(tmp_path / "fox.png", drawing())


def kept_files(store: FolderStore) -> list[str]:
    return [file.name for file in store.kept()]


def uploaded(client: TestClient, *files: tuple[str, bytes]) -> list[str]:
    answer = client.post("/gradio_api/upload", files=[("files", file) for file in files])
    paths: list[str] = answer.json()
    return paths


def test_files_are_written_beside_the_event_loop(
    client: TestClient, volume: Volume, picture: Path, store: FolderStore
) -> None:
    content = picture.read_bytes() + bytes(3 * PIECE_BYTES)
    client.post("/uploads", params={"name": "a.png"}, content=content)
    uploaded(client, ("a.png", content))
    assert volume.asked_in
    assert client.get("/loop").json() not in volume.asked_in
    (kept,) = store.kept()
    assert kept.name == f"{sha256(content).hexdigest()}.png"
    assert store.path(kept.name).read_bytes() == content


async def _name_on_disk(name: str, store: FolderStore) -> str:
    async with arrivals(store) as taken:
        return taken.begin(name).path.name


@pytest.mark.parametrize(
    "name", ["D:evil.mp4", "CON.png", "..\\a.png", "/etc/passwd", "x" * 300, ""]
)
def test_the_name_on_disk_is_ours(name: str, store: FolderStore) -> None:
    assert asyncio.run(_name_on_disk(name, store)) == "upload-0"


def test_an_upload_without_room_is_declined_with_a_sentence_and_leaves_nothing(
    client: TestClient, volume: Volume, picture: Path, tmp_path: Path
) -> None:
    volume.free_bytes = LEAST_FREE_BYTES - 1
    answer = client.post("/uploads", params={"name": "a.png"}, content=picture.read_bytes())
    assert answer.status_code == 422
    assert answer.json()["said"] == (
        "Less than 1 GB of disk space is free here, so no file is taken in. Nothing was sent or "
        "charged. Free some space in the data folder and add the file again."
    )
    assert [file for file in (tmp_path / "media").rglob("*") if file.is_file()] == []
    volume.free_bytes = LEAST_FREE_BYTES
    assert client.post("/uploads", content=picture.read_bytes()).status_code == 200


def test_room_that_runs_short_on_the_way_ends_an_upload(
    client: TestClient, volume: Volume, picture: Path, store: FolderStore
) -> None:
    def pieces() -> Iterator[bytes]:
        yield picture.read_bytes()
        for _ in range(80):
            yield bytes(PIECE_BYTES)
            volume.free_bytes = 0

    assert client.post("/uploads", content=pieces()).status_code == 422
    assert kept_files(store) == []


def test_a_call_whose_file_found_no_room_says_so(
    client: TestClient, volume: Volume, picture: Path
) -> None:
    volume.free_bytes = 0
    (path,) = uploaded(client, ("a.png", picture.read_bytes() + bytes(3 * PIECE_BYTES)))
    with pytest.raises(DiskFull, match=r"no room here to take the file in\. Nothing was sent"):
        find_uploads({"path": path}, FOLDER)


def test_what_a_client_uploads_is_a_reference_with_its_name(
    client: TestClient, picture: Path, store: FolderStore
) -> None:
    content = picture.read_bytes()
    paths = uploaded(client, ("a.png", content), ("words.txt", b"just words"))
    names: dict[str, str] = {}
    values = [
        {"path": path, "orig_name": name, "meta": {}}
        for path, name in zip(paths, ("a.png", "words.txt"), strict=True)
    ]
    found, other = find_uploads(values, FOLDER, names)
    assert store.path(name_of(found)).read_bytes() == content
    assert names == {found: "a.png", other: "words.txt"}
    assert other.endswith(".bin")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"x"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--other\r\n\r\nx"),
    ],
)
def test_an_upload_of_another_shape_is_refused(
    content_type: str, body: bytes, client: TestClient
) -> None:
    headers = {"Content-Type": content_type}
    answer = client.post("/gradio_api/upload", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["said"] == "The upload could not be understood; send it again."


@given(
    files=st.lists(st.tuples(st.text(min_size=1, max_size=9), st.binary(max_size=90)), max_size=4),
    step=st.integers(1, 70),
)
def test_files_come_out_of_a_form_whole_however_it_is_cut(
    files: list[tuple[str, bytes]], step: int
) -> None:
    request = httpx.Request(
        "POST",
        "http://x.test",
        data={"note": "--x"},
        files=[("files", file) for file in files] or None,
    )
    body, kind = request.read(), request.headers["content-type"]
    if not files:
        return
    parts = MultipartFiles(kind)
    found: list[bytes] = []
    for begin in range(0, len(body), step):
        for event in parts.read(body[begin : begin + step]):
            if isinstance(event, FileBegins):
                found.append(b"")
            elif isinstance(event, FilePiece):
                found[-1] += event.content
    assert found == [content for _, content in files]
