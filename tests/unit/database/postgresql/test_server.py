"""A PostgreSQL that cannot be used is one sentence at the start; one that goes away comes back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
import sqlalchemy as sa

from components.database.engine import open_database
from components.errors import DatabaseUnavailable, SettingsError
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import run_store, sample_run
from tests.servers.postgresql_server import HOST, PostgresqlServer

pytestmark = pytest.mark.cluster
SETTING = "PLAYGROUND_DATABASE_URL"


@pytest.fixture
def url(postgresql: PostgresqlServer) -> Iterator[str]:
    made = postgresql.new_database()
    yield made
    postgresql.drop(made)


def refused(url: str) -> str:
    """The sentence with which it is not opened; no password is in it."""
    threads = threading.active_count()
    with pytest.raises(SettingsError) as caught:
        open_database(url)
    said = str(caught.value)
    assert threading.active_count() == threads
    assert SETTING in said
    assert "Nothing was started." in said
    assert (sa.make_url(url).password or "?") not in said
    assert "\n" not in said
    return said


def test_a_wrong_password_is_said(postgresql: PostgresqlServer, url: str) -> None:
    wrong = postgresql.url(sa.make_url(url).database or "", "secret-and-wrong")
    assert "does not accept the user or the password" in refused(wrong)


def test_a_database_that_is_not_there_is_named(postgresql: PostgresqlServer) -> None:
    assert "has no database nowhere." in refused(postgresql.url("nowhere"))


def test_a_port_at_which_nobody_listens_is_said() -> None:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
        said = refused(f"postgresql+psycopg://me:hidden@{HOST}:{port}/a")
    assert f"server at {HOST}:{port} is not there" in said


def test_a_host_that_nobody_knows_is_said() -> None:
    said = refused("postgresql+psycopg://me:hidden@nowhere.invalid/a")
    assert "nowhere.invalid:5432 is not found" in said


def test_a_web_server_is_no_postgresql() -> None:
    def answer() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(100)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")

    listening = socket.create_server((HOST, 0))
    thread = threading.Thread(target=answer)
    thread.start()
    try:
        said = refused(f"postgresql+psycopg://me:hidden@{HOST}:{listening.getsockname()[1]}/a")
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
    assert "is no PostgreSQL: something else answers" in said


def test_a_database_that_has_not_every_letter_is_refused(postgresql: PostgresqlServer) -> None:
    postgresql.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    said = refused(postgresql.url("latin"))
    postgresql.drop(postgresql.url("latin"))
    assert "keeps texts of latin as LATIN1" in said


def test_a_server_that_is_killed_is_said_to_be_away_and_used_again_when_back(
    postgresql: PostgresqlServer, url: str
) -> None:
    with closing(run_store(url)) as store:
        store.add(sample_run("before"))
        postgresql.kill()
        try:
            for _ in range(2):
                with pytest.raises(DatabaseUnavailable, match="does not answer just now"):
                    store.get("before")
                with pytest.raises(DatabaseUnavailable, match="does not answer just now"):
                    store.add(sample_run("meanwhile"))
        finally:
            postgresql.start()
        assert store.get("before").id == "before"
        store.add(sample_run("after"))
        assert count(store) == 2


def test_a_server_that_is_killed_within_a_transaction_leaves_nothing_of_it(
    postgresql: PostgresqlServer, url: str
) -> None:
    def kill(_: sa.Connection) -> None:
        postgresql.kill()

    with closing(run_store(url)) as store:
        try:
            with pytest.raises(DatabaseUnavailable):
                store.add(sample_run("lost"), admit=kill)
        finally:
            postgresql.start()
        assert count(store) == 0
        store.add(sample_run("lost"))
        assert count(store) == 1


def count(store: RunStore) -> int:
    return len(store.awaiting())
