"""The clock that all machines on one PostgreSQL share."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from components.database.engine import open_database
from components.database.postgresql.clock import LOOKS, MEASURED_EVERY_S, DatabaseClock
from components.errors import DatabaseUnavailable
from tests.servers.postgresql_server import PostgresqlServer

pytestmark = pytest.mark.cluster


@dataclass
class Monotonic:
    """This machine's seconds, put forward by hand; each look at them takes `step_s`."""

    now: float = 5.0
    step_s: float = 0.0

    def __call__(self) -> float:
        self.now += self.step_s
        return self.now


@dataclass
class Asked:
    """How often the server was asked for the time."""

    statements: list[str] = field(default_factory=list)

    def __call__(self, *told: object) -> None:
        if "clock_timestamp" in str(told[2]):
            self.statements.append(str(told[2]))


@pytest.fixture
def database(postgresql: PostgresqlServer) -> Iterator[sa.Engine]:
    url = postgresql.new_database()
    opened = open_database(url)
    yield opened
    opened.dispose()
    postgresql.drop(url)


def server_time(database: sa.Engine) -> float:
    with database.connect() as connection:
        told = connection.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())"))
        return float(told.scalar_one())


def test_it_tells_the_servers_time(database: sa.Engine) -> None:
    clock = DatabaseClock(database)
    before, now, after = server_time(database), clock(), server_time(database)
    assert before - 0.05 < now < after + 0.05


def test_it_asks_at_first_and_then_now_and_again(database: sa.Engine) -> None:
    asked, monotonic = Asked(), Monotonic()
    sa.event.listen(database, "before_cursor_execute", asked)
    clock = DatabaseClock(database, monotonic)
    first = clock()
    monotonic.now += MEASURED_EVERY_S - 0.1
    assert clock() == pytest.approx(first + MEASURED_EVERY_S - 0.1)
    assert len(asked.statements) == LOOKS
    monotonic.now += 0.1
    clock()
    assert len(asked.statements) == 2 * LOOKS


def test_a_machine_whose_seconds_run_too_fast_is_put_right(database: sa.Engine) -> None:
    monotonic = Monotonic()
    clock = DatabaseClock(database, monotonic)
    monotonic.now += 3600.0
    assert clock() == pytest.approx(server_time(database), abs=1.0)


def test_half_of_what_a_look_took_is_taken_off(database: sa.Engine) -> None:
    """By this clock a look takes four seconds, and the server answers after two of them."""
    monotonic = Monotonic(step_s=4.0)
    told_at: list[float] = []
    sa.event.listen(database, "after_cursor_execute", lambda *_: told_at.append(monotonic.now))
    clock = DatabaseClock(database, monotonic)
    monotonic.step_s = 0.0
    offset_s = clock() - monotonic.now
    by_each_look = [at + 2.0 + offset_s for at in told_at]
    assert server_time(database) in [pytest.approx(it, abs=1.0) for it in by_each_look]


def test_it_goes_on_without_the_server_and_is_put_right_when_it_is_back(
    postgresql: PostgresqlServer, database: sa.Engine
) -> None:
    monotonic = Monotonic(now=time.monotonic())
    clock = DatabaseClock(database, monotonic)
    first = clock()
    postgresql.kill()
    try:
        monotonic.now += 100.0
        assert clock() == pytest.approx(first + 100.0)
        with pytest.raises(DatabaseUnavailable):
            DatabaseClock(database)
    finally:
        postgresql.start()
    monotonic.now += MEASURED_EVERY_S
    assert clock() == pytest.approx(server_time(database), abs=1.0)
