"""Which POST may have been accepted: the one whose last byte was handed over, and no other."""

import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
import trustme

from components.errors import (
    AnswerLost,
    BadKey,
    BadRequest,
    NotAccepted,
    NotSendable,
    ProviderError,
    Unreachable,
)
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient, Timeouts
from components.provider.http.json_body import Attachment
from tests.servers.provider_server import KEY, html, problem, reply, scripted_provider
from tests.servers.stubborn_receiver import (
    ACCEPTED,
    Behaviour,
    answer,
    head_of,
    read_on,
    reset,
    stubborn_receiver,
)

ROOT = Path(__file__).resolve().parents[3]
CLIP_BYTES = 12_000_000
"""More than the kernel holds between a sender and a receiver that does not read."""
PAUSE_S = 0.6
CONNECT_S = 0.2
ASK = """
import sys
from components.errors import PlaygroundError
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
client = ProviderClient(HttpClient(sys.argv[1], sys.argv[2]))
for ask in (lambda: client.submit_video({"prompt": "x"}, "run-1"), client.balance_usd):
    try:
        print(ask())
    except PlaygroundError as error:
        print(type(error).__name__, error)
"""


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    file = tmp_path / "clip.mp4"
    file.write_bytes(bytes(CLIP_BYTES))
    return file


def submit(port: int, clip: Path | None = None, stall_s: float = 30.0) -> str:
    """Send a video request over plain HTTP, with a clip in it where there is one."""
    http = HttpClient(
        f"http://127.0.0.1:{port}", KEY, connect_timeout_s=CONNECT_S, stall_timeout_s=stall_s
    )
    payload = {"prompt": "x", "video_url": Attachment(clip, "video/mp4") if clip else "u"}
    client = ProviderClient(http, Timeouts(submit_s=5))
    return client.submit_video(payload, "run-1")[0].id


def failure(call: Callable[[], object]) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call()
    return caught.value


def asked(url: str, key: str = KEY, **environment: str) -> list[str]:
    """What a POST and a GET come to in a process with this environment."""
    result = subprocess.run(
        [sys.executable, "-c", ASK, url, key],
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    return result.stdout.splitlines()


def test_a_receiver_may_pause_longer_than_a_connection_may_take(clip: Path) -> None:
    def pauses(connection: socket.socket) -> None:
        length, begun = head_of(connection)
        threading.Event().wait(PAUSE_S)
        read_on(connection, length - len(begun))
        answer(connection, "200 OK", ACCEPTED)

    with stubborn_receiver(pauses) as port:
        assert submit(port, clip) == "g-1"


def test_a_receiver_that_stands_still_has_not_accepted(clip: Path) -> None:
    over = threading.Event()

    def stands_still(connection: socket.socket) -> None:
        head_of(connection)
        over.wait()

    with stubborn_receiver(stands_still) as port:
        error = failure(lambda: submit(port, clip, stall_s=0.3))
        over.set()
    assert type(error) is Unreachable
    assert f"127.0.0.1:{port} broke or stood still while sending." in str(error)
    assert "Nothing was charged. It is tried again by itself." in str(error)


@pytest.mark.parametrize("read_bytes", [0, 100_000, 8_000_000])
def test_a_reset_before_the_last_byte_is_no_lost_answer(clip: Path, read_bytes: int) -> None:
    def resets(connection: socket.socket) -> None:
        head_of(connection)
        read_on(connection, read_bytes)
        reset(connection)

    with stubborn_receiver(resets) as port:
        error = failure(lambda: submit(port, clip))
    assert type(error) is Unreachable


@pytest.mark.parametrize("with_clip", [False, True])
def test_a_reset_after_the_last_byte_is_a_lost_answer(clip: Path, with_clip: bool) -> None:
    def resets(connection: socket.socket) -> None:
        length, begun = head_of(connection)
        read_on(connection, length - len(begun))
        reset(connection)

    with stubborn_receiver(resets) as port:
        error = failure(lambda: submit(port, clip if with_clip else None))
    assert type(error) is AnswerLost


def then_reset(connection: socket.socket) -> None:
    # What was sent arrives before the reset does.
    threading.Event().wait(0.1)
    reset(connection)


def then_stand_still(connection: socket.socket) -> None:
    del connection
    threading.Event().wait(2.0)


@pytest.mark.parametrize("afterwards", [then_reset, then_stand_still])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("401 Unauthorized", BadKey),
        ("413 Payload Too Large", BadRequest),
        ("502 Bad Gateway", Unreachable),
    ],
)
def test_an_answer_that_came_before_the_body_was_read_is_taken_for_what_it_is(
    clip: Path, status: str, kind: type[ProviderError], afterwards: Behaviour
) -> None:
    def answers_early(connection: socket.socket) -> None:
        head_of(connection)
        answer(connection, status, b'{"message": "No."}')
        afterwards(connection)

    with stubborn_receiver(answers_early) as port:
        error = failure(lambda: submit(port, clip, stall_s=0.3))
    assert type(error) is kind
    assert "Nothing was charged." in str(error)


