"""What one process writes to runs, every other one on the same PostgreSQL tells its pages."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from components.database.changes import Writing, note
from components.database.engine import row_by_row
from components.database.postgresql.notifications import MOST_TOLD
from components.database.schema import RUNS
from components.runs.store.run_store import RunStore
from tests.processes.replicas import Replica, replica, wait_for
from tests.samples.run_samples import run_store, sample_run
from tests.servers.postgresql_server import PostgresqlServer

pytestmark = pytest.mark.cluster
SOON_S = 0.5
ROOT = Path(__file__).resolve().parents[4]
WORKER = """
import sys
from tests.samples.run_samples import run_store, sample_run
store = run_store(sys.argv[1])
store.add(sample_run("made by a worker"))
store.close()
"""


@pytest.fixture
def url(postgresql: PostgresqlServer) -> Iterator[str]:
    made = postgresql.new_database()
    yield made
    postgresql.drop(made)


@pytest.fixture
def one(url: str) -> Iterator[Replica]:
    with replica(url) as opened:
        yield opened


@pytest.fixture
def other(url: str) -> Iterator[Replica]:
    with replica(url) as opened:
        yield opened


def write(store: RunStore, *run_ids: str) -> None:
    with store.database.begin() as connection:
        for run_id in run_ids:
            note(connection, Writing(run_id))


def told(where: Replica, then: str) -> set[str]:
    where.hear()
    news = where.journal.since(then)
    assert not (news and news.is_all)
    return set(news.run_ids) if news else set()


def test_a_change_at_one_is_told_by_the_other_at_once(one: Replica, other: Replica) -> None:
    then = other.journal.now
    assert then == one.journal.now
    one.store.add(sample_run("a", group_id="g"))
    assert wait_for(lambda: other.journal.now != then) < SOON_S
    news = other.journal.since(then)
    assert news
    assert (news.run_ids, news.new_ids, news.plan_ids) == (("a",), ("a",), ("g",))
    assert one.journal.since(news.now) is None


def test_what_a_worker_writes_is_told_too(url: str, one: Replica) -> None:
    then = one.journal.now
    subprocess.run([sys.executable, "-c", WORKER, url], cwd=ROOT, check=True)
    assert told(one, then) == {"made by a worker"}


def test_many_who_write_at_once_are_heard_by_all_in_one_order(one: Replica, other: Replica) -> None:
    """Also those who only lock what they write, so that commits come side by side."""
    begun, stands = one.journal.now, dict[str, set[str]]()

    def go_on(here: Replica, name: str) -> None:
        database = row_by_row(here.store.database)
        for number in range(30):
            with database.begin() as connection:
                note(connection, Writing(f"{name}-{number}"))

    threads = [
        threading.Thread(target=go_on, args=(here, f"{name}-{at}"))
        for name, here in (("one", one), ("other", other))
        for at in range(3)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        stands.setdefault(one.journal.now, told_now(one, begun))
    for thread in threads:
        thread.join()
    everything = told(one, begun)
    assert len(everything) == 180
    assert told(other, begun) == everything
    assert other.journal.now == one.journal.now
    for then, known in stands.items():
        assert told(other, then) | known == everything


def told_now(where: Replica, then: str) -> set[str]:
    news = where.journal.since(then)
    return set(news.run_ids) if news else set()


def test_who_lags_says_nothing_yet_and_never_goes_back(one: Replica, other: Replica) -> None:
    other.journal.stop()
    before = other.journal.now
    write(one.store, "a")
    wait_for(lambda: one.journal.now != before)
    assert other.journal.since(one.journal.now) is None
    assert other.journal.since(before) is None


def test_what_was_undone_is_told_to_nobody(one: Replica, other: Replica) -> None:
    then = other.journal.now

    with pytest.raises(ZeroDivisionError), one.store.database.begin() as connection:
        note(connection, Writing("undone"))
        raise ZeroDivisionError
    write(one.store, "done")
    assert told(other, then) == {"done"}


@pytest.mark.parametrize("count", [1_000, MOST_TOLD + 1])
def test_many_changes_of_one_commit_are_told_in_parts_or_as_all(
    one: Replica, other: Replica, count: int
) -> None:
    then = other.journal.now
    ids = [f"{number:064d}" for number in range(count)]
    write(one.store, *ids)
    other.hear()
    news = other.journal.since(then)
    assert news
    assert (set(news.run_ids), news.is_all) == (
        (set(), True) if count > MOST_TOLD else (set(ids), False)
    )


def test_a_commit_that_cannot_be_told_is_none(one: Replica, other: Replica) -> None:
    """Telling is part of it: pages that were not told would never show it."""
    then = other.journal.now
    one.store.add(sample_run("a"))
    with one.store.database.connect() as connection:
        connection.exec_driver_sql("ALTER SEQUENCE change_numbers RENAME TO gone")
        connection.commit()

    with (
        pytest.raises(sa.exc.ProgrammingError, match="change_numbers"),
        one.store.database.begin() as connection,
    ):
        connection.execute(RUNS.update().values(title="Not kept"))
        note(connection, Writing("a"))
    assert one.store.get("a").title == ""
    assert told_now(other, then) <= {"a"}


def test_a_token_of_another_database_or_of_before_the_start_says_all(
    postgresql: PostgresqlServer, url: str
) -> None:
    elsewhere = postgresql.new_database()
    with replica(elsewhere) as stranger, replica(url) as first:
        write(first.store, "a")
        first.hear()
        with replica(url) as late:
            for then in (stranger.journal.now, f"{late.journal.now}x", "nonsense", ""):
                assert late.journal.since(then) == late.journal.since("")
            news = late.journal.since(before(first))
            assert news
            assert news.is_all
            assert late.journal.since(first.journal.now) is None
    postgresql.drop(elsewhere)


def before(where: Replica) -> str:
    instance, _, number = where.journal.now.rpartition("-")
    return f"{instance}-{int(number) - 1}"


def test_after_the_server_was_away_everything_may_have_changed(
    postgresql: PostgresqlServer, one: Replica, other: Replica
) -> None:
    write(one.store, "before")
    other.hear()
    then = other.journal.now
    postgresql.kill()
    postgresql.start()
    again = run_store(postgresql.url(one.store.database.url.database or ""))
    write(again, "while nobody listened, or not")
    again.close()
    wait_for(lambda: other.journal.now != then)
    told_then = other.journal.since(then)
    assert told_then
    assert told_then.is_all
    other.hear()
    then = other.journal.now
    write(one.store, "after")
    assert told(other, then) == {"after"}
