"""Uploads: kept under their content's name, and refused with a sentence that names the file."""

import httpx
import pytest

from tests.playgrounds import SAMPLES, Playground

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
    look = f"{playground.url}/forms/image_o1/look"
    answer = httpx.post(look, json={"values": values}, timeout=60).json()
    assert len(answer["lists"]["image_urls"]) == 50
    assert answer["notes"][0] == "Only the first 50 references are looked at; take some out."
    generate = f"{playground.url}/forms/image_o1/runs"
    assert httpx.post(generate, json={"values": values}, timeout=60).status_code == 422
