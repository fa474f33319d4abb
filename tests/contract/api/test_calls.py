"""The API over plain HTTP: what does not fit is answered in one sentence, the rest with the run."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apps.playgrounds import Playground, posts
from tests.samples.models import MODELS

PICTURE = "https://example.org/none.jpg"
WAYS = ("call/v2", "call", "run")


def called(playground: Playground, path: str, body: Any) -> httpx.Response:
    return httpx.post(f"{playground.url}/gradio_api/{path}", json=body)


def sentence(answer: httpx.Response) -> str:
    said: str = answer.json()["error"]
    assert "\n" not in said
    assert "object at" not in said
    assert said.endswith("Nothing was sent or charged.")
    return said


@pytest.mark.parametrize("model", MODELS, ids=lambda it: it.api_name)
def test_a_call_that_leaves_out_what_is_needed_is_told_what_it_needs(
    model: Any, playground: Playground
) -> None:
    before = len(posts(playground.sandbox))
    named = called(playground, f"call/v2/{model.api_name}", {})
    in_order = called(playground, f"call/{model.api_name}", {"data": []})
    assert (named.status_code, in_order.status_code) == (422, 422)
    assert f"/{model.api_name} needs prompt" in sentence(named)
    assert f"/{model.api_name} needs prompt" in sentence(in_order)
    assert "[provider]" in sentence(named)
    assert len(posts(playground.sandbox)) == before


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("body", [[1], "x", 5])
def test_a_body_of_another_shape_is_told_which_one_is_meant(
    way: str, body: Any, playground: Playground
) -> None:
    answer = called(playground, f"{way}/image_to_video", body)
    assert answer.status_code == 422
    assert "takes" in sentence(answer)


def test_a_parameter_that_is_not_there_is_named(playground: Playground) -> None:
    body = {"prompt": "x", "image_url": PICTURE, "size": 5}
    answer = called(playground, "call/v2/image_to_video", body)
    assert answer.status_code == 422
    assert "/image_to_video has no parameter size." in sentence(answer)


@pytest.mark.parametrize("way", WAYS)
def test_an_endpoint_that_is_not_there_is_told_those_that_are(
    way: str, playground: Playground
) -> None:
    answer = called(playground, f"{way}/text_to_video", {"data": []})
    assert answer.status_code == 404
    assert "/image_to_video" in sentence(answer)


@pytest.mark.parametrize("content", [b"", b"nojson", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_told_so(content: bytes, playground: Playground) -> None:
    answer = httpx.post(
        f"{playground.url}/gradio_api/call/v2/image_o1",
        content=content,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert "is not JSON" in sentence(answer)


def test_what_may_be_left_out_is_filled_in(playground: Playground) -> None:
    by_run = called(playground, "run/runs", {"data": []})
    assert by_run.status_code == 200
    assert "runs" in by_run.json()["data"][0]


def test_a_run_is_started_and_read_by_curl_alone(playground: Playground) -> None:
    body = {"prompt": "By curl", "image_url": PICTURE, "duration": 5}
    begun = called(playground, "call/v2/image_to_video", body)
    assert begun.status_code == 200
    url = f"{playground.url}/gradio_api/call/image_to_video/{begun.json()['event_id']}"
    lines = httpx.get(url, timeout=30).text.splitlines()
    assert lines[0] == "event: complete"
    (run,) = json.loads(lines[1].removeprefix("data: "))
    assert run["request"]["prompt"] == "By curl"
    again = called(playground, "run/run", {"data": [run["id"]]})
    assert again.json()["data"][0]["id"] == run["id"]


FOREIGN = ("README.md", "nope.png", "/etc/passwd", "../../etc/passwd", "a\0b.png", "x" * 5000, "")


@pytest.mark.parametrize("path", FOREIGN)
def test_a_queued_call_names_no_foreign_file_either(path: str, playground: Playground) -> None:
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    functions = httpx.get(f"{playground.url}/config").json()["dependencies"]
    number = next(it["id"] for it in functions if it["api_name"] == "image_to_video")
    body = {"data": ["A boat", file, None, 5], "fn_index": number, "session_hash": "of a client"}
    answer = called(playground, "queue/join", body)
    assert answer.status_code == 422
    assert sentence(answer).startswith("That file was not uploaded here.")
    assert str(Path.cwd()) not in answer.text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", FOREIGN)
def test_a_file_that_nobody_uploaded_is_refused_without_a_path_of_ours(
    way: str, path: str, playground: Playground
) -> None:
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    body = {"prompt": "A boat", "image_url": file}
    answer = called(
        playground,
        f"{way}/image_to_video",
        body if way == "call/v2" else {"data": list(body.values())},
    )
    assert answer.status_code == 422
    assert sentence(answer).startswith("That file was not uploaded here.")
    assert str(Path.cwd()) not in answer.text
