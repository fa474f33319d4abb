"""What the page and the API ask of runs: submit, look, cancel, list."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from components.catalog.request import ModelRequest
from components.runs.engine import Engine
from components.runs.expectation import Expectations
from components.runs.run import Event, Run
from components.runs.store import Page, Query, RunStore


@dataclass(frozen=True)
class RunService:
    """Returns at once; the engine does the work."""

    store: RunStore
    engine: Engine
    expectations: Expectations
    clock: Callable[[], float]

    def submit(self, request: ModelRequest) -> Run:
        """Keep a new run and let the engine know."""
        now = self.clock()
        run = Run(
            id=str(uuid4()),
            model=request.model_id,
            request=request.plain(),
            created_at=now,
            next_step_at=now,
            expected_s=self.expectations.expected_s(type(request), request.plain()),
            events=(Event(now, "Accepted here."),),
        )
        self.store.add(run)
        self.engine.wake()
        return run

    def get(self, run_id: str) -> Run:
        """Raises `RunNotFound`."""
        return self.store.get(run_id)

    def cancel(self, run_id: str) -> Run:
        """Withdraw a run, or stop waiting for it where the provider already has it."""
        return self.store.cancel(run_id, self.clock())

    def find(self, query: Query) -> Page:
        """List runs, newest first."""
        return self.store.find(query)
