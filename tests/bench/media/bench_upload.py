"""A clip of nearly 200 MB on its way to the provider: how fast, and in how much memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gradio_client import Client, handle_file

from tests.bench.page.bench_page import ROOT, free_port, wait_for_page
from tests.bench.process_memory import grown_bytes_of, start_counting
from tests.samples.media_files import video
from tests.samples.odd_streams import padded

CLIP_BYTES = 199_000_000
ROUNDS = 3
RUNS_OF_ONE_FILE = 10
Row = tuple[str, ...]


def rows() -> list[Row]:
    """Both ways of sending in turn, each in a process of its own, then all of the playground."""
    with tempfile.TemporaryDirectory() as name, _provider() as (port, arrivals):
        folder = Path(name)
        small = video(folder / "small.mp4", size=(720, 720), seconds=4, sound=True)
        clip = padded(small, folder / "large.mp4", CLIP_BYTES)
        plain_s, ours_s, grown = [], [], []
        for _ in range(ROUNDS):
            plain_s.append(_sent("plainly", port, clip)["s"])
            figures = _sent("ours", port, clip)
            ours_s.append(figures["s"])
            grown.append(figures["grown_bytes"])
            for _ in range(4):
                arrivals.readline()
        size_mb = clip.stat().st_size / 1e6
        plain, ours = size_mb / min(plain_s), size_mb / min(ours_s)
        return [
            (f"a clip of {size_mb:.0f} MB", "ours", "plain", "share", "target"),
            ("sent as base64, MB/s", f"{ours:.0f}", f"{plain:.0f}", f"{ours / plain:.2f}", "0.5"),
            ("memory it takes above idle, MB", f"{max(grown) / 1e6:.1f}", "", "", "32"),
            *_whole_way(folder, port, arrivals, (small, clip)),
        ]


def _whole_way(
    folder: Path, port: int, arrivals: IO[str], clips: tuple[Path, Path]
) -> Iterator[Row]:
    """From a person's disk through upload, checks and store to the provider.

    Each round is a clip that is new to the playground, against sending the same one plainly; the
    best of each counts. Then one of them ten times.
    """
    small, clip = clips
    size_mb = clip.stat().st_size / 1e6
    with _playground(folder, port) as (url, process):
        client = Client(url, verbose=False)
        _ask(client, small)
        arrivals.readline()
        base_bytes = start_counting(process.pid)
        plain_s, ours_s = [], []
        for number in range(ROUNDS):
            _make_new(clip, number)
            plain_s.append(_sent("plainly", port, clip)["s"])
            for _ in range(2):
                arrivals.readline()
            began = time.monotonic()
            _ask(client, clip)
            ours_s.append(json.loads(arrivals.readline())["at_s"] - began)
        plain, ours = size_mb / min(plain_s), size_mb / min(ours_s)
        share = f"{ours / plain:.2f}"
        yield "from upload to provider, MB/s", f"{ours:.0f}", f"{plain:.0f}", share, "0.5"
        for _ in range(RUNS_OF_ONE_FILE - 1):
            _ask(client, clip)
            arrivals.readline()
        grown = grown_bytes_of(process.pid, base_bytes) / 1e6
        yield "memory for these runs above idle, MB", f"{grown:.1f}", "", "", "32"
        kept = (folder / "data" / "media").rglob("*.mp4")
        count = sum(file.stat().st_size > CLIP_BYTES / 2 for file in kept) - ROUNDS + 1
        yield "times the clip is kept after ten runs", str(count), "", "", "1"


def _make_new(clip: Path, number: int) -> None:
    """Let the end of the clip, which is padding, differ from that of all before."""
    with clip.open("r+b") as file:
        file.seek(-8, os.SEEK_END)
        file.write(number.to_bytes(8))


def _ask(client: Client, clip: Path) -> None:
    client.predict(prompt="Rain", video_url=handle_file(str(clip)), api_name="/video_edit")


def _sent(way: str, port: int, clip: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.workers.clip_sender", way, str(port), str(clip)]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    figures: dict[str, float] = json.loads(printed)
    return figures


@contextmanager
def _provider() -> Iterator[tuple[int, IO[str]]]:
    """Its port, and where it tells what arrived."""
    command = [sys.executable, "-m", "tests.bench.workers.swallowing_provider"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        yield int(process.stdout.readline()), process.stdout
        process.stdin.close()


@contextmanager
def _playground(folder: Path, provider_port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    environment = {
        **os.environ,
        "AIML_API_KEY": "key",
        "AIML_API_BASE": f"http://127.0.0.1:{provider_port}",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "PLAYGROUND_DATA_DIR": str(folder / "data"),
    }
    command = [sys.executable, str(ROOT / "app.py")]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for_page(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    for row in rows():
        print("  ".join(cell.ljust(42 if at == 0 else 8) for at, cell in enumerate(row)))
