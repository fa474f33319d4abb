"""Connections: every answer to a name is judged, the judged one is used, and none is waited for."""

import socket
import threading
from pathlib import Path

import pytest

from components.errors import AddressBlocked, DownloadFailed
from components.media.download.fetch import download
from components.media.download.timeouts import DownloadTimeouts
from tests.servers.media_server import CONTENT, serve


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fe80::1%eth0"]])
def test_a_name_with_any_private_answer_is_not_connected_to(
    tmp_path: Path, answers: list[str]
) -> None:
    with pytest.raises(AddressBlocked, match="leads to a private"):
        download(
            "https://files.example.com/a",
            tmp_path / "a",
            max_size_bytes=10,
            resolve=lambda _host, _port: answers,
        )


def test_a_name_is_checked_again_at_every_download(tmp_path: Path) -> None:
    answers: list[list[str]] = [[], ["127.0.0.1"]]
    for error in (DownloadFailed, AddressBlocked):
        with pytest.raises(error):
            download(
                "https://files.example.com/a",
                tmp_path / "a",
                max_size_bytes=10,
                resolve=lambda _host, _port: answers.pop(0),
            )
    assert answers == []


def test_tls_asks_for_the_name_and_not_for_the_number(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hello: list[bytes] = []

        def listen() -> None:
            connection, _ = listener.accept()
            with connection:
                hello.append(connection.recv(4096))

        thread = threading.Thread(target=listen)
        thread.start()
        port = listener.getsockname()[1]
        with pytest.raises(DownloadFailed):
            download(
                f"https://files.example.com:{port}/a",
                tmp_path / "a",
                max_size_bytes=10,
                allowed_hosts=frozenset({f"files.example.com:{port}"}),
                resolve=lambda _host, _port: ["127.0.0.1"],
            )
        thread.join()
    assert b"files.example.com" in hello[0]


def test_the_checked_answer_is_the_one_connected_to(tmp_path: Path) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with serve({"/file": lambda it: it.answer(200, CONTENT)}) as server:
        port = server.host.split(":")[1]
        download(
            f"http://files.example.com:{port}/file",
            tmp_path / "a",
            max_size_bytes=1_000_000,
            allowed_hosts=frozenset({f"files.example.com:{port}"}),
            resolve=resolve,
        )
        assert server.requests[0][1]["host"] == f"files.example.com:{port}"
    assert asked == ["files.example.com"]


def test_a_name_that_is_not_found_in_time_is_too_slow(tmp_path: Path) -> None:
    waiting = threading.Event()

    def hang(_host: str, _port: int) -> list[str]:
        waiting.wait(10)
        return ["127.0.0.1"]

    with pytest.raises(DownloadFailed, match="too slow"):
        download(
            "https://files.example.com/a",
            tmp_path / "a",
            max_size_bytes=1,
            patience=DownloadTimeouts(total_s=0.2),
            resolve=hang,
        )
    waiting.set()


def test_a_name_that_no_resolver_can_spell_is_a_failed_download(tmp_path: Path) -> None:
    def spell(host: str, _port: int) -> list[str]:
        raise UnicodeError(f"label too long in {host}")

    with pytest.raises(DownloadFailed, match="No host named"):
        download("https://files.example.com/a", tmp_path / "a", max_size_bytes=1, resolve=spell)


def test_an_unknown_name_is_a_failed_download(tmp_path: Path) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(DownloadFailed, match=r"files\.example\.com"):
        download("https://files.example.com/a", tmp_path / "a", max_size_bytes=1, resolve=unknown)
