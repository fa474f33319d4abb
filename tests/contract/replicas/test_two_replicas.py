"""Two replicas over one database and one media folder: each request goes to the other one.

No request finds anything that the one before left in a process's memory.
"""

import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from typing_extensions import override

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.video_edit import VideoEdit
from components.interface.web.app import WebOptions
from components.sandbox import Sandbox
from components.showcases.showcase import ItemKind
from tests.apps.playgrounds import SAMPLES
from tests.apps.replicas import Replica, replica
from tests.samples.media_files import drawing, saved, video
from tests.samples.shown_results import keep_showcase, of_kind, room

LOGIN = ("ada", "lovelace")
PASSPHRASE = "three little words"
LINK = re.compile(r"/show/[\w-]+")
PATIENCE_S = 60.0
BYTES = {"Content-Type": "application/octet-stream"}


class TakingTurns(httpx.BaseTransport):
    """Sends each request to the next of some servers, as a proxy would."""

    def __init__(self, urls: list[str]) -> None:
        self._turns = itertools.cycle(urls)
        self._inner = httpx.HTTPTransport()

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Change where it goes, and nothing that it says."""
        server = httpx.URL(next(self._turns))
        request.url = request.url.copy_with(host=server.host, port=server.port)
        return self._inner.handle_request(request)

    @override
    def close(self) -> None:
        """Give the connections back."""
        self._inner.close()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What both share."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def replicas(sandbox: Sandbox, data_dir: Path) -> Iterator[list[Replica]]:
    """The first has the engine."""
    keep_showcase(data_dir)
    options = WebOptions(SAMPLES.parent, dict([LOGIN]), public_url="http://play.example")
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                replica(data_dir, sandbox.url, has_engine=has_engine, options=options)
            )
            for has_engine in (True, False)
        ]


def visitor(replicas: list[Replica], auth: tuple[str, str] | None = LOGIN) -> httpx.Client:
    transport = TakingTurns([it.url for it in replicas])
    return httpx.Client(
        transport=transport, base_url=replicas[0].url, auth=auth, timeout=PATIENCE_S
    )


@pytest.fixture
def web(replicas: list[Replica]) -> Iterator[httpx.Client]:
    with visitor(replicas) as client:
        yield client


def until(holds: Callable[[], Any]) -> Any:
    """Ask until it is so."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.02)
    raise TimeoutError


def upload(web: httpx.Client, file: Path) -> str:
    answer = web.post(f"/uploads?name={file.name}", content=file.read_bytes(), headers=BYTES)
    return str(answer.raise_for_status().json()["ref"])


def test_who_is_signed_in_is_so_everywhere(replicas: list[Replica], web: httpx.Client) -> None:
    for path in ("/", "/history", "/account", "/"):
        assert web.get(path).status_code == 200
    with visitor(replicas, None) as stranger:
        assert [stranger.get("/").status_code for _ in range(4)] == [401] * 4


def test_the_pages_parts_have_the_same_addresses(web: httpx.Client) -> None:
    first, second = web.get("/").text, web.get("/").text
    for begin in ("/playground-scripts-", "/theme.css?v="):
        found = {it.partition(begin)[2][:12] for it in (first, second)}
        assert len(found) == 1
    configs = [web.get("/config").json() for _ in range(2)]
    names = [[it["api_name"] for it in config["dependencies"]] for config in configs]
    assert names[0] == names[1]


