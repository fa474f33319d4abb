"""What a first start needs of the machine: a port, and a place for a sandbox if there is no key."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.contract.commands.test_stopping import wait_for
from tests.processes.forked_starts import ROOT, Starter, starter
from tests.processes.measured import MEASURED


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    with starter(tmp_path_factory.mktemp("starts")) as running:
        yield running


def environment_of(folder: Path, **settings: str) -> dict[str, str]:
    return {
        "GRADIO_SERVER_PORT": "0",
        "PLAYGROUND_DATABASE_URL": f"sqlite:///{folder / 'runs.sqlite3'}",
        "PLAYGROUND_DATA_DIR": str(folder),
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        **settings,
    }


def test_a_port_that_is_taken_is_a_sentence(starts: Starter, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ended = starts.start(environment_of(tmp_path, GRADIO_SERVER_PORT=str(port)))
    assert ended.code == 1
    assert ended.err.strip() == (
        f"Cannot listen on 127.0.0.1:{port} (Address already in use). "
        "Set GRADIO_SERVER_PORT to another port."
    )


def test_a_host_that_is_not_this_machine_is_a_sentence(starts: Starter, tmp_path: Path) -> None:
    ended = starts.start(environment_of(tmp_path, GRADIO_SERVER_NAME="192.0.2.1"))
    assert ended.code == 1
    assert ended.err.startswith("Cannot listen on 192.0.2.1:0 (Cannot assign requested address). ")


def test_without_a_key_it_brings_its_own_sandbox(tmp_path: Path) -> None:
    environment = {**MEASURED, **environment_of(tmp_path)}
    command = [sys.executable, "app.py"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            said = [process.stdout.readline().strip() for _ in range(3)]
            assert said[1] == "Kling O1 Playground (sandbox: nothing is charged)"
            wait_for(f"{said[2]}/healthz")
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()
    assert (tmp_path / "sandbox").is_dir()


def test_a_sandbox_without_a_place_for_its_files_is_a_sentence(
    starts: Starter, tmp_path: Path
) -> None:
    (tmp_path / "sandbox").write_text("a file where a folder must be")
    ended = starts.start(environment_of(tmp_path))
    assert ended.code == 1
    assert ended.err.strip().splitlines()[-1].startswith("The sandbox cannot start: ")


def test_a_worker_without_a_database_to_share_is_a_sentence(
    starts: Starter, tmp_path: Path
) -> None:
    ended = starts.start(environment_of(tmp_path), "worker")
    assert ended.code == 1
    assert ended.err.strip() == (
        "`python app.py worker` works with PostgreSQL; set PLAYGROUND_DATABASE_URL to the server "
        "that the playgrounds use. With SQLite a playground takes its runs forward itself, and "
        "needs no worker."
    )


def test_the_help_names_what_can_be_asked_for_and_the_settings(
    starts: Starter, tmp_path: Path
) -> None:
    ended = starts.start(environment_of(tmp_path), "--help")
    assert ended.code == 0
    for name in ("recover", "worker", "migrate", "PLAYGROUND_MEDIA_URL", "AWS_REGION"):
        assert f" {name} " in ended.out
