"""Runs on a real database, and what takes one of them a step further, by a clock set by hand.

What a store keeps is kept alike in both databases: these fixtures give a test once with a SQLite
file, and once with a PostgreSQL.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp

import pytest

from components.runs.steps.runner import StepRunner
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import NOW, Clock, database_url, run_store, step_runner
from tests.servers.postgresql_server import PostgresqlServer
from tests.servers.provider_server import ScriptedProvider, scripted_provider

POSTGRESQL = "postgresql"
EITHER = ["sqlite", pytest.param(POSTGRESQL, marks=pytest.mark.cluster)]


@pytest.fixture(scope="module", params=EITHER)
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], str]]:
    """Makes an empty database and returns its address; all go with the last test of a file."""
    if request.param != POSTGRESQL:
        folder = tmp_path_factory.mktemp("databases")
        yield lambda: database_url(Path(mkdtemp(dir=folder)))
        return
    server: PostgresqlServer = request.getfixturevalue(POSTGRESQL)
    made: list[str] = []

    def make() -> str:
        made.append(server.new_database())
        return made[-1]

    yield make
    for url in made:
        server.drop(url)


@pytest.fixture
def store_url(new_database: Callable[[], str]) -> str:
    """The address of an empty database of either kind."""
    return new_database()


@pytest.fixture
def store(store_url: str) -> Iterator[RunStore]:
    with closing(run_store(store_url)) as opened:
        yield opened


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW + 10)


@pytest.fixture
def steps(
    provider: ScriptedProvider, store_url: str, tmp_path: Path, clock: Clock
) -> Iterator[StepRunner]:
    with closing(run_store(store_url)) as store:
        yield step_runner(provider, store, tmp_path, clock)
