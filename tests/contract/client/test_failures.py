"""Every way a call fails ends in the right error, and no POST leaves twice."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from components.errors import (
    AnswerLost,
    BadKey,
    BadRequest,
    NoCredit,
    NotTheProvider,
    Overloaded,
    ProviderError,
    RateLimited,
    Unreachable,
    Unreadable,
)
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient, Timeouts
from tests.servers.provider_server import (
    KEY,
    Reply,
    ScriptedProvider,
    dripping,
    html,
    late,
    problem,
    reply,
    reset,
    scripted_provider,
)

ROOT = Path(__file__).resolve().parents[3]
ACCEPTED = {"id": "g-1", "status": "queued"}
HURRIED = Timeouts(read_s=0.3, submit_s=0.3, images_s=0.3)
WAIT_S = 20.0
DAY_S = 86_400
Call = Callable[[ProviderClient], object]
POSTS: dict[str, Call] = {
    "pictures": lambda client: client.generate_images({"prompt": "x"}, "run-1"),
    "video": lambda client: client.submit_video({"prompt": "x"}, "run-1"),
}
GETS: dict[str, Call] = {
    "status": lambda client: client.video_status("g-1"),
    "balance": lambda client: client.balance_usd(),
    "prices": lambda client: client.prices(["a"]),
    "durations": lambda client: client.durations(["a"]),
}
REFUSALS = [
    (400, BadRequest),
    (401, BadKey),
    (402, NoCredit),
    (403, NoCredit),
    (404, BadRequest),
    (409, BadRequest),
    (413, BadRequest),
    (418, BadRequest),
    (422, BadRequest),
    (429, RateLimited),
]
LOST: dict[str, Reply] = {
    "reset": reset,
    "cut body": reply(ACCEPTED, announced_bytes=500),
    "HTML 200": html(200),
    "empty 200": reply(raw=b""),
    "JSON of another shape": reply({"hello": "world"}),
    "JSON that is no object": reply([1, 2]),
    "an id without a status": reply({"id": "x"}),
    "408": problem(408),
    "500": problem(500, "Internal server error"),
    "502 HTML": html(502),
    "503 HTML": html(503),
    "503 with an inference": problem(503, x_inference_id="inf-1"),
    "504": problem(504, "Generation timeout"),
}
ANSWERED = [
    LOST[name]
    for name in ("HTML 200", "empty 200", "JSON of another shape", "JSON that is no object")
]
TOO_SLOW: dict[str, Reply] = {
    "read timeout": late(0.6, reply(ACCEPTED)),
    "body in drops": dripping(0.1, 30, ACCEPTED),
}


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        yield running


@pytest.fixture
def client(provider: ScriptedProvider) -> ProviderClient:
    return ProviderClient(HttpClient(provider.url, KEY))


def failure(call: Call, client: ProviderClient) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call(client)
    return caught.value


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
@pytest.mark.parametrize("call", [POSTS["video"], GETS["balance"]], ids=["POST", "GET"])
def test_a_refusal_carries_the_providers_words_and_ids(
    provider: ScriptedProvider,
    client: ProviderClient,
    call: Call,
    status: int,
    kind: type[ProviderError],
) -> None:
    said = "Body validation error: Expected 5, received 7"
    provider.replies = [problem(status, said, x_inference_id="inf-1")]
    error = failure(call, client)
    assert type(error) is kind
    facts = error.facts
    assert (facts.detail, facts.request_id, facts.status_code) == (said, "req-1", status)
    assert facts.inference_id == "inf-1"
    if kind in (BadRequest, NoCredit):
        assert said in str(error)
    assert "Nothing was charged." in str(error)
    assert len(provider.received) == 1


@pytest.mark.parametrize("call", POSTS.values(), ids=POSTS)
@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
def test_a_post_without_a_usable_answer_is_lost_and_sent_exactly_once(
    provider: ScriptedProvider, client: ProviderClient, call: Call, answer: Reply
) -> None:
    provider.replies = [answer]
    error = failure(call, client)
    assert type(error) is AnswerLost
    assert "It may have been accepted." in str(error)
    assert provider.post_count == 1


@pytest.mark.parametrize("call", [*POSTS.values(), *GETS.values()], ids=[*POSTS, *GETS])
@pytest.mark.parametrize("answer", TOO_SLOW.values(), ids=TOO_SLOW)
def test_an_answer_that_is_too_slow_is_no_answer(
    provider: ScriptedProvider, call: Call, answer: Reply
) -> None:
    provider.replies = [answer]
    error = failure(call, ProviderClient(HttpClient(provider.url, KEY), HURRIED))
    assert type(error) is (AnswerLost if call in POSTS.values() else Unreachable)
    deadline = time.monotonic() + WAIT_S
    while not provider.received and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(provider.received) == 1


@pytest.mark.parametrize("call", GETS.values(), ids=GETS)
@pytest.mark.parametrize(
    "answer",
    [item for name, item in LOST.items() if name != "an id without a status"],
    ids=[name for name in LOST if name != "an id without a status"],
)
def test_a_get_without_a_usable_answer_is_never_a_lost_one(
    provider: ScriptedProvider, client: ProviderClient, call: Call, answer: Reply
) -> None:
    provider.replies = [answer]
    error = failure(call, client)
    is_answered = answer in ANSWERED
    assert type(error) in ((Unreadable, NotTheProvider) if is_answered else (Unreachable,))
    assert is_answered or "could not be read" not in str(error)


@pytest.mark.parametrize("call", POSTS.values(), ids=POSTS)
def test_the_providers_own_503_was_not_accepted(
    provider: ScriptedProvider, client: ProviderClient, call: Call
) -> None:
    provider.replies = [problem(503, "Service unavailable", Retry_After="9")]
    error = failure(call, client)
    assert type(error) is Overloaded
    assert error.facts.retry_after_s == 9
    assert provider.post_count == 1


@pytest.mark.parametrize("body", [{"hello": "world"}, None], ids=["of another shape", "500"])
def test_an_inference_named_on_a_lost_answer_is_kept(
    provider: ScriptedProvider, client: ProviderClient, body: object
) -> None:
    provider.replies = [reply(body, 200 if body else 500, x_inference_id="inf-7")]
    error = failure(POSTS["video"], client)
    assert type(error) is AnswerLost
    assert error.facts.inference_id == "inf-7"


@pytest.mark.parametrize("call", [*POSTS.values(), *GETS.values()], ids=[*POSTS, *GETS])
def test_a_refused_connection_was_never_made(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = ProviderClient(HttpClient(f"http://127.0.0.1:{port}", KEY))
    error = failure(call, client)
    assert type(error) is Unreachable
    assert "Nothing was charged." in str(error)


def test_a_name_that_does_not_exist_was_never_reached() -> None:
    client = ProviderClient(HttpClient("http://nowhere.invalid", KEY))
    assert type(failure(POSTS["video"], client)) is Unreachable


@pytest.mark.parametrize("call", [POSTS["video"], GETS["status"]], ids=["POST", "GET"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    provider: ScriptedProvider, client: ProviderClient, call: Call, status: int
) -> None:
    provider.replies = [reply(raw=b"", status=status, Location=f"{provider.url}/elsewhere")]
    error = failure(call, client)
    assert type(error) is BadRequest
    assert "AIML_API_BASE" in str(error)
    assert len(provider.received) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
@pytest.mark.parametrize("call", [POSTS["video"], GETS["status"]], ids=["POST", "GET"])
def test_an_echoed_key_is_never_repeated(
    provider: ScriptedProvider, client: ProviderClient, call: Call, status: int
) -> None:
    provider.replies = [problem(status, f"Bearer {KEY} is not welcome; {KEY}" + "x" * 2000)]
    error = failure(call, client)
    assert KEY not in f"{error} {error.facts}"
    assert "Bearer … is not welcome; …" in error.facts.detail
    assert len(error.facts.detail) <= 600


@pytest.mark.parametrize(
    ("header", "least_s", "most_s"),
    [
        ("7", 7, 7),
        ("0", 0, 0),
        ("-5", 0, 0),
        ("1.5", 1.5, 1.5),
        # Far enough away that it does not matter when the test is run after it was collected.
        (format_datetime(datetime.now(UTC) + timedelta(days=9), usegmt=True), 8 * DAY_S, 9 * DAY_S),
        (
            format_datetime(datetime.now(UTC).replace(tzinfo=None) + timedelta(days=9)),
            8 * DAY_S,
            9 * DAY_S,
        ),
        ("Wed, 19 Aug 2015 12:00:00 GMT", 0, 0),
    ],
    ids=["whole", "none", "past", "part", "date", "date without zone", "past date"],
)
def test_the_asked_pause_is_read_as_a_number_or_a_date(
    provider: ScriptedProvider, client: ProviderClient, header: str, least_s: float, most_s: float
) -> None:
    provider.replies = [problem(429, Retry_After=header)]
    pause_s = failure(POSTS["video"], client).facts.retry_after_s
    assert pause_s is not None
    assert least_s <= pause_s <= most_s


@pytest.mark.parametrize("header", ["soon", "Mon, 99 Foo 2026", ""])
def test_a_pause_that_cannot_be_read_is_none(
    provider: ScriptedProvider, client: ProviderClient, header: str
) -> None:
    provider.replies = [problem(429, Retry_After=header)]
    assert failure(POSTS["video"], client).facts.retry_after_s is None


def test_a_dead_proxy_passed_nothing_on() -> None:
    code = (
        "from components.errors import Unreachable\n"
        "from components.provider.http.http_client import HttpClient\n"
        "try:\n"
        "    HttpClient('http://provider.invalid', 'k').post(\n"
        "        '/x', {}, client_request_id='a', read_timeout_s=1)\n"
        "except Unreachable:\n"
        "    print('unreachable')\n"
    )
    proxy = "http://127.0.0.1:9"
    environment = {"PYTHONPATH": str(ROOT), "http_proxy": proxy, "PATH": os.defpath}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout == "unreachable\n"
