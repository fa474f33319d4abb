"""What comes back shows what was asked for: size, ratio, format, number, length and sound."""

import base64
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from components.sandbox import Sandbox
from tests.samples.media_files import video
from tests.servers.sandbox_requests import (
    EDIT,
    FRAMES,
    IMAGE_O1,
    REFERENCE,
    RESTAGE,
    Body,
    Caller,
    data_uri,
    element,
    image_uri,
    small_sandbox,
    video_uri,
)

NOWHERE = "https://no-such-host.invalid/a.png"
SMALL_ELEMENT = {
    "frontal_image_url": image_uri(299, 400),
    "reference_image_urls": [image_uri()],
}


def large_picture_uri() -> str:
    """A picture with so much behind its end that it is over 10 MB."""
    head, _, content = image_uri().partition(",")
    large = base64.b64decode(content) + bytes(10_000_000)
    return f"{head},{base64.b64encode(large).decode()}"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with small_sandbox(balance_usd=500.0) as server:
        yield server


@pytest.fixture(scope="module")
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    caller = Caller(sandbox)
    with caller.http:
        yield caller


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> str:
    return video_uri(tmp_path_factory.mktemp("clip") / "clip.mp4")


def made(caller: Caller, model: str, body: Body) -> bytes:
    """Return the file of a video request."""
    report = caller.finish(caller.post(model, {"prompt": "A boat", **body}).json()["id"])
    assert report["status"] == "completed", report
    response = caller.http.get(report["video"]["url"])
    assert response.headers["content-type"] == "video/mp4"
    return response.content


def facts(content: bytes) -> tuple[int, int, float, bool]:
    """Return width, height, seconds and whether there is sound."""
    with av.open(io.BytesIO(content), "r") as file:
        stream = file.streams.video[0]
        frames = sum(1 for _ in file.decode(stream))
        assert stream.codec_context.pix_fmt == "yuv420p"
        return stream.width, stream.height, frames / 24, bool(file.streams.audio)


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (128, 72)),
        ({"resolution": "2K"}, (256, 144)),
        ({"aspect_ratio": "21:9", "output_format": "jpeg"}, (128, 55)),
        ({"aspect_ratio": "9:16", "output_format": "webp"}, (72, 128)),
        ({"aspect_ratio": "1:1"}, (128, 128)),
        ({"aspect_ratio": "2:3", "num_images": 3}, (85, 128)),
    ],
)
def test_pictures_have_the_asked_size_format_and_number(
    caller: Caller, asked: Body, size: tuple[int, int]
) -> None:
    body = {"prompt": "x", "image_urls": [image_uri(), image_uri(400, 320)], **asked}
    links = [entry["url"] for entry in caller.post(IMAGE_O1, body).json()["data"]]
    assert len(links) == asked.get("num_images", 1)
    contents = []
    for link in links:
        response = caller.http.get(link)
        file_format = asked.get("output_format", "png")
        assert response.headers["content-type"] == f"image/{file_format}"
        with Image.open(io.BytesIO(response.content)) as picture:
            assert (picture.format, picture.size) == (file_format.upper(), size)
        contents.append(response.content)
    assert len(set(contents)) == len(contents)


@pytest.mark.parametrize(
    ("ratio", "size"), [("16:9", (114, 64)), ("9:16", (64, 114)), ("1:1", (86, 86))]
)
def test_a_video_has_the_asked_ratio_and_length(
    caller: Caller, ratio: str, size: tuple[int, int]
) -> None:
    seconds = 10 if ratio == "1:1" else 5
    body = {"image_list": [image_uri()], "elements": [element(3)], "duration": seconds}
    content = made(caller, REFERENCE, {**body, "aspect_ratio": ratio})
    assert facts(content) == (*size, float(seconds), False)


def test_a_video_from_frames_starts_with_the_first_and_ends_with_the_last(caller: Caller) -> None:
    first, last = image_uri(400, 300), image_uri(300, 600, "PNG")
    content = made(caller, FRAMES, {"image_url": first, "last_image_url": last})
    assert facts(content) == (86, 64, 5.0, False)


@pytest.mark.parametrize("keep_audio", [True, False])
def test_an_edit_is_as_long_as_its_source_with_its_sound_if_asked(
    caller: Caller, clip: str, keep_audio: bool
) -> None:
    body = {"video_url": clip, "keep_audio": keep_audio, "image_list": [image_uri()]}
    assert facts(made(caller, EDIT, body)) == (64, 64, 3.0, keep_audio)


def test_a_reference_video_is_looped_to_the_asked_length_with_sound_to_its_end(
    caller: Caller, clip: str
) -> None:
    body = {"video_url": clip, "keep_audio": True, "aspect_ratio": "9:16", "duration": 5}
    content = made(caller, RESTAGE, body)
    assert facts(content) == (64, 114, 5.0, True)
    with av.open(io.BytesIO(content), "r") as file:
        sound = sum(frame.samples for frame in file.decode(audio=0)) / 44_100
    assert sound == pytest.approx(5.0, abs=0.1)


def test_the_same_request_gives_the_same_pictures(caller: Caller) -> None:
    body = {"prompt": "again", "image_urls": [image_uri()]}
    first, second = (
        caller.http.get(caller.post(IMAGE_O1, body).json()["data"][0]["url"]).content
        for _ in range(2)
    )
    assert first == second


