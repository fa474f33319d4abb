"""One step of a run at a time: a scripted provider, a clock set by hand, and what takes steps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.runs.step import Stepper
from tests.provider_server import ScriptedProvider, scripted_provider
from tests.run_samples import NOW, Clock, run_store, stepper


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW + 10)


@pytest.fixture
def steps(provider: ScriptedProvider, tmp_path: Path, clock: Clock) -> Iterator[Stepper]:
    store = run_store(tmp_path)
    yield stepper(provider, store, tmp_path, clock)
    store.close()
