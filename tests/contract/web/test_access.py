"""Health, headers, compression, the login, and where the key must never appear."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file

from components.commands.serving import open_listener
from components.sandbox import Sandbox
from tests.apps.playgrounds import KEY, SAMPLES, Playground, finished, serving

LOGIN = ("ada", "love:lace")


@pytest.fixture(scope="module")
def locked(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground that asks who you are."""
    pairs = f"bob:secret,{LOGIN[0]}:{LOGIN[1]}"
    folder = tmp_path_factory.mktemp("locked")
    with serving(folder, sandbox, PLAYGROUND_AUTH=pairs) as running:
        yield running


def test_health_is_answered(playground: Playground) -> None:
    answer = httpx.get(f"{playground.url}/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_a_connection_sends_what_it_has_at_once() -> None:
    with (
        open_listener("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    "path",
    ["/", "/healthz", "/config", "/gradio_api/info", "/theme.css", "/media/none", "/nowhere"],
)
def test_every_answer_has_the_security_headers(path: str, playground: Playground) -> None:
    headers = httpx.get(playground.url + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "object-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/forms/image_o1/runs", "/uploads", "/kit", "/gradio_api/upload"])
def test_another_sites_page_may_change_nothing(path: str, playground: Playground) -> None:
    foreign = httpx.post(playground.url + path, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.text) == (
        403,
        "Only the playground's own page may do this.",
    )
    own = httpx.post(playground.url + path, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code != 403


@pytest.mark.parametrize(
    "body", [{}, {"values": 5}, {"values": {"prompt": 7, "image_urls": 5}}, {"values": {"x": [[]]}}]
)
@pytest.mark.parametrize("what", ["validate", "runs"])
def test_a_form_of_another_shape_gets_a_sentence(
    what: str, body: object, playground: Playground
) -> None:
    answer = httpx.post(f"{playground.url}/forms/image_o1/{what}", json=body)
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert all(answer.json()["problems"].values())


def test_the_page_is_compressed(playground: Playground) -> None:
    answer = httpx.get(playground.url, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.num_bytes_downloaded < len(answer.content) / 4


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/config",
        "/theme.css",
        "/gradio_api/info",
        "/gradio_api/heartbeat/1",
        "/gradio_api/app_id",
        "/gradio_api/startup-events",
        "/media/none",
        "/healthz/",
        "/nowhere",
    ],
)
def test_a_stranger_is_turned_away_everywhere(path: str, locked: Playground) -> None:
    answer = httpx.get(locked.url + path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "authorization",
    ["Basic", "Basic %%%", "Basic YWRh", "Basic YWRhOg==", "Bearer YWRhOmxvdmU6bGFjZQ==", "é"],
)
def test_a_wrong_login_is_turned_away(authorization: str, locked: Playground) -> None:
    headers = {b"Authorization": authorization.encode()}
    assert httpx.get(locked.url, headers=headers).status_code == 401
    assert httpx.post(f"{locked.url}/gradio_api/upload", headers=headers).status_code == 401


def test_health_needs_no_login(locked: Playground) -> None:
    assert httpx.get(f"{locked.url}/healthz").text == "ok"


def test_the_right_login_opens_the_page_and_the_api(locked: Playground) -> None:
    assert httpx.get(locked.url, auth=LOGIN).status_code == 200
    header = httpx.BasicAuth(*LOGIN)._auth_header
    client = Client(locked.url, headers={"Authorization": header}, verbose=False)
    accepted = client.predict(
        prompt="Behind a login",
        image_urls=[handle_file(SAMPLES / "place.jpg")],
        api_name="/image_o1",
    )
    run = finished(client, accepted)
    client.close()
    assert run["status"] == "done"
    file = locked.url + run["outputs"][0]["url"]
    assert httpx.get(file).status_code == 401
    assert httpx.get(file, auth=LOGIN).status_code == 200


def test_the_key_appears_nowhere(
    sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(tmp_path, sandbox) as playground:
        client = Client(playground.url, verbose=False)
        picture = handle_file(SAMPLES / "place.jpg")
        sent = client.predict(prompt="A key", image_urls=[picture], api_name="/image_o1")
        done = finished(client, sent)
        listed = client.predict(api_name="/runs")
        client.close()
        paths = ("/", "/config", "/gradio_api/info", "/nowhere")
        answers = [httpx.get(playground.url + path).text for path in paths]
    assert KEY not in str([done, listed, *answers])
    assert KEY not in caplog.text
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name.endswith(".sqlite3") for path in files)
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
