"""A full disk: one true sentence, wherever it is met, and all goes on once there is room."""

import base64
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from components.sandbox import Sandbox
from tests.apps.playgrounds import SAMPLES, Playground, finished, posts, serving, small_sandbox
from tests.processes.small_volume import resize, small_volume
from tests.samples.media_files import drawing

ADD_AGAIN = (
    "Nothing was sent or charged. Free some space in the data folder and add the file again."
)


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    with small_sandbox() as running:
        yield running


@pytest.fixture
def cramped(own_sandbox: Sandbox, tmp_path: Path) -> Iterator[Playground]:
    """A playground whose media have 100 kB."""
    media = tmp_path / "data" / "media"
    with small_volume(media, 100), serving(tmp_path / "data", own_sandbox) as running:
        yield running


def test_an_upload_that_finds_no_room_says_so(cramped: Playground) -> None:
    big = b"\xff\xd8\xff" + os.urandom(300_000)
    kind = {"Content-Type": "image/jpeg"}
    answer = httpx.post(f"{cramped.url}/uploads?name=a.jpg", content=big, headers=kind)
    sentence = answer.json()["problems"][""]
    assert sentence.endswith(ADD_AGAIN)
    assert "disk space" in sentence


def test_a_call_that_finds_no_room_says_so_and_sends_nothing(cramped: Playground) -> None:
    picture = _inline(SAMPLES / "character-front.jpg")
    with closing(Client(cramped.url, verbose=False)) as client:
        _fill(cramped)
        with pytest.raises(AppError) as caught:
            client.predict(prompt="A boat", image_urls=[picture], api_name="/image_o1")
        assert f"There is no room left to keep the file. {ADD_AGAIN}" in str(caught.value)
        assert posts(cramped.sandbox) == []


def test_a_result_that_finds_no_room_waits_for_it(cramped: Playground, tmp_path: Path) -> None:
    drawing(320, 320).save(tmp_path / "small.jpg", quality=20)
    picture = _inline(tmp_path / "small.jpg")
    with closing(Client(cramped.url, verbose=False)) as client:
        run = client.predict(prompt="A boat", image_url=picture, api_name="/image_to_video")
        _fill(cramped)
        while "There is no room left" not in (run["note"] or ""):
            assert run["status"] not in ("done", "failed")
            time.sleep(0.05)
            run = client.predict(run_id=run["id"], api_name="/run")
        assert "The result is paid for and still at the provider. Free some space" in run["note"]
        resize(cramped.data_dir / "media", 100_000)
        assert finished(client, run)["status"] == "done"
        assert list((cramped.data_dir / "media" / "parts").iterdir()) == []


def _inline(picture: Path) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture.read_bytes()).decode()}"


def _fill(cramped: Playground) -> None:
    """Leave no room but for a few bytes."""
    media = cramped.data_dir / "media"
    volume = os.statvfs(media)
    (media / "filling").write_bytes(bytes(max(0, volume.f_bavail - 2) * volume.f_bsize))
