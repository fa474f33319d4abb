"""`python app.py migrate` as somebody calls it: what it refuses, and that a kill loses nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from components.database.data_folder import owned
from components.runs.queries.history import Query
from components.runs.store.run_store import RunStore
from tests.processes.forked_starts import ROOT, Starter, starter
from tests.samples.kept_runs import keep_runs
from tests.samples.run_samples import sample_run
from tests.servers.postgresql_server import PostgresqlServer
from tests.servers.s3_server import ANYBODY, REGION, S3Server, s3_server

BUCKET = "playground"
SHARED = {
    "PLAYGROUND_DATABASE_URL": "postgresql://ada:secret@127.0.0.1:9/playground",
    "PLAYGROUND_MEDIA_URL": f"s3://{BUCKET}/media",
}


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    with starter(tmp_path_factory.mktemp("starts")) as running:
        yield running


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as running:
        running.make_bucket(BUCKET)
        yield running


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with runs that are over, their files, and runs in the queue."""
    folder = tmp_path / "data"
    folder.mkdir()
    keep_runs(folder, 6)
    with closing(RunStore(f"sqlite:///{folder / 'playground.sqlite3'}")) as store:
        store.add(*(sample_run(f"queued-{number}") for number in range(3_000)))
    return folder


def environment_of(folder: Path, **settings: str) -> dict[str, str]:
    return {
        "AIML_API_KEY": "key",
        "PLAYGROUND_DATA_DIR": str(folder),
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
        **settings,
    }


def declined(starts: Starter, folder: Path, *arguments: str, **settings: str) -> str:
    ended = starts.start(environment_of(folder, **settings), "migrate", *arguments)
    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert "secret" not in ended.err
    return ended.err.strip()


def test_without_a_place_to_go_it_says_what_to_set(starts: Starter, data: Path) -> None:
    assert declined(starts, data) == (
        "`python app.py migrate` moves the data folder to PostgreSQL and an object store; set "
        "PLAYGROUND_DATABASE_URL and PLAYGROUND_MEDIA_URL to where it is to go."
    )


def test_under_a_playground_that_runs_nothing_moves(starts: Starter, data: Path) -> None:
    with owned(data):
        said = declined(starts, data, **SHARED)
    assert said.startswith(f"Another playground already works in {data}.")


@pytest.mark.parametrize("arguments", [(), ("--database", "/no/such.sqlite3")])
def test_a_database_that_is_not_there_is_a_sentence(
    starts: Starter, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    said = declined(starts, tmp_path / "empty", *arguments, **SHARED)
    assert "is not there" in said or "does not exist" in said


def test_a_server_that_does_not_answer_is_a_sentence(starts: Starter, data: Path) -> None:
    said = declined(starts, data, **SHARED)
    assert said.startswith("The PostgreSQL server at 127.0.0.1:9 is not there: nothing answers.")


@pytest.mark.cluster
def test_killed_at_any_line_it_goes_on_until_all_is_there(
    postgresql: PostgresqlServer, s3: S3Server, data: Path
) -> None:
    url = postgresql.new_database()
    environment = environment_of(
        data,
        PLAYGROUND_DATABASE_URL=url,
        PLAYGROUND_MEDIA_URL=f"s3://{BUCKET}/media",
        AWS_ACCESS_KEY_ID=ANYBODY[0],
        AWS_SECRET_ACCESS_KEY=ANYBODY[1],
        AWS_REGION=REGION,
        AWS_ENDPOINT_URL=s3.url,
    )
    ends = [_killed_after(lines, environment) for lines in (1, 17, 19, 20)]
    assert ends == [-signal.SIGKILL] * len(ends)
    ended = subprocess.run(
        _COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert "Compared: every row arrived as it was sent." in ended.stdout
    assert postgresql.password not in ended.stdout + ended.stderr
    with closing(RunStore(url)) as store:
        assert store.count(Query()) == 3_006
    kept = {file.name for file in (data / "media").glob("??/*")}
    assert {key.rpartition("/")[2] for key in s3.keys(BUCKET)} >= kept
    assert not (data / "moving").exists()


_COMMAND = [sys.executable, "app.py", "migrate"]


def _killed_after(lines: int, environment: dict[str, str]) -> int:
    with subprocess.Popen(
        _COMMAND, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for _ in range(lines):
            process.stdout.readline()
        process.kill()
    return process.returncode
