"""A sandbox that is killed and started again on its folder has forgotten nothing it told anybody.

A copy of the folder of a running sandbox is what a process killed at that moment leaves behind.
"""

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.sandbox import Sandbox
from tests.servers.sandbox_requests import (
    EDIT,
    IMAGE_O1,
    REFERENCE,
    Caller,
    calling,
    change_books,
    image_uri,
    small_sandbox,
    started,
    video_uri,
)

PICTURE = {"prompt": "x", "image_urls": [image_uri()]}


@dataclass(frozen=True)
class Process:
    """A sandbox in a process of its own."""

    url: str
    popen: subprocess.Popen[str]

    def kill(self) -> None:
        """End it at once, as the system does when memory is short."""
        self.popen.kill()
        self.popen.wait()


@contextmanager
def process(files_dir: Path) -> Iterator[Process]:
    command = [sys.executable, "-m", "components.sandbox", "--port", "0", "--pace-s", "1"]
    command += ["--files-dir", str(files_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as popen:
        assert popen.stdout is not None
        said = popen.stdout.readline()
        running = Process(next(word for word in said.split() if "://" in word), popen)
        try:
            yield running
        finally:
            running.kill()


def account(caller: Caller) -> dict[str, Any]:
    """Everything the account routes tell."""
    return {
        "balance": caller.get("/v2/billing"),
        "ledger": caller.get("/v2/billing/transactions"),
        "log": caller.get("/v2/logs"),
        "metrics": caller.get("/models/metrics")["models"],
    }


def test_a_killed_sandbox_comes_back_where_it_was_and_finishes_its_work(tmp_path: Path) -> None:
    files_dir, clip = tmp_path / "files", video_uri(tmp_path / "clip.mp4")
    with process(files_dir) as first, calling(first) as caller:
        link = caller.post(IMAGE_O1, PICTURE).json()["data"][0]["url"]
        picture = caller.http.get(link).content
        body = {"prompt": "go on", "video_url": clip}
        answer = caller.post(EDIT, body, **{"X-Client-Request-Id": "run-7"})
        generation_id = answer.json()["id"]
        before = account(caller)
        first.kill()
    assert not list(files_dir.glob("*.mp4"))
    with process(files_dir) as second, calling(second) as caller:
        assert second.url == first.url
        assert account(caller) == before
        assert caller.http.get(link).content == picture
        assert caller.look(generation_id).json()["status"] in ("queued", "generating")
        report = caller.finish(generation_id)
        assert report["status"] == "completed", report
        assert caller.http.get(report["video"]["url"]).headers["content-type"] == "video/mp4"
        charge = caller.get("/v2/billing/transactions")["data"][0]
        row = caller.get("/v2/logs")["data"][0]
    assert charge["reference_id"] == row["inference_id"] == generation_id
    assert charge["amount"] == row["cost"]
    assert (row["client_request_id"], row["status"]) == ("run-7", "succeeded")
    assert not list(files_dir.glob("*.request"))


def test_everything_that_was_told_is_told_again(tmp_path: Path) -> None:
    with started(tmp_path) as caller:
        caller.post(IMAGE_O1, PICTURE)
        report = caller.finish(caller.post(REFERENCE, {"prompt": "x"}).json()["id"])
        refused = {"prompt": "x", "image_list": [image_uri(299, 400)]}
        failure = caller.finish(caller.post(REFERENCE, refused).json()["id"])
        caller.post(REFERENCE, {"prompt": 5})
        video = caller.http.get(report["video"]["url"]).content
        before = account(caller)
    with started(tmp_path) as caller:
        assert account(caller) == before
        assert caller.look(report["id"]).json() == report
        assert caller.look(failure["id"]).json() == failure
        assert caller.http.get(report["video"]["url"]).content == video


def test_a_picture_under_way_is_logged_as_failed_and_costs_nothing(tmp_path: Path) -> None:
    # Enough for one picture: what the lost one held must be free again.
    with started(tmp_path / "a", pace_s=2.0, balance_usd=0.05, refills=False) as caller:
        lost = threading.Thread(target=caller.post, args=(IMAGE_O1, PICTURE))
        lost.start()
        while not caller.get("/v2/logs")["data"]:
            time.sleep(0.02)
        time.sleep(0.3)
        shutil.copytree(tmp_path / "a", tmp_path / "b")
        lost.join()
    with started(tmp_path / "b", balance_usd=0.05, refills=False) as caller:
        (row,) = caller.get("/v2/logs")["data"]
        assert (row["status"], row["cost"]["credits"]) == ("failed", 0)
        assert caller.get("/v2/billing")["current_balance"] == 0.05
        assert caller.post(IMAGE_O1, PICTURE).status_code == 200


def test_time_that_passed_while_the_sandbox_was_down_counts(tmp_path: Path) -> None:
    with started(tmp_path, pace_s=600.0) as caller:
        generation_id = caller.post(REFERENCE, {"prompt": "x"}).json()["id"]
        assert caller.look(generation_id).json()["status"] == "queued"
    change_books(tmp_path, "UPDATE generations SET accepted_at_s = accepted_at_s - 300")
    with started(tmp_path, pace_s=600.0) as caller:
        assert caller.look(generation_id).json()["status"] == "generating"
    change_books(tmp_path, "UPDATE generations SET accepted_at_s = accepted_at_s - 300")
    with started(tmp_path, pace_s=600.0) as caller:
        assert caller.finish(generation_id)["status"] == "completed"
        assert caller.get("/v2/billing")["current_balance"] == 49.272


def test_a_video_whose_material_is_gone_ends_as_an_error(tmp_path: Path) -> None:
    with started(tmp_path, pace_s=600.0) as caller:
        generation_id = caller.post(REFERENCE, {"prompt": "x"}).json()["id"]
    change_books(
        tmp_path,
        "UPDATE generations SET ready_at_s = NULL, accepted_at_s = accepted_at_s - 600",
    )
    for folder in tmp_path.glob("*.request"):
        shutil.rmtree(folder)
    with started(tmp_path, pace_s=600.0) as caller:
        assert caller.look(generation_id).json()["error"]["name"] == "INTERNAL_ERROR"
        assert caller.get("/v2/billing")["current_balance"] == 50


def test_another_port_is_taken_when_the_last_one_is_in_use(tmp_path: Path) -> None:
    with started(tmp_path) as caller:
        first = caller.http.base_url
    with socket.create_server(("127.0.0.1", first.port or 0)), started(tmp_path) as caller:
        second = caller.http.base_url
    with started(tmp_path) as caller:
        third = caller.http.base_url
    assert first != second == third


def test_a_taken_port_is_one_sentence_and_not_a_traceback() -> None:
    with small_sandbox() as server:
        port = server.url.rpartition(":")[2]
        command = [sys.executable, "-m", "components.sandbox", "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("The sandbox cannot start:")
    assert "Traceback" not in done.stderr


def test_without_a_folder_nothing_stays(tmp_path: Path) -> None:
    server = Sandbox()
    for _ in range(2):
        with server, calling(server) as caller:
            assert caller.get("/v2/logs")["data"] == []
            caller.post(REFERENCE, {"prompt": 5})
    assert not list(tmp_path.iterdir())
