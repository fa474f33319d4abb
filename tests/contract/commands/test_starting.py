"""A start that cannot be is one sentence: what is safe, what to do. Nothing is overwritten."""

import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from components.database.data_folder import owned
from tests.contract.commands.test_stopping import wait_for
from tests.processes.forked_starts import ROOT, Starter, starter
from tests.processes.measured import MEASURED
from tests.samples.broken_databases import (
    beginning_broken,
    emptied,
    page_broken,
    removed,
    truncated,
)
from tests.samples.run_samples import run_store, sample_run

NOBODY = 65_534
"""The user id that owns nothing."""
DATABASE = "runs.sqlite3"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with runs in its database and a picture in its media store."""
    folder = tmp_path / "data"
    (folder / "media" / "ab").mkdir(parents=True)
    (folder / "media" / "ab" / f"{'ab' * 32}.png").write_bytes(b"a picture")
    store = run_store(folder)
    store.add(*(sample_run(f"{number}") for number in range(200)))
    store.close()
    return folder


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    with starter(tmp_path_factory.mktemp("starts")) as running:
        yield running


def environment_of(folder: Path, url: str = "") -> dict[str, str]:
    return {
        "AIML_API_KEY": "key",
        "AIML_API_BASE": "http://127.0.0.1:9",
        "GRADIO_SERVER_PORT": "0",
        "PLAYGROUND_DATABASE_URL": url or f"sqlite:///{folder / DATABASE}",
        "PLAYGROUND_DATA_DIR": str(folder),
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
    }


def content(folder: Path) -> dict[str, str]:
    """Every file of a folder with a hash of its content, without locks and empty logs."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.endswith((".lock", "-shm"))
        if file.stat().st_size or not file.name.endswith("-wal")
    }


def declined(starts: Starter, folder: Path, *, user: int | None = None, url: str = "") -> str:
    """The sentence a start ends with; it changes no file."""
    before = content(folder)
    ended = starts.start(environment_of(folder, url), user=user)
    assert ended.code == 1, ended.err
    assert "Traceback" not in ended.err
    assert content(folder) == before
    assert not ended.out
    return ended.err.strip()


def not_a_database(file: Path) -> None:
    file.write_text("Dear diary, " * 1000)


def of_another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE songs (title)")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (emptied, "is empty, but there are files of earlier runs beside it. "),
        (removed, "is not there, but there are files of earlier runs beside it. "),
        (not_a_database, "is not a database, or its beginning is damaged. "),
        (truncated, "is damaged ("),
        (page_broken, "is damaged ("),
        (of_another_program, "is damaged (there are no runs in it). "),
    ],
)
def test_a_broken_database_is_a_sentence_that_says_what_is_safe(
    starts: Starter, data: Path, broken: Callable[[Path], None], said: str
) -> None:
    broken(data / DATABASE)
    sentence = declined(starts, data)
    assert said in sentence
    assert (
        f"Your pictures and videos in {data / 'media'} are still there; nothing was overwritten."
    ) in sentence
    assert "`python app.py recover`" in sentence


def test_the_log_of_a_killed_process_beside_an_empty_database_is_not_dropped(
    starts: Starter, data: Path, tmp_path: Path
) -> None:
    """SQLite would remove it: it holds what the last process committed."""
    shutil.rmtree(data / "media")
    store = run_store(data)
    store.add(sample_run("in the log"))
    for part in data.glob(f"{DATABASE}*"):
        shutil.copy(part, tmp_path)
    store.close()
    for part in tmp_path.glob(f"{DATABASE}*"):
        shutil.copy(part, data)
    emptied(data / DATABASE)
    assert "Nothing was overwritten." in declined(starts, data)
    assert (data / f"{DATABASE}-wal").stat().st_size


def test_a_folder_in_place_of_the_database_is_a_sentence(starts: Starter, data: Path) -> None:
    removed(data / DATABASE)
    (data / DATABASE).mkdir()
    assert "is a folder. Move it away" in declined(starts, data)


def test_an_address_in_a_folder_that_is_not_there_is_a_sentence(
    starts: Starter, data: Path
) -> None:
    missing = data / "no" / "such"
    said = declined(starts, data, url=f"sqlite:///{missing / DATABASE}")
    assert said.startswith(f"The folder {missing} does not exist.")
    assert "PLAYGROUND_DATABASE_URL" in said