@pytest.mark.parametrize(
    ("status", "kind"), [(200, AnswerLost), (400, BadRequest), (500, AnswerLost)]
)
def test_of_an_answer_that_breaks_off_status_and_headers_count(
    status: int, kind: type[ProviderError]
) -> None:
    with scripted_provider() as provider:
        provider.replies = [reply({"id": "g-1"}, status, announced_bytes=500, x_inference_id="g-1")]
        client = ProviderClient(HttpClient(provider.url, KEY))
        error = failure(lambda: client.submit_video({}, "run-1"))
    assert type(error) is kind
    assert (error.facts.status_code, error.facts.inference_id) == (status, "g-1")


@pytest.mark.parametrize(
    ("base_url", "key", "said"),
    [
        ("http://127.0.0.1:99999", KEY, "AIML_API_BASE"),
        ("http://[::1", KEY, "AIML_API_BASE"),
        (f"http://{'a' * 70}.example", KEY, "AIML_API_BASE"),
        ("ftp://127.0.0.1", KEY, "AIML_API_BASE"),
        ("http://127.0.0.1:9", "“sk-typographic-quotes”", "AIML_API_KEY"),
        ("http://127.0.0.1:9", "sk-two\nlines", "AIML_API_KEY"),
    ],
)
def test_a_key_or_an_address_that_never_works_says_so(base_url: str, key: str, said: str) -> None:
    client = ProviderClient(HttpClient(base_url, key))
    for ask in (lambda: client.submit_video({}, "run-1"), client.balance_usd):
        error = failure(ask)
        assert type(error) is NotSendable
        assert said in str(error)
        assert "Nothing was sent or charged." in str(error)
        assert "tried again by itself" not in str(error)
        assert key not in str(error)


def test_a_file_that_is_gone_or_has_changed_is_not_sent(clip: Path) -> None:
    def cuts_the_file(connection: socket.socket) -> None:
        length, begun = head_of(connection)
        os.truncate(clip, 1000)
        read_on(connection, length - len(begun))
        answer(connection, "200 OK", ACCEPTED)

    with stubborn_receiver(cuts_the_file) as port:
        changed = failure(lambda: submit(port, clip))
        clip.unlink()
        gone = failure(lambda: submit(port, clip))
    assert type(changed) is type(gone) is NotSendable
    assert "clip.mp4 of this request cannot be read (it changed while it was sent)." in str(changed)
    assert "cannot be read (No such file or directory)." in str(gone)


def test_a_server_without_tls_fails_before_anything_is_sent() -> None:
    with scripted_provider() as provider:
        provider.replies = [reply({"id": "g-1", "status": "queued"})]
        client = ProviderClient(HttpClient(provider.url.replace("http", "https"), KEY))
        for ask in (lambda: client.submit_video({}, "run-1"), client.balance_usd):
            error = failure(ask)
            assert type(error) is Unreachable
            assert "No secure connection to 127.0.0.1:" in str(error)
    assert provider.received == []