def test_a_file_is_served_in_ranges(caller: Caller) -> None:
    body = {"prompt": "x", "image_urls": [image_uri()]}
    link = caller.post(IMAGE_O1, body).json()["data"][0]["url"]
    whole = caller.http.get(link)
    assert whole.headers["accept-ranges"] == "bytes"
    part = caller.http.get(link, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    beyond = caller.http.get(link, headers={"Range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416
    assert caller.http.get(f"{link}x").status_code == 404
    assert caller.http.get("/files/..%2F..%2Fetc%2Fpasswd").status_code == 404


def test_a_video_goes_through_its_life_and_is_charged_at_its_end() -> None:
    with small_sandbox(pace_s=0.8) as server:
        caller = Caller(server)
        with caller.http:
            generation_id = caller.post(REFERENCE, {"prompt": "x"}).json()["id"]
            seen: list[str] = []
            deadline = time.monotonic() + 20
            while "completed" not in seen and time.monotonic() < deadline:
                report = caller.look(generation_id).json()
                if report["status"] not in seen:
                    seen.append(report["status"])
                if report["status"] != "completed":
                    assert caller.get("/v2/billing")["current_balance"] in (50, 49.272)
                time.sleep(0.05)
            assert seen == ["queued", "generating", "completed"]
            assert report["meta"]["usage"]["credits_used"] == 1_456_000
            assert caller.get("/v2/billing")["current_balance"] == 49.272


def test_an_edit_is_billed_by_the_seconds_of_its_source(caller: Caller, clip: str) -> None:
    generation_id = caller.post(EDIT, {"prompt": "x", "video_url": clip}).json()["id"]
    caller.finish(generation_id)
    charges = caller.get("/v2/billing/transactions")["data"]
    assert charges[0]["reference_id"] == generation_id
    assert charges[0]["amount"]["usd"] == pytest.approx(3 * 0.2184)


@pytest.mark.parametrize(
    ("model", "body", "name"),
    [
        (FRAMES, {"image_url": image_uri(299, 400)}, "IMAGE_TOO_SMALL"),
        (FRAMES, {"image_url": image_uri(800, 300)}, "IMAGE_RATIO"),
        (FRAMES, {"image_url": image_uri(320, 320, "WEBP")}, "IMAGE_FORMAT"),
        (FRAMES, {"image_url": "data:image/png;base64,aGVsbG8="}, "IMAGE_UNREADABLE"),
        (FRAMES, {"image_url": large_picture_uri()}, "IMAGE_TOO_LARGE"),
        (REFERENCE, {"elements": [SMALL_ELEMENT]}, "IMAGE_TOO_SMALL"),
        (EDIT, {"video_url": "data:video/mp4;base64,aGVsbG8="}, "VIDEO_UNREADABLE"),
    ],
)
def test_media_beyond_the_upstream_limits_end_as_an_error_that_costs_nothing(
    caller: Caller, model: str, body: Body, name: str
) -> None:
    balance = caller.get("/v2/billing")
    response = caller.post(model, {"prompt": "x", **body})
    assert response.status_code == 200
    report = caller.finish(response.json()["id"])
    assert report["error"]["name"] == name
    assert "video" not in report
    assert caller.get("/v2/billing") == balance


@pytest.mark.parametrize(
    ("made_as", "name"),
    [
        ({"size": (720, 720), "seconds": 2.0}, "VIDEO_LENGTH"),
        ({"size": (640, 720), "seconds": 3.0}, "VIDEO_SIZE"),
        ({"size": (720, 720), "seconds": 3.0, "fps": 12}, "VIDEO_RATE"),
    ],
)
def test_a_video_beyond_the_upstream_limits_ends_as_an_error(
    caller: Caller, tmp_path: Path, made_as: dict[str, Any], name: str
) -> None:
    source = video(tmp_path / "odd.mp4", **made_as)
    body = {"prompt": "x", "video_url": data_uri(source)}
    report = caller.finish(caller.post(EDIT, body).json()["id"])
    assert report["error"]["name"] == name


def test_a_video_in_another_container_ends_as_an_error(caller: Caller, tmp_path: Path) -> None:
    source = video(tmp_path / "odd.mkv", size=(720, 720), seconds=3.0)
    body = {"prompt": "x", "video_url": data_uri(source)}
    report = caller.finish(caller.post(EDIT, body).json()["id"])
    assert report["error"]["name"] == "VIDEO_FORMAT"


@pytest.mark.parametrize(
    ("model", "body", "field"),
    [
        (FRAMES, {"image_url": NOWHERE}, "image_url"),
        (FRAMES, {"image_url": image_uri(), "last_image_url": NOWHERE}, "last_image_url"),
        (REFERENCE, {"image_list": [image_uri(), NOWHERE]}, "image_list"),
        (EDIT, {"video_url": NOWHERE}, "video_url"),
        (IMAGE_O1, {"image_urls": [NOWHERE]}, "image_urls"),
    ],
)
def test_an_address_that_leads_nowhere_fails_soon_with_its_field_and_host(
    caller: Caller, model: str, body: Body, field: str
) -> None:
    balance = caller.get("/v2/billing")
    started = time.monotonic()
    response = caller.post(model, {"prompt": "x", **body})
    if model == IMAGE_O1:
        assert response.status_code == 400
        message = response.json()["message"].removeprefix("Body validation error: ")
    else:
        error = caller.finish(response.json()["id"])["error"]
        assert error["name"] == "FILE_UNREACHABLE"
        message = error["message"]
    assert time.monotonic() - started < 12
    assert message.startswith(f"{field}: The file at no-such-host.invalid cannot be read.")
    assert "paid" not in message
    assert caller.get("/v2/billing") == balance


def test_an_unknown_generation_is_not_found(caller: Caller) -> None:
    assert caller.look("nothing:here").status_code == 404
    assert caller.http.get("/v2/video/generations").status_code == 400
