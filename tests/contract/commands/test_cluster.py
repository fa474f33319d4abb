"""`make cluster`: all of it comes up by one command, tells who dies, and ends with Ctrl-C."""

import base64
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

from tests.apps.playgrounds import SAMPLES, finished
from tests.processes.forked_starts import ROOT

ENDED_BY_CTRL_C = "All is ended, and nothing of it is kept."
pytestmark = pytest.mark.cluster


def lines_until(process: subprocess.Popen[str], last: str) -> list[str]:
    """What it says, to the line that begins so."""
    assert process.stdout
    lines: list[str] = []
    while not (lines and lines[-1].startswith(last)):
        line = process.stdout.readline()
        assert line, lines
        lines.append(line.strip())
    return lines


@pytest.fixture
def cluster() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.processes.cluster", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def test_one_command_brings_up_everything_and_ctrl_c_ends_it(
    cluster: subprocess.Popen[str],
) -> None:
    said = lines_until(cluster, "Ctrl-C ends them all.")
    processes = {
        found[1]: int(found[2])
        for line in said
        if (found := re.match(r"(.*?) +process (\d+)", line))
    }
    assert list(processes) == [
        *("S3 server", "sandbox", "web replica 1", "web replica 2", "worker 1", "worker 2", "nginx")
    ]
    assert any("keeps everything in memory" in line for line in said)
    (url,) = (line for line in said if line.startswith("http://"))
    assert httpx.get(f"{url}/healthz").text == "ok"
    assert "Kling O1" in httpx.get(url).text
    _goes_through(url)
    os.kill(processes["worker 1"], signal.SIGKILL)
    assert lines_until(cluster, "worker 1 ended")[-1] == "worker 1 ended (by SIGKILL)."
    os.kill(processes["web replica 2"], signal.SIGKILL)
    assert lines_until(cluster, "web replica 2")[-1] == "web replica 2 ended (by SIGKILL)."
    assert httpx.get(f"{url}/healthz").text == "ok"
    cluster.send_signal(signal.SIGINT)
    assert lines_until(cluster, ENDED_BY_CTRL_C)
    assert cluster.wait() == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in processes.values())


def _goes_through(url: str) -> None:
    """Have a picture made, whichever replica answers, and fetch it."""
    client = Client(url, verbose=False)
    picture = (SAMPLES / "place.jpg").read_bytes()
    reference = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
    made = client.predict(prompt="A quay", image_urls=[reference], api_name="/image_o1")
    run = finished(client, made)
    client.close()
    assert (run["status"], run["error"]) == ("done", None)
    for _ in range(2):
        kept = httpx.get(f"{url}{run['outputs'][0]['url']}")
        assert len(kept.content) == run["outputs"][0]["size_bytes"]
    assert httpx.get(f"{url}/readyz").json() == dict.fromkeys(("database", "media", "worker"), "ok")
