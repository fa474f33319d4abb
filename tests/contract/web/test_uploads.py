"""Uploads: kept under their content's name, and refused with a sentence that names the file."""

import time
from pathlib import Path

import httpx
import pytest

from components.runs.store.forms.form_files import HOLD_S, LET_GO_S
from components.runs.store.run_store import RunStore
from tests.apps.playgrounds import SAMPLES, Playground
from tests.samples.media_files import drawing, saved

PICTURE = (SAMPLES / "place.jpg").read_bytes()
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.mark.parametrize(
    "name",
    [
        "a.jpg",
        "..",
        "../../etc/passwd",
        ".",
        "",
        "x" * 400,
        "ä" * 200 + ".jpg",
        "a\0b.jpg",
        "C:\\a",
        "D:evil.mp4",
        "CON.png",
        "a.jpg:stream",
    ],
)
def test_a_picture_of_any_name_is_kept_once_under_its_content(
    name: str, playground: Playground
) -> None:
    answer = httpx.post(
        f"{playground.url}/uploads", params={"name": name}, content=PICTURE, headers=BYTES
    )
    assert answer.status_code == 200
    kept = answer.json()["ref"]
    assert kept.startswith("/media/")
    assert kept.endswith((".jpg", ".png"))
    assert httpx.get(playground.url + kept).content == PICTURE


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"just words", "notes.png is not a picture or a video"),
        (b"", "notes.png is empty (0 bytes)"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "notes.png is not a picture or a video"),
    ],
)
def test_what_is_no_picture_or_video_is_refused_by_name(
    content: bytes, sentence: str, playground: Playground
) -> None:
    answer = httpx.post(
        f"{playground.url}/uploads", params={"name": "notes.png"}, content=content, headers=BYTES
    )
    assert answer.status_code == 422
    assert answer.json()["problems"][""].startswith(sentence)


def test_a_form_of_ten_thousand_references_is_answered(playground: Playground) -> None:
    values = {"prompt": "A fox", "image_urls": [f"nowhere-{number}" for number in range(10_000)]}
    look = f"{playground.url}/forms/image_o1/validate"
    answer = httpx.post(look, json={"values": values}, timeout=60).json()
    assert len(answer["lists"]["image_urls"]) == 50
    assert answer["notes"][0] == "Only the first 50 references are looked at; take some out."
    generate = f"{playground.url}/forms/image_o1/runs"
    assert httpx.post(generate, json={"values": values}, timeout=60).status_code == 422


def held(playground: Playground, holder: str) -> dict[str, float]:
    """For how many seconds more each file stays that a form shows, or showed."""
    store = RunStore(f"sqlite:///{playground.data_dir / 'playground.sqlite3'}")
    with store.database.connect() as connection:
        query = "SELECT name, until FROM form_files WHERE holder = ?"
        rows = connection.exec_driver_sql(query, (holder,)).all()
    store.close()
    return {row.name: row.until - time.time() for row in rows}


def test_a_form_holds_all_that_it_shows_and_lets_go_of_it_when_cleared(
    playground: Playground, tmp_path: Path
) -> None:
    picture = saved(tmp_path / "a.webp", drawing())
    headers = {"Content-Type": "image/webp"}
    uploads = f"{playground.url}/uploads?name=a.webp"
    kept = httpx.post(uploads, content=picture.read_bytes(), headers=headers).json()["ref"]
    path = f"{playground.url}/forms/image_o1/validate"
    asked = {"values": {"image_urls": [kept]}, "holder": "this tab"}
    answer = httpx.post(path, json=asked).json()
    while answer["working"]:
        answer = httpx.post(path, json=asked).json()
    (card,) = answer["lists"]["image_urls"]
    shown = held(playground, "this tab:image_o1")
    assert len(shown) == 4
    assert min(shown.values()) > HOLD_S / 2
    assert sum(name in card for name in shown) >= 3
    httpx.post(path, json={"values": {}, "holder": "this tab"})
    let_go = held(playground, "this tab:image_o1")
    assert let_go.keys() == shown.keys()
    assert max(let_go.values()) <= LET_GO_S
