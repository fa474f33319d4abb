"""What arrived of a file stays, from one try to the next and over a restart, and is completed."""

import io
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path

import httpcore
import pytest

from components.errors import DiskFull, DownloadFailed, DownloadUnfinished, LinkExpired
from components.media.download.fetch import Fetched, download
from components.media.download.partial_file import PartialFile
from components.media.download.timeouts import Deadline, DownloadTimeouts
from components.media.download.transfer import Transfer
from tests.servers.media_server import CONTENT, TAG, FileServer, Handler, serve

ROOT = Path(__file__).resolve().parents[4]
QUICK = DownloadTimeouts(stall_s=0.2, least_bytes=1000)
DATED = {"ETag": "", "Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT"}
FETCH = """
import sys
from pathlib import Path
from components.media.download.fetch import download
download(sys.argv[1], Path(sys.argv[2]), max_size_bytes=10**7, allowed_hosts={sys.argv[3]})
"""


class Hours:
    """A clock that a server sets, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def fetch(
    server: FileServer, target: Path, path: str = "/file", *, patience: DownloadTimeouts = QUICK
) -> Fetched:
    return download(
        server.url(path),
        target,
        max_size_bytes=10_000_000,
        allowed_hosts=server.allowed_hosts,
        patience=patience,
    )


def wait_for(target: Path, size_bytes: int) -> None:
    """Wait until so much has arrived."""
    part = target.with_name(f"{target.name}.part")
    while not target.exists() and not (part.exists() and part.stat().st_size >= size_bytes):
        time.sleep(0.001)


def ranges(server: FileServer) -> list[str]:
    return [headers.get("range", "") for _, headers in server.requests]


@pytest.mark.parametrize("marks", [{}, DATED], ids=["tag", "date"])
def test_a_server_that_stalls_again_and_again_is_gone_on_with(
    tmp_path: Path, marks: dict[str, str]
) -> None:
    content = os.urandom(4_000_000)
    with serve({"/file": lambda it: it.stall_after(1_000_000, content, **marks)}) as server:
        for megabytes in (1, 2, 3):
            with pytest.raises(DownloadUnfinished) as caught:
                fetch(server, tmp_path / "a")
            assert f"too slow to send the file. {megabytes} MB of 4 MB are here." in str(
                caught.value
            )
        assert fetch(server, tmp_path / "a").size_bytes == len(content)
        asked = [(headers.get("range"), headers.get("if-range")) for _, headers in server.requests]
    mark = marks.get("Last-Modified", TAG)
    assert asked == [(None, None)] + [(f"bytes={count}000000-", mark) for count in (1, 2, 3)]
    assert (tmp_path / "a").read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_a_file_that_takes_longer_than_any_total_arrives_in_one_try(tmp_path: Path) -> None:
    hours = Hours()

    def page(it: Handler) -> None:
        it.answer(200, b"", Content_Length=str(len(CONTENT)))
        for start in range(0, len(CONTENT), 1000):
            it.wfile.write(CONTENT[start : start + 1000])
            wait_for(tmp_path / "a", min(start + 1000, len(CONTENT)))
            hours.now += 20.0

    with serve({"/file": page}) as server:
        fetch(server, tmp_path / "a", patience=replace(QUICK, stall_s=5.0, clock=hours))
    assert hours.now > 3600
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_slow_server_gives_others_a_turn_and_is_then_gone_on_with(tmp_path: Path) -> None:
    hours = Hours()

    def page(it: Handler) -> None:
        hours.now += 61.0
        it.stall_after(100_000, Accept_Ranges="bytes")

    with serve({"/file": page}) as server:
        patience = replace(QUICK, stall_s=5.0, head_s=1000.0, clock=hours)
        with pytest.raises(DownloadUnfinished, match=r"^\S+ .B of 0\.3 MB are here\."):
            fetch(server, tmp_path / "a", patience=patience)
        while not (tmp_path / "a").exists():
            with suppress(DownloadUnfinished):
                fetch(server, tmp_path / "a", patience=patience)
        assert len(server.requests) > 2
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_drops_of_data_do_not_hold_a_try(tmp_path: Path) -> None:
    hours = Hours()

    def page(it: Handler) -> None:
        it.answer(200, b"", Content_Length=str(len(CONTENT)), ETag=TAG)
        for count in range(1, 4):
            it.wfile.write(b"x")
            wait_for(tmp_path / "a", count)
            hours.now += 20.0

    with serve({"/file": page}) as server, pytest.raises(DownloadFailed, match="too slow"):
        fetch(server, tmp_path / "a", patience=replace(QUICK, clock=hours))


def test_a_head_that_comes_in_drops_does_not_hold_a_try(tmp_path: Path) -> None:
    hours = Hours()

    def page(it: Handler) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
            it.wfile.write(bytes([byte]))
            hours.now += 20.0

    with serve({"/file": page}) as server, pytest.raises(DownloadFailed, match="too slow"):
        fetch(server, tmp_path / "a", patience=replace(QUICK, clock=hours))


def test_a_killed_process_is_gone_on_for(tmp_path: Path) -> None:
    target = tmp_path / "a"
    begun = threading.Event()

    def page(it: Handler) -> None:
        begun.set()
        it.stall_after(150_000)

    with serve({"/file": page}) as server:
        command = [sys.executable, "-c", FETCH, server.url("/file"), str(target), server.host]
        with subprocess.Popen(command, cwd=ROOT) as process:
            begun.wait()
            while PartialFile.of(target).received_bytes < 150_000:
                assert process.poll() is None
            process.kill()
        fetch(server, target)
        assert ranges(server) == ["", "bytes=150000-"]
    assert target.read_bytes() == CONTENT


def test_a_file_of_which_every_byte_is_here_is_not_asked_for_again(tmp_path: Path) -> None:
    part = PartialFile(tmp_path / "a.part", len(CONTENT), len(CONTENT), TAG, "video/mp4")
    part.file.write_bytes(CONTENT)
    part.save()
    with serve({}) as server:
        assert fetch(server, tmp_path / "a") == Fetched(tmp_path / "a", len(CONTENT), "video/mp4")
        assert server.requests == []


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(tmp_path: Path) -> None:
    changed = CONTENT[::-1]

    def page(it: Handler) -> None:
        if len(it.files.requests) == 1:
            return it.stall_after(100_000)
        return it.answer(200, changed, ETag='"v2"')

    with serve({"/file": page}) as server:
        with pytest.raises(DownloadUnfinished):
            fetch(server, tmp_path / "a")
        fetch(server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == changed


@pytest.mark.parametrize("marks", [{"ETag": '"v2"'}, {**DATED, "Last-Modified": "another"}])
def test_the_rest_of_another_version_is_not_put_behind_the_first(
    tmp_path: Path, marks: dict[str, str]
) -> None:
    first = DATED if not marks["ETag"] else {}

    def page(it: Handler) -> None:
        if len(it.files.requests) == 1:
            return it.stall_after(100_000, CONTENT, **first)
        return it.stall_after(10**6, CONTENT[::-1], **marks)

    with serve({"/file": page}) as server:
        with pytest.raises(DownloadUnfinished):
            fetch(server, tmp_path / "a")
        fetch(server, tmp_path / "a")
        assert ranges(server) == ["", "bytes=100000-", ""]
    assert (tmp_path / "a").read_bytes() == CONTENT[::-1]


def test_a_fresh_link_to_the_same_file_goes_on_after_the_old_one_is_gone(tmp_path: Path) -> None:
    def old(it: Handler) -> None:
        return it.answer(403) if it.offset() else it.stall_after(100_000)

    with serve({"/file": old, "/elsewhere": lambda it: it.stall_after(10**6)}) as server:
        for error in (DownloadUnfinished, LinkExpired):
            with pytest.raises(error):
                fetch(server, tmp_path / "a", "/file?signature=1")
        fetch(server, tmp_path / "a", "/elsewhere?signature=2")
        assert ranges(server)[2] == "bytes=100000-"
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_server_that_sends_all_of_it_every_time_has_time_to_do_so(tmp_path: Path) -> None:
    hours = Hours()

    def page(it: Handler) -> None:
        if len(it.files.requests) == 1:
            return it.stall_after(100_000, Accept_Ranges="bytes")
        it.answer(200, CONTENT[:100_000], Content_Length=str(len(CONTENT)), ETag=TAG)
        hours.now += 61.0
        it.wfile.write(CONTENT[100_000:])
        return None

    with serve({"/file": page}) as server:
        patience = replace(QUICK, stall_s=1.0, head_s=1000.0, window_s=100.0, clock=hours)
        with pytest.raises(DownloadUnfinished):
            fetch(server, tmp_path / "a", patience=patience)
        fetch(server, tmp_path / "a", patience=patience)
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_coming_as_far_as_before_is_no_progress(tmp_path: Path) -> None:
    """Else a file that changes all the time would be fetched for ever."""

    def page(it: Handler) -> None:
        it.answer(
            200, CONTENT[:100_000], Content_Length="200000", ETag=f'"{len(it.files.requests)}"'
        )
        it.rfile.read(1)

    with serve({"/file": page}) as server:
        with pytest.raises(DownloadUnfinished):
            fetch(server, tmp_path / "a")
        for _ in range(3):
            with pytest.raises(DownloadFailed, match="too slow"):
                fetch(server, tmp_path / "a")


@pytest.mark.parametrize("notes", ["", "{", "[]", "{}", '{"validator": 5}'])
def test_notes_that_cannot_be_read_mean_from_the_beginning(tmp_path: Path, notes: str) -> None:
    (tmp_path / "a.part").write_bytes(b"something")
    (tmp_path / "a.part.json").write_text(notes)
    with serve({"/file": lambda it: it.answer(200, CONTENT)}) as server:
        fetch(server, tmp_path / "a")
        assert ranges(server) == [""]
    assert (tmp_path / "a").read_bytes() == CONTENT


class NearlyFull(io.FileIO):
    """A file with room for 5000 bytes more, which takes at most 3000 at a time."""

    room_bytes = 5000

    def write(self, content: "io.ReadableBuffer") -> int:  # type: ignore[name-defined]
        if not self.room_bytes:
            raise OSError(ENOSPC, "No space left on device")
        piece = bytes(content)[: min(3000, self.room_bytes)]
        self.room_bytes -= len(piece)
        return super().write(piece)


class PartOnFullDisk(PartialFile):
    """A part whose bytes find little room."""

    def open(self) -> io.FileIO:
        return NearlyFull(self.file, "wb")


def test_a_full_disk_keeps_what_is_there_and_says_so(tmp_path: Path) -> None:
    part = PartOnFullDisk(tmp_path / "a.part")
    transfer = Transfer(part, "host", 10**6, Deadline(QUICK))
    headers = [("ETag", TAG), ("Content-Length", str(len(CONTENT)))]
    with pytest.raises(DiskFull) as caught:
        transfer.receive(httpcore.Response(200, headers=headers, content=CONTENT))
    assert caught.value.message == (
        "There is no room left to keep the file. 5 kB of 0.3 MB are here."
    )
    part.settle()
    assert part.file.read_bytes() == CONTENT[:5000]
    with serve({"/file": lambda it: it.stall_after(10**6)}) as server:
        fetch(server, tmp_path / "a")
        assert ranges(server) == ["bytes=5000-"]
    assert (tmp_path / "a").read_bytes() == CONTENT
