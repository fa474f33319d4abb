"""Garbage collection and somebody who keeps the same file, at the same moment."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from components.database.engine import open_database
from components.errors import StorageError
from components.media.store.object_store import ObjectStore
from tests.apps.object_stores import object_store
from tests.processes.media.media_deleter import IDLE_S
from tests.servers.postgresql_server import PostgresqlServer
from tests.servers.s3_server import ROOT, S3Server

pytestmark = pytest.mark.cluster
ROUNDS = 40


@pytest.fixture
def database(store_url: str) -> Iterator[sa.Engine]:
    opened = open_database(store_url)
    yield opened
    opened.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "file.png"
    made.write_bytes(b"wanted again" * 1000)
    return made


@contextmanager
def two_views(
    server: S3Server, bucket: str, database: sa.Engine, folder: Path
) -> Iterator[tuple[ObjectStore, ObjectStore]]:
    """Two views of one store: the first lives long ago, the second now."""
    with (
        object_store(server, bucket, folder, database=database, clock=lambda: 0.0) as long_ago,
        object_store(server, bucket, folder, database=database) as now,
    ):
        yield long_ago, now


@pytest.fixture
def stores(
    s3: S3Server, bucket: str, database: sa.Engine, tmp_path: Path
) -> Iterator[tuple[ObjectStore, ObjectStore]]:
    with two_views(s3, bucket, database, tmp_path) as opened:
        yield opened


def crossed(stores: tuple[ObjectStore, ObjectStore], file: Path) -> None:
    """Keep what is long unused, while others delete it: it is there then, whole."""
    long_ago, now = stores
    content = file.read_bytes()
    for number in range(ROUNDS):
        # There the deletion may win every time.
        with suppress(StorageError):
            long_ago.keep(file, ".png")
        # At another moment of the deletion each time.
        time.sleep(number % 8 * 0.002)
        name = now.keep(file, ".png")
        assert now.has(name)
        assert b"".join(now.pieces(name, 0, len(content))) == content


def test_what_is_kept_in_a_thread_is_not_deleted_in_another(
    stores: tuple[ObjectStore, ObjectStore], file: Path
) -> None:
    long_ago, now = stores
    name = long_ago.keep(file, ".png")
    over = threading.Event()
    removed = []

    def delete() -> None:
        while not over.is_set():
            if now.has(name) and now.delete(name, idle_s=IDLE_S):
                removed.append(name)
            now.finish_removals()

    deleting = threading.Thread(target=delete)
    deleting.start()
    try:
        crossed(stores, file)
    finally:
        over.set()
        deleting.join()
    assert removed


def test_what_is_kept_in_a_process_is_not_deleted_in_another(
    s3: S3Server, bucket: str, postgresql: PostgresqlServer, file: Path, tmp_path: Path
) -> None:
    address = postgresql.new_database()
    database = open_database(address)
    with two_views(s3, bucket, database, tmp_path) as stores:
        name = stores[0].keep(file, ".png")
        arguments = [address, s3.url, bucket, str(tmp_path / "other"), name]
        with subprocess.Popen(
            [sys.executable, "-m", "tests.processes.media.media_deleter", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            try:
                crossed(stores, file)
            finally:
                process.stdin.close()
            assert int(process.stdout.readline()) > 0
    database.dispose()
    postgresql.drop(address)


def test_a_file_is_deleted_inside_a_write_to_the_same_database(
    stores: tuple[ObjectStore, ObjectStore], file: Path, database: sa.Engine
) -> None:
    long_ago, now = stores
    name = long_ago.keep(file, ".png")
    with database.begin() as connection:
        connection.execute(sa.text("SELECT 1"))
        assert now.delete(name, idle_s=IDLE_S)
    assert not now.has(name)
    assert now.keep(file, ".png") == name
    with database.begin():
        assert not now.delete(name, idle_s=IDLE_S)
    assert now.has(name)
