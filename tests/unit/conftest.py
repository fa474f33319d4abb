"""Runs on a real database, and what takes one of them a step further, by a clock set by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.runs.steps.runner import StepRunner
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import NOW, Clock, run_store, step_runner
from tests.servers.provider_server import ScriptedProvider, scripted_provider


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = run_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW + 10)


@pytest.fixture
def steps(provider: ScriptedProvider, tmp_path: Path, clock: Clock) -> Iterator[StepRunner]:
    store = run_store(tmp_path)
    yield step_runner(provider, store, tmp_path, clock)
    store.close()
