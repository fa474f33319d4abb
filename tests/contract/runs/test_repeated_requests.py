"""Asking twice, at once or later, over HTTP and the API: one answer, one run, one payment."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from components.catalog.models.image_to_video import ImageToVideo
from components.sandbox import Sandbox
from tests.apps.playgrounds import SAMPLES, Playground, finished, posts, serving
from tests.samples.media_files import drawing

LOGINS = ("ann:a-long-password", "ben:b-long-password")
PICTURE = "https://pictures.invalid/a.png"
REFUSED = "This id or key was used before, for another request. Nothing was sent or charged now."
BAD_KEY = "An idempotency key has 1 to 255 printable characters. Nothing was sent or charged."


@pytest.fixture(scope="module")
def waiting(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a playground that sends next to nothing: what is asked of it waits."""
    folder = tmp_path_factory.mktemp("waiting")
    with (
        serving(folder, sandbox, PLAYGROUND_MAX_SUBMISSIONS_PER_MINUTE="1") as running,
        httpx.Client(base_url=running.url, timeout=60) as client,
    ):
        yield client


def at_once(ask: Callable[[], httpx.Response], times: int) -> list[httpx.Response]:
    together = threading.Barrier(times)

    def begin() -> httpx.Response:
        together.wait()
        return ask()

    with ThreadPoolExecutor(times) as pool:
        return [it.result() for it in [pool.submit(begin) for _ in range(times)]]


def runs_in(html: str) -> list[str]:
    return re.findall(r'data-run="([^"]+)"', html)


def kept(client: httpx.Client, prompt: str) -> list[str]:
    return list(dict.fromkeys(runs_in(client.get("/history", params={"text": prompt}).text)))


def form(prompt: str) -> dict[str, Any]:
    return {"values": {"prompt": prompt, "image_urls": [PICTURE]}}


def test_a_plan_posted_twice_at_once_is_one_plan_every_time(waiting: httpx.Client) -> None:
    for attempt in range(20):
        plan_id = str(uuid4())
        body = {"filled": form(f"Plan {attempt:02} of {{one|two|three}}"), "plan_id": plan_id}
        answers = at_once(lambda body=body: waiting.post("/forms/image_o1/plan/runs", json=body), 2)  # type: ignore[misc]
        assert [it.status_code for it in answers] == [200, 200]
        first, second = (re.findall(r'data-open="([^"]+)"', it.text) for it in answers)
        assert len(first) == 3
        assert first == second
        assert len(kept(waiting, f"Plan {attempt:02} of")) == 3


def test_a_run_id_posted_ten_times_at_once_is_ten_times_one_answer(waiting: httpx.Client) -> None:
    body = {**form("Ten clicks"), "run_id": str(uuid4())}
    answers = at_once(lambda: waiting.post("/forms/image_o1/runs", json=body), 10)
    assert [it.status_code for it in answers] == [200] * 10
    assert {runs_in(it.text)[0] for it in answers} == {body["run_id"]}
    assert kept(waiting, "Ten clicks") == [body["run_id"]]


def test_a_generation_fetched_ten_times_at_once_is_one_run(waiting: httpx.Client) -> None:
    body = {"generation_id": f"{uuid4()}:{ImageToVideo.model_id}"}
    answers = at_once(lambda: waiting.post("/history/fetch", json=body), 10)
    assert len({it.json()["id"] for it in answers}) == 1


def test_an_id_for_something_else_is_a_conflict_in_one_sentence(waiting: httpx.Client) -> None:
    run_id = str(uuid4())
    waiting.post("/forms/image_o1/runs", json={**form("The first wish"), "run_id": run_id})
    for path, values in (
        ("image_o1", form("Another wish")),
        ("image_to_video", {"values": {"prompt": "The first wish", "image_url": PICTURE}}),
    ):
        answer = waiting.post(f"/forms/{path}/runs", json={**values, "run_id": run_id})
        assert answer.status_code == 409
        assert answer.json()["problems"][""].startswith(REFUSED)


def test_an_id_of_a_deleted_run_is_a_conflict_in_one_sentence(waiting: httpx.Client) -> None:
    body = {**form("To be deleted"), "run_id": str(uuid4())}
    waiting.post("/forms/image_o1/runs", json=body)
    cancelled = waiting.post(f"/runs/{body['run_id']}/cancel", json={}).text
    deleted = waiting.post("/history/delete", json={"ids": [body["run_id"]]}).json()
    assert deleted["said"] == "1 run deleted.", cancelled
    answers = at_once(lambda: waiting.post("/forms/image_o1/runs", json=body), 3)
    assert [it.status_code for it in answers] == [409] * 3
    assert (
        answers[0]
        .json()["problems"][""]
        .startswith("This was made already, and deleted since. Nothing was sent or charged now.")
    )
    assert kept(waiting, "To be deleted") == []


