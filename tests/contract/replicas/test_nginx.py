"""Two replicas behind nginx with the lines of the docs: one dies, and nobody who asks notices."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from gradio_client import Client, handle_file
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from components.catalog.models.image_o1 import ImageO1
from components.interface.web.served.scripts import FIRST_MOMENTS, page_scripts
from components.sandbox import Sandbox
from tests.apps.playgrounds import SAMPLES, finished, listening
from tests.processes.replica_process import ReplicaProcess, replica_process
from tests.servers.nginx_server import nginx

pytestmark = pytest.mark.cluster
CALLS = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where nginx keeps what it needs."""
    made = tmp_path / "nginx"
    made.mkdir()
    return made


@pytest.fixture
def replicas(sandbox: Sandbox, tmp_path: Path) -> Iterator[list[ReplicaProcess]]:
    """The first has the engine."""
    data = tmp_path / "data"
    data.mkdir()
    with ExitStack() as stack:
        yield [
            stack.enter_context(replica_process(data, sandbox.url, has_engine=has_engine))
            for has_engine in (True, False)
        ]


def test_calls_and_the_page_go_on_when_a_replica_is_killed(
    replicas: list[ReplicaProcess], folder: Path
) -> None:
    with (
        nginx(folder, [it.address for it in replicas]) as url,
        httpx.Client(base_url=url, timeout=60.0) as http,
    ):
        assert httpx.get(f"{url}/healthz").text == "ok"
        called(url)
        generated(http)
        replicas[1].kill()
        codes = [http.get(path).status_code for path in ("/", "/cards?ids=1", "/account") * 10]
        assert codes == [200] * 30
        called(url)
        for _ in range(CALLS):
            generated(http)


def called(url: str) -> None:
    """Several calls of the API, which are begun at one address and read at another."""
    client = Client(url, verbose=False)
    for number in range(CALLS):
        picture = handle_file(SAMPLES / "place.jpg")
        run = client.predict(
            prompt=f"Boat {number}", image_urls=[picture], api_name=f"/{ImageO1.api_name}"
        )
        ended = finished(client, run)
        assert ended["status"] == "done", ended["error"]
    client.close()


def generated(http: httpx.Client) -> None:
    """What the page does: a file is uploaded, looked at and sent, each at any replica."""
    picture = (SAMPLES / "style.jpg").read_bytes()
    sent = http.post("/uploads?name=a.jpg", content=picture, headers={"Content-Type": "image/jpeg"})
    values = {"prompt": "A boat", "image_urls": [sent.json()["ref"]]}
    form = f"/forms/{ImageO1.api_name}"
    while http.post(f"{form}/validate", json={"values": values}).json()["working"]:
        pass
    run_id = str(uuid4())
    made = http.post(f"{form}/runs", json={"values": values, "run_id": run_id})
    assert made.status_code == 200, made.text
    assert run_id in http.get(f"/cards?ids={run_id}").text


def test_events_come_as_they_are_sent(replicas: list[ReplicaProcess], folder: Path) -> None:
    with (
        nginx(folder, [it.address for it in replicas]) as url,
        httpx.stream("GET", f"{url}/gradio_api/heartbeat/somebody", timeout=20.0) as events,
    ):
        # The stream has no end: what is held back until it is full would not come.
        assert next(events.iter_raw())


def test_what_a_replica_may_have_carried_out_is_not_sent_twice(folder: Path) -> None:
    with (
        mute() as (first, asked),
        mute(asked) as (second, _),
        nginx(folder, [first, second]) as url,
    ):
        assert httpx.post(f"{url}/forms/any/runs", json={}).status_code == 502
        assert asked == Counter({"POST": 1})


def test_what_was_not_received_is_sent_to_another(
    replicas: list[ReplicaProcess], folder: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nobody = f"127.0.0.1:{gone.getsockname()[1]}"
    with (
        nginx(folder, [nobody, replicas[0].address]) as url,
        httpx.Client(base_url=url, timeout=60.0) as http,
    ):
        for _ in range(CALLS):
            generated(http)


def test_a_script_is_found_at_the_replica_of_its_version(folder: Path) -> None:
    path = f"{page_scripts().url}/{FIRST_MOMENTS}"
    with (
        listening(having(path)) as new,
        listening(having("/playground-scripts-of-before")) as old,
        nginx(folder, [new.removeprefix("http://"), old.removeprefix("http://")]) as url,
    ):
        assert [httpx.get(url + path).text for _ in range(CALLS)] == [path] * CALLS
        assert {httpx.get(f"{url}/cards?ids=1").status_code for _ in range(CALLS)} == {404}
        assert httpx.get(f"{url}/playground-scripts-of-nobody").status_code == 404


def having(path: str) -> Starlette:
    """A replica that has nothing but this."""

    def told(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.url.path)

    return Starlette(routes=[Route("/healthz", told), Route(path, told)])


@contextmanager
def mute(asked: "Counter[str] | None" = None) -> Iterator[tuple[str, "Counter[str]"]]:
    """A server that reads a request and hangs up; tells where it is, and counts by method."""
    counted: Counter[str] = Counter() if asked is None else asked
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    if asked_for := connection.recv(65_536):
                        counted[asked_for.split(b" ")[0].decode()] += 1

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}", counted
        finally:
            listener.shutdown(socket.SHUT_RDWR)