def test_a_shared_database_without_a_shared_place_for_media_is_a_sentence(
    starts: Starter, data: Path
) -> None:
    said = declined(starts, data, url="postgresql+psycopg://ada:secret@db/runs")
    assert "set PLAYGROUND_MEDIA_URL=s3://bucket/prefix too." in said
    assert "secret" not in said


def test_a_file_in_place_of_the_data_folder_is_a_sentence(starts: Starter, tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("a file")
    ended = starts.start(environment_of(file))
    assert ended.code == 1
    assert ended.err.startswith(f"The playground cannot write in {file} (")


def test_a_locked_database_is_a_sentence(starts: Starter, data: Path) -> None:
    with closing(sqlite3.connect(data / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert declined(starts, data) == (
            "The database stayed locked, it seems by another program. "
            "Nothing was sent or charged. Try again in a moment."
        )


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    """Give a file or a folder other permissions for a while."""
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


@contextmanager
def owned_by_nobody(folder: Path) -> Iterator[int]:
    """Let the user without rights own a folder, and get to it; that user's id."""
    if os.geteuid():
        if os.environ.get("CI") == "true":
            raise RuntimeError("the tests of a foreign user need root")
        pytest.skip("only root can start the playground as another user")
    with ExitStack() as opened:
        for parent in (folder.parent, *folder.parent.parents):
            bits = parent.stat().st_mode
            if bits & 0o005 != 0o005:
                opened.enter_context(mode(parent, bits | 0o055))
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        yield NOBODY


@pytest.mark.parametrize("place", [".", "media", "media/ab"])
def test_a_folder_that_may_not_be_written_is_a_sentence(
    starts: Starter, data: Path, place: str
) -> None:
    with owned_by_nobody(data) as user, mode(data / place, 0o555):
        said = declined(starts, data, user=user)
    assert said.startswith(f"The playground cannot write in {data / place} (Permission denied). ")
    assert "What is kept there is as it was." in said


def test_a_database_of_another_owner_is_a_sentence(starts: Starter, data: Path) -> None:
    with owned_by_nobody(data) as user:
        os.chown(data / DATABASE, 0, 0)
        said = declined(starts, data, user=user)
    assert said.startswith(
        f"The playground may not write {data / DATABASE} (Permission denied). "
        "What is kept there is as it was."
    )


def test_a_data_folder_that_cannot_be_made_is_a_sentence(starts: Starter, tmp_path: Path) -> None:
    folder = tmp_path / "house"
    folder.mkdir()
    with owned_by_nobody(folder) as user, mode(folder, 0o555):
        ended = starts.start(environment_of(folder / "data"), user=user)
    assert ended.code == 1
    assert ended.err.startswith(f"The playground cannot write in {folder / 'data'} (")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system with room for 256 kB."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_a_sentence(starts: Starter, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with small_disk(folder):
        (folder / "ballast").write_bytes(b"x" * 250_000)
        ended = starts.start(environment_of(folder))
    assert ended.code == 1
    assert ended.err.startswith("There is no room left on the disk for the database. ")
    assert ended.err.strip().endswith("Free some space in the data folder, then try again.")


def test_after_a_recovery_it_starts_with_the_runs_that_came_back(
    starts: Starter, data: Path
) -> None:
    beginning_broken(data / DATABASE)
    assert "is not a database, or its beginning is damaged." in declined(starts, data)
    ended = starts.start(environment_of(data), "recover")
    assert ended.code == 0, ended.err
    assert ended.out.startswith("Got back: 200 runs and 0 elements. The old database is kept as ")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    environment = {**MEASURED, **environment_of(data), "GRADIO_SERVER_PORT": str(port)}
    with subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
        finally:
            process.kill()


def test_nothing_is_recovered_under_a_playground_that_runs(starts: Starter, data: Path) -> None:
    emptied(data / DATABASE)
    with owned(data):
        ended = starts.start(environment_of(data), "recover")
    assert ended.code == 1
    assert ended.err.strip().endswith("Stop it, or set PLAYGROUND_DATA_DIR.")
    assert not (data / DATABASE).stat().st_size
