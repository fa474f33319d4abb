"""What the sandbox takes and what it sends back with one plain reason."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.sandbox import Sandbox
from tests.servers.sandbox_requests import (
    EDIT,
    FRAMES,
    IMAGE_O1,
    REFERENCE,
    RESTAGE,
    VIDEOS,
    Body,
    Caller,
    element,
    fullest,
    image_uri,
    small_sandbox,
    smallest,
    video_uri,
)

MODELS = [IMAGE_O1, REFERENCE, FRAMES, EDIT, RESTAGE]
LONG_BASE64 = "data:video/mp4;base64," + "A" * 200_000


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


@pytest.mark.parametrize("make", [smallest, fullest])
@pytest.mark.parametrize("model", MODELS)
def test_every_model_takes_its_smallest_and_its_fullest_request(
    caller: Caller, clip: str, model: str, make: Any
) -> None:
    body = make(clip)[model]
    response = caller.post(model, body)
    assert response.status_code == 200, response.text
    if model == IMAGE_O1:
        assert len(response.json()["data"]) == body.get("num_images", 1)
        assert response.json()["meta"]["usage"]["credits_used"] > 0
    else:
        accepted = response.json()
        assert accepted == {"id": response.headers["x-inference-id"], "status": "queued"}
        assert accepted["id"].endswith(f":{model}")
        assert caller.finish(accepted["id"])["status"] == "completed"


BAD: list[tuple[str, Body, str]] = [
    (IMAGE_O1, {"prompt": None}, "prompt"),
    (IMAGE_O1, {"prompt": 5}, "prompt"),
    (IMAGE_O1, {"prompt": "x" * 4001}, "prompt"),
    (IMAGE_O1, {"image_urls": []}, "image_urls"),
    (IMAGE_O1, {"image_urls": [image_uri()] * 11}, "image_urls"),
    (IMAGE_O1, {"image_urls": image_uri()}, "image_urls"),
    (IMAGE_O1, {"image_urls": ["http://example.com/a.png"]}, "image_urls"),
    (IMAGE_O1, {"image_urls": ["ftp://example.com/a.png"]}, "image_urls[0]"),
    (IMAGE_O1, {"image_urls": ["https://[::1/a.png"]}, "image_urls[0]"),
    (IMAGE_O1, {"image_urls": ["data:image/png;base64,@@@"]}, "image_urls"),
    (IMAGE_O1, {"image_urls": ["data:image/png;base64,abc"]}, "image_urls"),
    (IMAGE_O1, {"image_urls": ["data:text/plain;base64,aGk="]}, "image_urls[0]"),
    (IMAGE_O1, {"image_urls": ["data:image/png;base64,aGkh"]}, "image_urls"),
    (IMAGE_O1, {"image_urls": [image_uri(299, 320)]}, "image_urls"),
    (IMAGE_O1, {"image_urls": [image_uri(900, 300)]}, "image_urls"),
    (IMAGE_O1, {"image_urls": [image_uri(320, 320, "WEBP")]}, "image_urls"),
    (IMAGE_O1, {"aspect_ratio": "5:4"}, "aspect_ratio"),
    (IMAGE_O1, {"resolution": "4K"}, "resolution"),
    (IMAGE_O1, {"output_format": "gif"}, "output_format"),
    (IMAGE_O1, {"num_images": 0}, "num_images"),
    (IMAGE_O1, {"num_images": 10}, "num_images"),
    (IMAGE_O1, {"num_images": 1.5}, "num_images"),
    (IMAGE_O1, {"num_images": True}, "num_images"),
    (IMAGE_O1, {"num_images": "2"}, "num_images"),
    (IMAGE_O1, {"provider": "other"}, "provider"),
    (REFERENCE, {"prompt": "x" * 2501}, "prompt"),
    (REFERENCE, {"image_list": []}, "image_list"),
    (REFERENCE, {"image_list": [image_uri()] * 8}, "image_list"),
    (REFERENCE, {"image_list": [image_uri()] * 6, "elements": [element()] * 2}, "image_list"),
    (REFERENCE, {"elements": [element()] * 5}, "elements"),
    (REFERENCE, {"elements": [element(5)]}, "elements[0].reference_image_urls"),
    (REFERENCE, {"elements": [element(0)]}, "elements[0].reference_image_urls"),
    (REFERENCE, {"elements": [{"frontal_image_url": image_uri()}]}, "reference_image_urls"),
    (REFERENCE, {"elements": [{"reference_image_urls": [image_uri()]}]}, "frontal_image_url"),
    (REFERENCE, {"elements": ["x"]}, "elements[0]"),
    (REFERENCE, {"aspect_ratio": "4:3"}, "aspect_ratio"),
    (REFERENCE, {"duration": 7}, "duration"),
    (REFERENCE, {"duration": "five"}, "duration"),
    (REFERENCE, {"duration": None}, "duration"),
    (FRAMES, {"image_url": None}, "image_url"),
    (FRAMES, {"last_image_url": "data:video/mp4;base64,aGk="}, "last_image_url"),
    (FRAMES, {"last_image_url": 3}, "last_image_url"),
    (EDIT, {"video_url": image_uri()}, "video_url"),
    (EDIT, {"video_url": "http://example.com/a.mp4"}, "video_url"),
    (EDIT, {"video_url": LONG_BASE64 + "?"}, "video_url"),
    (EDIT, {"keep_audio": "yes"}, "keep_audio"),
    (EDIT, {"keep_audio": 1}, "keep_audio"),
    (EDIT, {"image_list": [image_uri()] * 5}, "image_list"),
    (EDIT, {"image_list": [image_uri()] * 4, "elements": [element()]}, "elements"),
    (RESTAGE, {"image_list": [image_uri()] * 5}, "image_list"),
    (RESTAGE, {"duration": 3}, "duration"),
    (RESTAGE, {"aspect_ratio": "21:9"}, "aspect_ratio"),
]


@pytest.mark.parametrize(("model", "change", "field"), BAD)
def test_a_bad_field_is_answered_with_400_that_names_it(
    caller: Caller, model: str, change: Body, field: str
) -> None:
    response = caller.post(model, {**smallest(LONG_BASE64)[model], **change})
    error = response.json()
    assert response.status_code == error["statusCode"] == 400
    assert set(error) == {"message", "path", "requestId", "statusCode", "timestamp"}
    assert field in error["message"]
    assert error["message"].startswith("Body validation error")
    assert len(error["message"]) < 400


@pytest.mark.parametrize("model", MODELS)
def test_each_missing_required_field_is_named(caller: Caller, model: str) -> None:
    whole = smallest(LONG_BASE64)[model]
    for field in whole:
        rest = {name: value for name, value in whole.items() if name != field}
        response = caller.post(model, rest)
        assert response.status_code == 400
        assert f"{field}: Required" in response.json()["message"]


def test_unknown_fields_are_ignored(caller: Caller) -> None:
    body = {"prompt": "x", "image_urls": [image_uri()], "mood": "blue"}
    assert caller.post(IMAGE_O1, body).status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_not_an_object_is_refused(caller: Caller, content: bytes) -> None:
    response = caller.http.post(VIDEOS, content=content)
    assert response.status_code == 400
    assert "Body validation error" in response.json()["message"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic x"}])
def test_a_call_without_a_key_is_refused(caller: Caller, header: dict[str, str]) -> None:
    url = caller.http.base_url
    with type(caller.http)(base_url=url, headers=header) as stranger:
        for path in ("/v2/billing", "/v2/billing/transactions", "/v2/logs", VIDEOS):
            assert stranger.get(path).status_code == 401
        assert stranger.post(VIDEOS, json={}).status_code == 401
        assert stranger.get("/v1/models").status_code == 200
        assert stranger.get("/models/metrics").status_code == 200


def test_a_chosen_key_lets_no_other_in() -> None:
    with small_sandbox(key="right") as server:
        for key, status_code in (("wrong", 401), ("right", 200)):
            with Caller(server, key).http as http:
                assert http.get("/v2/billing").status_code == status_code


@pytest.mark.parametrize("model", ["klingai/other", "image-o1", IMAGE_O1])
def test_an_unknown_model_is_not_found(caller: Caller, model: str) -> None:
    response = caller.http.post(VIDEOS, json={"model": model, "prompt": "x"})
    assert response.status_code == 404
    assert model in response.json()["message"]


@pytest.mark.parametrize(("given", "found"), [({}, "undefined"), ({"model": 5}, "number")])
def test_a_request_that_names_no_model_is_refused(
    caller: Caller, given: dict[str, Any], found: str
) -> None:
    response = caller.http.post(VIDEOS, json={"prompt": "x", **given})
    assert response.status_code == 400
    expected = f"Body validation error: model: Expected string, received {found}"
    assert response.json()["message"] == expected


def test_unknown_paths_and_methods_are_not_found_in_the_providers_shape(caller: Caller) -> None:
    for method, path in (("GET", "/nowhere"), ("DELETE", VIDEOS), ("POST", "/v2/billing")):
        response = caller.http.request(method, path)
        assert (response.status_code, response.json()["path"]) == (404, path)


def test_an_own_request_id_is_echoed_only_when_it_keeps_the_rules(caller: Caller) -> None:
    kept = caller.http.get("/v2/billing", headers={"X-Client-Request-Id": "run:1._-"})
    assert kept.headers["x-client-request-id"] == "run:1._-"
    for odd in (b"with space", b"x" * 129, "ü".encode("latin-1")):
        dropped = caller.http.get("/v2/billing", headers={b"X-Client-Request-Id": odd})
        assert "x-client-request-id" not in dropped.headers


def test_a_large_body_is_parsed_without_its_base64(sandbox: Sandbox, caller: Caller) -> None:
    prompt = 'say "data:image/png;base64," and \\ go'
    body = {"model": EDIT, "prompt": prompt, "video_url": LONG_BASE64, "keep_audio": True}
    response = caller.http.post(VIDEOS, content=json.dumps(body))
    assert response.status_code == 200
    seen = sandbox.received[-1].body
    assert isinstance(seen, dict)
    assert seen["prompt"] == prompt
    assert len(seen["video_url"]) < 100
    report = caller.finish(response.json()["id"])
    assert report["error"]["name"] == "VIDEO_UNREADABLE"


def test_what_arrived_is_remembered_without_the_key(sandbox: Sandbox, caller: Caller) -> None:
    before = len(sandbox.received)
    caller.post(REFERENCE, {"prompt": "remember"}, **{"X-Client-Request-Id": "me-1"})
    (arrival,) = sandbox.received[before:]
    assert (arrival.method, arrival.path) == ("POST", VIDEOS)
    assert arrival.headers["x-client-request-id"] == "me-1"
    assert "authorization" not in arrival.headers
    assert arrival.body == {"model": REFERENCE, "prompt": "remember"}


def test_media_may_come_from_the_sandbox_itself(caller: Caller) -> None:
    first = caller.post(
        IMAGE_O1,
        {"prompt": "x", "image_urls": [image_uri()], "aspect_ratio": "1:1", "resolution": "2K"},
    )
    url = first.json()["data"][0]["url"]
    # 256 px a side here: too small for the provider, which shows that it was fetched and read.
    second = caller.post(IMAGE_O1, {"prompt": "y", "image_urls": [url]})
    assert "300 px" in second.json()["message"]
