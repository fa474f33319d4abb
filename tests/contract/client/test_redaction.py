"""The key is taken out of what is shown and kept, and out of nothing that is read."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.errors import BadRequest
from components.provider.answers.answer_models import ImageAnswer, VideoAnswer
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.provider.redaction import Redaction
from components.runs.run import Status
from tests.samples.run_samples import Clock, run_store, sample_run, step_runner
from tests.servers.provider_server import KEY, ScriptedProvider, reply, scripted_provider

URL = "https://cdn.example/task/test/k.mp4?key=test"


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        yield running


@pytest.mark.parametrize("key", ["k", "test", "id", "sandbox", "completed", "https://cdn"])
def test_no_key_changes_what_is_read(provider: ScriptedProvider, key: str) -> None:
    client = ProviderClient(HttpClient(provider.url, key))
    body = {
        "id": f"task-{key}-test.k",
        "status": "completed",
        "video": {"url": f"{URL}&{key}"},
        "meta": {"usage": {"credits_used": 120000}},
    }
    provider.replies = [reply(body, x_inference_id=f"inf-{key}")]
    looked, receipt = client.video_status("g")
    sent, _ = client.submit_video({}, "run-1")
    for answer in (looked, sent):
        assert isinstance(answer, VideoAnswer)
        assert answer.video
        assert (answer.id, answer.status, answer.video.url) == (
            body["id"],
            "completed",
            f"{URL}&{key}",
        )
        assert answer.as_received()["id"] == body["id"]
        assert answer.charged_usd(receipt) == 0.06
    assert receipt.inference_id == f"inf-{key}"
    provider.replies = [reply({"data": [{"b64_json": f"{key}AAAA", "url": key}]})]
    pictures, _ = client.generate_images({}, "run-1")
    assert isinstance(pictures, ImageAnswer)
    assert pictures.data[0].as_received() == {"b64_json": f"{key}AAAA", "url": key}


def test_an_echo_is_neither_kept_nor_told(provider: ScriptedProvider, tmp_path: Path) -> None:
    said = f"Declined for Bearer {KEY}; it was {KEY}."
    provider.replies = [
        reply(
            {
                "id": "g-1",
                "status": "error",
                "error": {"name": KEY, "message": said, "more": [said]},
                "request": {"headers": {"Authorization": f"Bearer {KEY}", KEY: 1}},
            }
        )
    ]
    clock, store = Clock(), run_store(tmp_path)
    run = sample_run("a", status=Status.GENERATING, generation_id="g-1", submitted_at=clock.now)
    failed = step_runner(provider, store, tmp_path, clock).advance(run)
    store.close()
    assert failed.status is Status.FAILED
    assert "Declined for Bearer …; it was …." in failed.error
    assert KEY not in json.dumps(failed.response)
    assert KEY not in str(failed)


@pytest.mark.parametrize(
    ("key", "text", "shown"),
    [
        ("k", "Bearer k is not welcome: k.", "Bearer … is not welcome: …."),
        ("k", "make a kayak, task-k", "make a kayak, task-k"),
        ("test", '{"key":"test"} of the latest test', '{"key":"…"} of the latest …'),
        ("sk-long-key", "xsk-long-keyx", "x…x"),
        ("a.c(+", "abc a.c(+", "abc …"),
        ("", "nothing", "nothing"),
    ],
)
def test_a_short_key_is_taken_out_where_it_stands_alone_and_a_long_one_everywhere(
    key: str, text: str, shown: str
) -> None:
    assert Redaction(key).text(text) == shown


def test_a_key_that_is_no_secret_is_left_where_it_stands(provider: ScriptedProvider) -> None:
    provider.replies = [reply({"message": "The sandbox declines."}, 400)]
    client = ProviderClient(HttpClient(provider.url, "sandbox", is_key_secret=False))
    with pytest.raises(BadRequest, match=r"The sandbox declines\."):
        client.balance_usd()
