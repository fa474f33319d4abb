"""Each fault does on the wire what it says, and the database tells what really happened."""

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from components.sandbox import Fault, Sandbox
from components.sandbox.faults.fault import Call, Faults
from tests.servers.sandbox_requests import (
    FRAMES,
    IMAGE_O1,
    IMAGES,
    REFERENCE,
    VIDEOS,
    Caller,
    image_uri,
    small_sandbox,
)

PICTURE = {"prompt": "x", "image_urls": [image_uri()]}
VIDEO = {"prompt": "x"}


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with small_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Iterator[Sandbox]:
    yield server
    server.faults.clear()


@pytest.fixture
def caller(server: Sandbox) -> Iterator[Caller]:
    caller = Caller(server)
    with caller.http:
        yield caller


def log_count(caller: Caller) -> int:
    return int(caller.get("/v2/logs")["pagination"]["total"])


def test_a_reset_before_reading_accepts_nothing(sandbox: Sandbox, caller: Caller) -> None:
    before = log_count(caller)
    sandbox.faults.add(Fault("reset_before_read", method="POST"))
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        caller.post(REFERENCE, VIDEO)
    assert log_count(caller) == before


def test_a_reset_after_reading_has_accepted(sandbox: Sandbox, caller: Caller) -> None:
    balance = caller.get("/v2/billing")["current_balance"]
    sandbox.faults.add(Fault("reset_after_read", path=IMAGES))
    with pytest.raises(httpx.ReadError):
        caller.post(IMAGE_O1, PICTURE, **{"X-Client-Request-Id": "lost-1"})
    row = caller.get("/v2/logs")["data"][0]
    assert (row["client_request_id"], row["status"]) == ("lost-1", "succeeded")
    assert caller.get("/v2/billing")["current_balance"] == pytest.approx(
        balance - row["cost"]["usd"]
    )


