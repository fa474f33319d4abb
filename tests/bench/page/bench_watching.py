"""200 people who each watch a run of their own: what that takes of the playground's process."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import quantiles

import httpx

from components.commands.serving import open_listener
from components.runs.store.run_store import RunStore
from tests.bench.workers.load_app import in_flight

PEOPLE = 200
MEASURED_S = 15.0
SETTLING_S = 8.0
START_TIMEOUT_S = 60.0
ROOT = Path(__file__).resolve().parents[3]
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def rows(people: int = PEOPLE, seconds: float = MEASURED_S) -> list[tuple[str, ...]]:
    """The share of one core with and without them, and how long a question takes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = list(islice(in_flight(people), people))
        store = RunStore(f"sqlite:///{folder / 'playground.sqlite3'}")
        store.add(*runs)
        store.close()
        with _provider() as provider_url, _playground(folder, provider_url) as (process, port):
            time.sleep(SETTLING_S)
            began, cpu_s = time.monotonic(), _cpu_s(process.pid)
            time.sleep(seconds)
            alone = (_cpu_s(process.pid) - cpu_s) / (time.monotonic() - began)
            ids = [run.id for run in runs]
            asking = {
                manner: _watched(process.pid, port, seconds, manner, ids)
                for manner in ("cards", "changes")
            }
    heading = (
        f"{people} people watching",
        "each card every 2 s",
        "as the page asks, every 1 s",
        "target",
    )
    shares = [f"{asking[it][0] - alone:.1%}" for it in ("cards", "changes")]
    rows = [heading, ("share of a core for them", *shares, "10%")]
    for label, percent, target in (("p50", 49, "10"), ("p95", 94, "")):
        took = [f"{quantiles(asking[it][1], n=100)[percent]:.1f}" for it in ("cards", "changes")]
        rows.append((f"a question takes, {label}, ms", *took, target))
    return [*rows, ("share of a core for the runs alone", f"{alone:.1%}", f"{alone:.1%}", "")]


def _watched(
    pid: int, port: int, seconds: float, manner: str, ids: list[str]
) -> tuple[float, list[float]]:
    """The share of a core that the process takes meanwhile, and the milliseconds of questions."""
    pages = "tests.bench.workers.watching_pages"
    watching = [sys.executable, "-m", pages, str(port), str(seconds), manner]
    began, cpu_s = time.monotonic(), _cpu_s(pid)
    printed = subprocess.run([*watching, *ids], stdout=subprocess.PIPE, check=True, cwd=ROOT).stdout
    share = (_cpu_s(pid) - cpu_s) / (time.monotonic() - began)
    return share, json.loads(printed)


@contextmanager
def _provider() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.workers.light_provider"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as provider:
        assert provider.stdout
        try:
            yield f"http://127.0.0.1:{provider.stdout.readline().strip()}"
        finally:
            provider.communicate()


@contextmanager
def _playground(folder: Path, provider_url: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The playground as it is started, in a process of its own."""
    with httpx.Client() as client:
        port = _free_port()
        environment = {
            **os.environ,
            "AIML_API_KEY": "key",
            "AIML_API_BASE": provider_url,
            "PLAYGROUND_DATA_DIR": str(folder),
            "GRADIO_SERVER_PORT": str(port),
        }
        process = subprocess.Popen([sys.executable, "app.py"], env=environment, cwd=ROOT)
        try:
            _wait_for(client, f"http://127.0.0.1:{port}/healthz")
            yield process, port
        finally:
            process.terminate()
            process.wait(START_TIMEOUT_S)


def _free_port() -> int:
    with open_listener("127.0.0.1", 0) as listener:
        return int(listener.getsockname()[1])


def _wait_for(client: httpx.Client, url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            client.get(url).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{url} did not answer within {START_TIMEOUT_S} s")


def _cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


if __name__ == "__main__":
    for row in rows():
        print("  ".join(cell.ljust(36 if at == 0 else 30) for at, cell in enumerate(row)))
