"""Exactly these requests reach the provider: written out by hand from its description."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.provider.http.json_body import CHUNK_BYTES, Attachment, JsonBody
from tests.samples.models import model_by_id
from tests.servers.provider_server import KEY, Received, ScriptedProvider, reply, scripted_provider

ROOT = Path(__file__).resolve().parents[3]
RUN_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
PICTURE = "https://example.com/a.png"
CLIP = "https://example.com/a.mp4"
ELEMENT = {"frontal_image_url": PICTURE, "reference_image_urls": [PICTURE, PICTURE]}
RATIO_AND_LENGTH = {"aspect_ratio": "9:16", "duration": 10}
SMALLEST: dict[str, dict[str, Any]] = {
    "klingai/image-o1": {"prompt": "A boat", "image_urls": [PICTURE]},
    "klingai/video-o1-reference-to-video": {"prompt": "A boat", "image_list": [PICTURE]},
    "klingai/video-o1-image-to-video": {"prompt": "A boat", "image_url": PICTURE},
    "klingai/video-o1-video-to-video-edit": {"prompt": "A boat", "video_url": CLIP},
    "klingai/video-o1-video-to-video-reference": {"prompt": "A boat", "video_url": CLIP},
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "klingai/image-o1": {
        "aspect_ratio": "16:9",
        "resolution": "1K",
        "num_images": 1,
        "output_format": "png",
    },
    "klingai/video-o1-reference-to-video": {"aspect_ratio": "16:9", "duration": 5},
    "klingai/video-o1-image-to-video": {"duration": 5},
    "klingai/video-o1-video-to-video-edit": {"keep_audio": False},
    "klingai/video-o1-video-to-video-reference": {
        "aspect_ratio": "16:9",
        "duration": 5,
        "keep_audio": False,
    },
}
FULLEST: dict[str, dict[str, Any]] = {
    "klingai/image-o1": {
        "prompt": 'Ein Schiff – 船 "quoted" 🚢',
        "image_urls": [PICTURE] * 10,
        "aspect_ratio": "21:9",
        "resolution": "2K",
        "num_images": 9,
        "output_format": "webp",
        "provider": "fal",
    },
    "klingai/video-o1-reference-to-video": {
        "prompt": "A boat",
        "image_list": [PICTURE] * 3,
        "elements": [ELEMENT] * 4,
        "provider": "kling",
        **RATIO_AND_LENGTH,
    },
    "klingai/video-o1-image-to-video": {
        "prompt": "A boat",
        "image_url": PICTURE,
        "last_image_url": PICTURE,
        "duration": 10,
        "provider": "fal",
    },
    "klingai/video-o1-video-to-video-edit": {
        "prompt": "A boat",
        "video_url": CLIP,
        "image_list": [PICTURE] * 2,
        "elements": [ELEMENT] * 2,
        "keep_audio": True,
        "provider": "kling",
    },
    "klingai/video-o1-video-to-video-reference": {
        "prompt": "A boat",
        "video_url": CLIP,
        "image_list": [PICTURE],
        "elements": [ELEMENT] * 3,
        "keep_audio": True,
        "provider": "auto",
        **RATIO_AND_LENGTH,
    },
}
VIDEO_ACCEPTED = reply({"id": "g-1", "status": "queued"})
PICTURES_MADE = reply({"data": [{"url": "https://cdn.example/1.png"}]})


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        yield running


def send(provider: ScriptedProvider, model_id: str, values: dict[str, Any]) -> Received:
    """Send a request through catalogue and client; return what arrived."""
    client = ProviderClient(HttpClient(provider.url, KEY))
    payload = model_by_id(model_id).parse(values).payload(lambda reference, _: reference)
    if model_id == "klingai/image-o1":
        provider.replies = [PICTURES_MADE]
        client.generate_images(payload, RUN_ID)
    else:
        provider.replies = [VIDEO_ACCEPTED]
        client.submit_video(payload, RUN_ID)
    assert provider.post_count == 1
    return provider.received[-1]


@pytest.mark.parametrize("model_id", SMALLEST)
def test_the_smallest_request_is_sent_with_the_defaults(
    provider: ScriptedProvider, model_id: str
) -> None:
    request = send(provider, model_id, SMALLEST[model_id])
    expected = {"model": model_id, **SMALLEST[model_id], **DEFAULTS[model_id], "provider": "auto"}
    assert request.json == expected


@pytest.mark.parametrize("model_id", FULLEST)
def test_the_fullest_request_is_sent_as_it_was_given(
    provider: ScriptedProvider, model_id: str
) -> None:
    request = send(provider, model_id, FULLEST[model_id])
    assert request.json == {"model": model_id, **FULLEST[model_id]}
    is_image = model_id == "klingai/image-o1"
    assert request.path == ("/v1/images/generations" if is_image else "/v2/video/generations")


def test_a_request_names_its_key_its_run_and_its_length(provider: ScriptedProvider) -> None:
    values = {"prompt": "Ein Schiff – 船", "image_url": PICTURE}
    request = send(provider, "klingai/video-o1-image-to-video", values)
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["x-client-request-id"] == RUN_ID
    assert request.headers["content-type"] == "application/json"
    assert request.headers["content-length"] == str(len(request.body))
    assert "transfer-encoding" not in request.headers
    assert "Ein Schiff – 船" in request.body.decode()


def test_files_arrive_as_data_uris(provider: ScriptedProvider, tmp_path: Path) -> None:
    content = bytes(range(256)) * 2000
    (tmp_path / "a.png").write_bytes(content)
    (tmp_path / "b.mp4").write_bytes(b"clip")
    provider.replies = [VIDEO_ACCEPTED]
    payload = {
        "prompt": "A boat",
        "image_list": [Attachment(tmp_path / "a.png", "image/png"), PICTURE],
        "video_url": Attachment(tmp_path / "b.mp4", "video/mp4"),
    }
    ProviderClient(HttpClient(provider.url, KEY)).submit_video(payload, RUN_ID)
    request = provider.received[0]
    assert request.headers["content-length"] == str(len(request.body))
    assert request.json == {
        "prompt": "A boat",
        "image_list": [f"data:image/png;base64,{base64.b64encode(content).decode()}", PICTURE],
        "video_url": "data:video/mp4;base64,Y2xpcA==",
    }


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sizes=st.lists(
        st.integers(0, 9) | st.integers(CHUNK_BYTES - 2, CHUNK_BYTES + 2)
        | st.integers(0, 3 * CHUNK_BYTES),
        max_size=3,
    ),
    prompt=st.text(max_size=20),
)  # fmt: skip
def test_a_body_of_any_sizes_is_whole_of_known_length_and_readable_twice(
    tmp_path: Path, sizes: list[int], prompt: str
) -> None:
    contents = [bytes([index + 65]) * size for index, size in enumerate(sizes)]
    files = [tmp_path / str(index) for index in range(len(sizes))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    body = JsonBody({"prompt": prompt, "files": [Attachment(file, "image/png") for file in files]})
    sent = b"".join(body)
    assert len(sent) == len(body)
    assert b"".join(body) == sent
    assert json.loads(sent) == {
        "prompt": prompt,
        "files": [f"data:image/png;base64,{base64.b64encode(item).decode()}" for item in contents],
    }


def test_looks_are_asked_by_the_names_of_the_contract(provider: ScriptedProvider) -> None:
    client = ProviderClient(HttpClient(provider.url + "/", KEY))
    since, until = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 2, tzinfo=UTC)
    provider.replies = [
        reply({"id": "g:1/x", "status": "queued"}),
        reply({"current_balance": 1.5, "currency": "USD"}),
        reply({"object": "list", "data": []}),
        reply({"window_seconds": 300, "models": []}),
        reply({"data": []}),
        reply({"data": []}),
    ]
    client.video_status("g:1/x")
    client.balance_usd()
    client.prices(["a/b", "c/d"])
    client.durations(["a/b", "c/d"])
    client.find_log("run", since=since, until=until)
    client.ledger_page(since=since)
    client.ledger_page(since=since, until=until, cursor="next")
    first, last = "2026-08-01T00:00:00+00:00", "2026-08-02T00:00:00+00:00"
    assert [(request.path, request.query) for request in provider.received] == [
        ("/v2/video/generations", {"generation_id": ["g:1/x"]}),
        ("/v2/billing", {}),
        ("/v1/models", {"id": ["a/b,c/d"], "include": ["pricing"]}),
        ("/models/metrics", {"aliases": ["a/b", "c/d"]}),
        ("/v2/logs", {"start": [first], "end": [last], "limit": ["100"], "offset": ["0"]}),
        (
            "/v2/billing/transactions",
            {"from": [first], "direction": ["CHARGE"], "limit": ["100"]},
        ),
        (
            "/v2/billing/transactions",
            {
                "from": [first],
                "to": [last],
                "direction": ["CHARGE"],
                "limit": ["100"],
                "cursor": ["next"],
            },
        ),
    ]
    assert all(item.headers["authorization"] == f"Bearer {KEY}" for item in provider.received)


def test_neither_a_netrc_nor_a_proxy_takes_the_place_of_key_or_server(
    provider: ScriptedProvider, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("default login somebody password else\n")
    provider.replies = [VIDEO_ACCEPTED]
    # 0.0.0.0 is this machine too, but read as any other host: its environment is trusted.
    port = provider.url.rpartition(":")[2]
    code = (
        "import sys; from components.provider.http.http_client import HttpClient\n"
        "for url in sys.argv[2:]:\n"
        "    HttpClient(url, sys.argv[1]).post('/x', {}, client_request_id='a', read_timeout_s=5)\n"
    )
    for url, proxies in [
        (f"http://0.0.0.0:{port}", {}),
        (provider.url, {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}),
    ]:
        environment = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PATH": os.defpath}
        subprocess.run(
            [sys.executable, "-c", code, KEY, url], env=environment | proxies, check=True
        )
    sent = [request.headers["authorization"] for request in provider.received]
    assert sent == [f"Bearer {KEY}"] * 2