def test_a_proxy_that_refuses_passed_nothing_on() -> None:
    def refuses(connection: socket.socket) -> None:
        head_of(connection)
        answer(connection, "407 Proxy Authentication Required", b"")

    with stubborn_receiver(refuses) as port:
        said = asked("https://provider.invalid", HTTPS_PROXY=f"http://127.0.0.1:{port}")
    sentence = (
        "Unreachable The proxy does not connect to provider.invalid "
        "(407 Proxy Authentication Required). Nothing was charged. "
        "Check HTTPS_PROXY. It is tried again by itself."
    )
    assert said == [sentence, sentence]


def test_what_the_environment_breaks_for_good_is_said_and_not_tried_again(tmp_path: Path) -> None:
    rubbish = tmp_path / "ca.pem"
    rubbish.write_text("no certificate")
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        url = f"https://0.0.0.0:{listener.getsockname()[1]}"
        cases = [
            ({"REQUESTS_CA_BUNDLE": str(tmp_path / "nothing")}, "REQUESTS_CA_BUNDLE"),
            ({"REQUESTS_CA_BUNDLE": str(rubbish)}, "REQUESTS_CA_BUNDLE"),
            ({"HTTPS_PROXY": "http://user:hidden@127.0.0.1:99999"}, "HTTPS_PROXY"),
        ]
        if find_spec("socks") is None:
            cases.append(({"ALL_PROXY": "socks5://127.0.0.1:9"}, "pip install PySocks"))
        for environment, named in cases:
            said = asked(url, **environment)
            assert len(said) == 2
            for line in said:
                assert line.startswith("NotSendable ")
                assert named in line
                assert "Nothing was sent or charged." in line
                assert "hidden" not in line


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_over_tls_the_same_holds(authority: trustme.CA, clip: Path, tmp_path: Path) -> None:
    def resets_clips_and_takes_the_rest(connection: socket.socket) -> None:
        length, begun = head_of(connection)
        if length > CLIP_BYTES:
            read_on(connection, 100_000)
            reset(connection)
        else:
            read_on(connection, length - len(begun))
            body = ACCEPTED if length else b'{"current_balance": 4.5}'
            answer(connection, "200 OK", body)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("0.0.0.0").configure_cert(context)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    code = ASK.replace(
        '{"prompt": "x"}', '{"clip": Attachment(Path(sys.argv[3]), "video/mp4")}'
    ).replace("import sys", "import sys\nfrom pathlib import Path", 1)
    code = "from components.provider.http.json_body import Attachment\n" + code
    with stubborn_receiver(resets_clips_and_takes_the_rest, context) as port:
        url = f"https://0.0.0.0:{port}"
        trusted = asked(url, REQUESTS_CA_BUNDLE=str(bundle))
        untrusted = asked(url)
        cut = subprocess.run(
            [sys.executable, "-c", code, url, KEY, str(clip)],
            env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "REQUESTS_CA_BUNDLE": str(bundle)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert "id='g-1'" in trusted[0]
    assert trusted[1] == "4.5"
    for line in untrusted:
        assert line.startswith("Unreachable The certificate of 0.0.0.0:")
        assert "REQUESTS_CA_BUNDLE" in line
    assert cut.stdout.startswith("Unreachable "), cut.stderr
    assert "stood still while sending." in cut.stdout


@pytest.mark.parametrize("status", [200, 401, 403, 404, 413])
def test_a_web_page_instead_of_an_answer_is_told_as_such(status: int) -> None:
    with scripted_provider() as provider:
        provider.replies = [html(status)]
        client = ProviderClient(HttpClient(provider.url, KEY))
        looked = failure(lambda: client.video_status("g-1"))
        sent = failure(lambda: client.submit_video({}, "run-1"))
    for error in (looked, sent):
        assert (
            f"Something other than the provider's API answered with a web page ({status}): "
            "a gateway, or a wrong AIML_API_BASE."
        ) in str(error)
    assert isinstance(looked, NotAccepted)
    assert type(sent) is (AnswerLost if status == 200 else BadRequest)
    assert ("too long" in str(sent)) is (status == 413)


def test_a_pause_asked_for_by_a_web_page_is_one() -> None:
    with scripted_provider() as provider:
        provider.replies = [html(429), problem(429)]
        client = ProviderClient(HttpClient(provider.url, KEY))
        for _ in range(2):
            assert "asks for a pause (429)" in str(failure(client.balance_usd))