def test_a_key_is_one_run_for_a_client_by_name_and_by_position(
    client: Client, playground: Playground
) -> None:
    asked = {"prompt": "Keyed", "image_url": handle_file(SAMPLES / "place.jpg")}
    first = client.predict(**asked, idempotency_key="key-1", api_name="/image_to_video")
    run = finished(client, first)
    assert run["status"] == "done"
    again = client.predict(**asked, idempotency_key="key-1", api_name="/image_to_video")
    assert again == run
    by_place = [*asked.values(), None, 5, "auto", "key-1"]
    assert client.predict(*by_place, api_name="/image_to_video")["id"] == run["id"]
    assert len([it for it in posts(playground.sandbox) if it["prompt"] == "Keyed"]) == 1
    other = client.predict(**asked, idempotency_key="key-2", api_name="/image_to_video")
    assert other["id"] != run["id"]


def test_a_file_that_has_to_be_repaired_is_the_same_request_under_its_key(
    client: Client, tmp_path: Path
) -> None:
    picture = tmp_path / "small.bmp"
    drawing(200, 240).save(picture)
    asked = {"prompt": "Repaired", "image_urls": [handle_file(picture)], "num_images": 1}
    runs = [
        client.predict(**asked, idempotency_key="repaired", api_name="/image_o1") for _ in range(2)
    ]
    assert runs[0]["id"] == runs[1]["id"]


def test_a_key_with_another_request_is_refused_in_one_sentence(client: Client) -> None:
    asked = {"image_urls": [PICTURE], "idempotency_key": "taken", "api_name": "/image_o1"}
    client.predict(prompt="The first", **asked)
    with pytest.raises(AppError) as caught:
        client.predict(prompt="The second", **asked)
    assert str(caught.value).startswith(REFUSED)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "a\x7f", 7])
def test_what_is_no_key_is_refused_in_one_sentence(client: Client, key: Any) -> None:
    asked = {"prompt": "No key", "image_urls": [PICTURE], "api_name": "/image_o1"}
    with pytest.raises(AppError) as caught:
        client.predict(**asked, idempotency_key=key)
    assert str(caught.value) == BAD_KEY


def called(url: str, body: dict[str, Any], **how: Any) -> tuple[str, Any]:
    """Call an endpoint as curl would: by name, and then the event's stream."""
    base = f"{url}/gradio_api/call/v2/image_o1"
    event = httpx.post(base, json=body, **how).json()["event_id"]
    said = httpx.get(f"{base}/{event}", auth=how.get("auth"), timeout=30).text
    lines = dict(it.split(": ", 1) for it in said.strip().splitlines())
    return lines["event"], json.loads(lines["data"])


def test_a_key_in_the_header_is_one_run_over_plain_http(playground: Playground) -> None:
    body = {"prompt": "By header", "image_urls": [PICTURE]}
    key = {"Idempotency-Key": "header-1"}
    (_, (first,)), (_, (again,)) = (called(playground.url, body, headers=key) for _ in range(2))
    assert first["id"] == again["id"]
    _, (by_name,) = called(playground.url, {**body, "idempotency_key": "header-1"})
    assert by_name["id"] == first["id"]
    _, (without,) = called(playground.url, body)
    assert without["id"] != first["id"]
    event, said = called(playground.url, {**body, "prompt": "Other"}, headers=key)
    assert event == "error"
    assert REFUSED in json.dumps(said)


def test_users_have_keys_of_their_own(sandbox: Sandbox, tmp_path: Path) -> None:
    body = {"prompt": "Whose", "image_urls": [PICTURE], "idempotency_key": "mine"}
    with serving(tmp_path, sandbox, PLAYGROUND_AUTH=",".join(LOGINS)) as running:
        ids = [
            called(running.url, body, auth=tuple(login.split(":")))[1][0]["id"]
            for login in (*LOGINS, LOGINS[0])
        ]
    assert ids[0] == ids[2] != ids[1]


def test_two_addresses_are_two_references_however_alike(waiting: httpx.Client) -> None:
    def look(*names: str, **known: Any) -> dict[str, Any]:
        pictures = [f"https://pictures.invalid/{name}.png" for name in names]
        values = {"prompt": "@Image1 beside @Image2", "image_urls": pictures}
        answer = waiting.post("/forms/image_o1/validate", json={"values": values, **known})
        looked: dict[str, Any] = answer.json()
        return looked

    before = look("a", "b")
    assert look("b", "a", numbered=before["numbered"])["prompt"] == "@Image2 beside @Image1"