def test_a_reset_is_a_tcp_reset(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("reset_before_read"))
    host, _, port = sandbox.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(b"GET /v2/billing HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            raw.recv(100)


def test_slow_headers_keep_the_caller_waiting(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(Fault("slow_headers", path="/v2/billing", delay_s=0.3))
    started = time.monotonic()
    with caller.http.stream("GET", "/v2/billing") as response:
        assert time.monotonic() - started >= 0.3
        assert response.status_code == 200


def test_a_slow_body_comes_in_pieces(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(Fault("slow_body", path="/v2/billing", delay_s=0.4))
    started = time.monotonic()
    with caller.http.stream("GET", "/v2/billing") as response:
        headers_after = time.monotonic() - started
        pieces = list(response.iter_raw())
    assert len(pieces) > 1
    assert headers_after < 0.35 <= time.monotonic() - started


def test_a_cut_body_ends_in_the_middle(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(Fault("cut_body", path="/v2/billing"))
    with pytest.raises(httpx.RemoteProtocolError):
        caller.http.get("/v2/billing")


@pytest.mark.parametrize("status_code", [400, 401, 402, 403, 404, 429, 500, 502, 503, 504])
def test_any_status_comes_before_acceptance(
    sandbox: Sandbox, caller: Caller, status_code: int
) -> None:
    before = log_count(caller)
    sandbox.faults.add(Fault("status", path=VIDEOS, status_code=status_code, retry_after="7"))
    response = caller.post(REFERENCE, VIDEO)
    assert (response.status_code, response.headers["retry-after"]) == (status_code, "7")
    assert response.json()["statusCode"] == status_code
    assert log_count(caller) == before
    assert caller.post(REFERENCE, VIDEO).status_code == 200


def test_a_status_after_acceptance_names_the_work(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(Fault("status", path=VIDEOS, status_code=504, carried_out=True))
    response = caller.post(REFERENCE, VIDEO)
    assert response.status_code == 504
    generation_id = response.headers["x-inference-id"]
    assert caller.get("/v2/logs")["data"][0]["inference_id"] == generation_id
    assert caller.finish(generation_id)["status"] == "completed"


def test_the_same_request_again_gives_the_same_file_under_a_name_of_its_own(
    caller: Caller,
) -> None:
    first, second = (caller.post(IMAGE_O1, PICTURE).json()["data"][0]["url"] for _ in range(2))
    assert first != second
    assert caller.http.get(first).content == caller.http.get(second).content


def test_a_gateway_answers_html(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(Fault("status", path=VIDEOS, status_code=502, html=True))
    response = caller.post(REFERENCE, VIDEO)
    assert response.status_code == 502
    assert response.headers["content-type"].startswith("text/html")
    assert "<html>" in response.text


def test_wrong_json_is_json_of_another_shape(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(Fault("wrong_json", path=VIDEOS))
    response = caller.post(REFERENCE, VIDEO)
    assert response.status_code == 200
    assert isinstance(response.json(), list)


def test_an_unknown_status_passes(sandbox: Sandbox, caller: Caller) -> None:
    generation_id = caller.post(REFERENCE, VIDEO).json()["id"]
    sandbox.faults.add(Fault("unknown_status"))
    assert caller.look(generation_id).json() == {"id": generation_id, "status": "dreaming"}
    assert caller.finish(generation_id)["status"] == "completed"


def test_a_stuck_generation_stays_until_the_fault_is_cleared(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.add(Fault("stuck", model=REFERENCE, times=None))
    generation_id = caller.post(REFERENCE, VIDEO).json()["id"]
    for _ in range(5):
        time.sleep(0.1)
        assert caller.look(generation_id).json()["status"] == "generating"
    sandbox.faults.clear()
    assert caller.finish(generation_id)["status"] == "completed"


@pytest.mark.parametrize("message", ["The prompt was declined.", None])
def test_a_failed_generation_costs_nothing(message: str | None) -> None:
    with small_sandbox(pace_s=60) as slow:
        other = Caller(slow)
        with other.http:
            slow.faults.add(Fault("error", message=message))
            generation_id = other.post(REFERENCE, VIDEO).json()["id"]
            report = other.finish(generation_id)
            assert report["status"] == "error"
            assert report.get("error", {}).get("message") == message
            assert other.get("/v2/billing")["current_balance"] == 50
            assert other.get("/v2/logs")["data"][0]["status"] == "failed"


@pytest.fixture(scope="module")
def file_url(server: Sandbox) -> str:
    caller = Caller(server)
    with caller.http:
        return str(caller.post(IMAGE_O1, PICTURE).json()["data"][0]["url"])


@pytest.mark.parametrize("status_code", [403, 404, 410])
def test_a_file_is_gone(sandbox: Sandbox, caller: Caller, file_url: str, status_code: int) -> None:
    sandbox.faults.add(Fault("file_missing", status_code=status_code))
    assert caller.http.get("/v2/billing").status_code == 200
    assert caller.http.get(file_url).status_code == status_code


def test_a_file_is_truncated_though_its_length_agrees(
    sandbox: Sandbox, caller: Caller, file_url: str
) -> None:
    whole = caller.http.get(file_url).content
    sandbox.faults.add(Fault("file_truncated"))
    part = caller.http.get(file_url).content
    assert whole.startswith(part)
    assert len(part) == len(whole) // 2


def test_a_file_is_a_page(sandbox: Sandbox, caller: Caller, file_url: str) -> None:
    sandbox.faults.add(Fault("file_wrong_type"))
    response = caller.http.get(file_url)
    assert response.headers["content-type"].startswith("text/html")


def test_a_file_is_empty(sandbox: Sandbox, caller: Caller, file_url: str) -> None:
    sandbox.faults.add(Fault("file_empty"))
    response = caller.http.get(file_url)
    assert (response.status_code, response.content) == (200, b"")


def test_a_server_that_is_down_refuses_and_comes_back_with_its_books() -> None:
    with small_sandbox() as server:
        caller = Caller(server)
        with caller.http:
            caller.post(IMAGE_O1, PICTURE)
            balance = caller.get("/v2/billing")
            with server.refusing(), pytest.raises(httpx.ConnectError):
                caller.http.get("/v2/billing")
            assert caller.get("/v2/billing") == balance


def test_a_fault_befalls_only_what_it_matches_and_as_often_as_it_says() -> None:
    faults = Faults(Fault("status", method="POST", path="/v2", model=FRAMES, times=2))
    for other in (
        Call("GET", "/v2/x", FRAMES),
        Call("POST", "/v1/x", FRAMES),
        Call("POST", "/v2/x", REFERENCE),
        Call("POST", "/v2/x"),
    ):
        assert faults.take(other, {"status"}) is None
    hit = Call("POST", "/v2/x", FRAMES)
    taken = [faults.take(hit, {"status"}) is not None for _ in range(3)]
    assert taken == [True, True, False]
