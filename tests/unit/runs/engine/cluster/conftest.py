"""What several workers share: a PostgreSQL, and a throttle in it."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from components.runs.engine.cluster.job_queue import JobQueue
from components.runs.engine.cluster.run_claims import RunClaims
from components.runs.engine.cluster.sending_queue import SendingQueue
from components.runs.engine.cluster.shared_state import SharedState
from components.runs.store.run_store import RunStore
from components.runs.timing.provider_throttle import Limits, ProviderThrottle
from tests.samples.run_samples import IMAGE_O1, Clock, run_store
from tests.servers.postgresql_server import PostgresqlServer


@pytest.fixture
def shared_url(postgresql: PostgresqlServer) -> Iterator[str]:
    """The address of an empty database."""
    url = postgresql.new_database()
    yield url
    postgresql.drop(url)


@pytest.fixture
def store(shared_url: str) -> Iterator[RunStore]:
    with closing(run_store(shared_url)) as opened:
        yield opened


@pytest.fixture
def jobs(store: RunStore) -> JobQueue:
    return JobQueue(store.database)


@pytest.fixture
def claims(store: RunStore) -> RunClaims:
    return RunClaims(store.database, {IMAGE_O1})


@pytest.fixture
def throttle(store: RunStore, clock: Clock) -> ProviderThrottle:
    return ProviderThrottle(Limits(), clock, keeper=SharedState(store.database))


@pytest.fixture
def sending(
    store: RunStore, claims: RunClaims, jobs: JobQueue, throttle: ProviderThrottle, clock: Clock
) -> SendingQueue:
    return SendingQueue(store, claims, jobs, throttle, clock)