def test_a_file_is_uploaded_looked_at_repaired_sent_and_found(
    web: httpx.Client, tmp_path: Path
) -> None:
    picture = upload(web, saved(tmp_path / "a.webp", drawing()))
    values = {"prompt": "A harbour at dusk", "image_urls": [picture]}
    form = f"/forms/{ImageO1.api_name}"
    until(lambda: not web.post(f"{form}/validate", json={"values": values}).json()["working"])
    run_id = str(uuid4())
    body = {"values": values, "run_id": run_id}
    for _ in range(2):
        assert run_id in web.post(f"{form}/runs", json=body).raise_for_status().text
    until(lambda: 'data-status="done"' in web.get(f"/cards?ids={run_id}").text)
    result = web.get(f"/cards?ids={run_id}").text.partition('src="/media/')[2].partition('"')[0]
    assert [web.get(f"/media/{result}").status_code for _ in range(2)] == [200, 200]
    assert all(run_id in web.get("/history").text for _ in range(2))
    web.patch(f"/runs/{run_id}", json={"title": "Dusk"}).raise_for_status()
    assert all("Dusk" in web.get(f"/runs/{run_id}/detail").text for _ in range(2))
    again = str(uuid4())
    for _ in range(2):
        web.post(f"/runs/{run_id}/again", json={"run_id": again}).raise_for_status()
    assert web.get("/history").text.count(f'data-run="{again}"') == 1


def test_a_clip_whose_repair_is_stopped_is_told_alike_everywhere(
    web: httpx.Client, tmp_path: Path
) -> None:
    broken = upload(web, video(tmp_path / "slow.mp4", fps=12, seconds=6.0))
    values = {"prompt": "A harbour", "video_url": broken}
    form = f"/forms/{VideoEdit.api_name}"
    body = {"values": values, "source": broken, "kind": "video"}

    def looked() -> dict[str, Any]:
        answer: dict[str, Any] = web.post(f"{form}/validate", json={"values": values}).json()
        return answer

    looked()
    web.post(f"{form}/stop", json=body).raise_for_status()
    until(lambda: not looked()["working"])
    told = [looked()["lists"]["video_url"][0] for _ in range(4)]
    assert len(set(told)) == 1


def test_the_kit_is_the_same_everywhere(web: httpx.Client) -> None:
    front, side = (upload(web, SAMPLES / f"object-{it}.jpg") for it in ("front", "side"))
    element = {"frontal_image_url": front, "reference_image_urls": [side]}
    web.post("/kit", json={"name": "The lamp", "element": element}).raise_for_status()
    form = f"/forms/{VideoEdit.api_name}/validate"
    found = [web.post(form, json={"values": {"prompt": "A"}}) for _ in range(2)]
    assert all("The lamp" in it.json()["kit"] for it in found)


def test_a_showcase_is_edited_shared_unlocked_and_commented_on(
    replicas: list[Replica], web: httpx.Client, data_dir: Path
) -> None:
    with room(data_dir) as showcases:
        showcase = showcases.editor.get(showcases.editor.all()[0].id)
    path = f"/showcases/{showcase.id}"
    web.post(f"{path}/change", json={"title": "Two harbours"}).raise_for_status()
    assert all("Two harbours" in web.get(path).text for _ in range(2))
    link = web.post(f"{path}/link", json={"passphrase": PASSPHRASE, "ends": "never"})
    page = LINK.findall(link.raise_for_status().text)[0]
    item = of_kind(showcase, ItemKind.RESULT)
    with visitor(replicas, None) as guest:
        guest.headers["User-Agent"] = "Firefox"
        assert all("Two harbours" not in guest.get(page).text for _ in range(2))
        guest.post(f"{page}/unlock", files={"passphrase": (None, PASSPHRASE)})
        assert all("Two harbours" in guest.get(page).text for _ in range(2))
        guest.post(f"{page}/guest", json={"name": "Grace"}).raise_for_status()
        comment = {"id": str(uuid4()), "item_id": item.id, "text": "Darker, please"}
        for _ in range(2):
            guest.post(f"{page}/comments", json=comment).raise_for_status()
        until(
            lambda: all(
                guest.get(f"{page}/reviews?since=-1").text.count(comment["text"]) == 1
                for _ in range(2)
            )
        )
        picture = f"{page}/media/{item.id}/0/640.jpg"
        assert [guest.get(picture).status_code for _ in range(2)] == [200, 200]
        web.post(f"{path}/link/revoke", json={}).raise_for_status()
        until(lambda: all(guest.get(page).status_code == 404 for _ in range(2)))
