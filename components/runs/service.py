"""What the page and the API ask of runs: quote, submit, look, cancel, list, annotate, delete."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

from components.catalog.request import ModelRequest
from components.runs.deletion import Deletion
from components.runs.engine import Engine
from components.runs.expectation import Expectations
from components.runs.history import Page, Query, RunCard
from components.runs.quote import Quote
from components.runs.quoting import Quotes
from components.runs.run import Event, Parent, Run
from components.runs.spending import SpendLimit, Spent
from components.runs.store import RunStore
from components.runs.tables import names_in
from components.runs.usage import UsageReport

UNDO_S = 600.0
"""How long a deletion can be undone; then it frees its disk space."""


@dataclass(frozen=True)
class RunService:
    """Returns at once; the engine does the work."""

    store: RunStore
    engine: Engine
    expectations: Expectations
    quotes: Quotes
    limit: SpendLimit
    clock: Callable[[], float]

    def quote(self, model: type[ModelRequest], values: Mapping[str, Any]) -> Quote:
        """What a form would cost, finished or not; never raises, never waits for a server."""
        return self.quotes.quote(model, values)

    def submit(
        self,
        request: ModelRequest,
        *,
        parents: Sequence[Parent] = (),
        group_id: str | None = None,
        group_labels: Mapping[str, str] | None = None,
    ) -> Run:
        """Keep a new run and let the engine know.

        `parents` are the runs whose results it is made from; `group_id` is that of its plan, and
        `group_labels` its place there.

        Raises:
            SpendingRefused: the limit on the day's spending is in the way; nothing is kept.
        """
        now = self.clock()
        quote = self.quote(type(request), request.plain())
        run = Run(
            id=str(uuid4()),
            model=request.model_id,
            request=request.plain(),
            created_at=now,
            next_step_at=now,
            expected_s=self.expectations.expected_s(type(request), request.plain()),
            quoted_usd=quote.usd,
            events=(Event(now, "Accepted here."),),
            parents=tuple(parents),
            group_id=group_id,
            group_labels=dict(group_labels) if group_labels else None,
        )
        self.store.add(run, admit=partial(self.limit.admit, quote=quote, now=now))
        self.engine.wake()
        return run

    def spent_today(self) -> Spent:
        """What was spent on this day (UTC), and what is set aside; `limit` says how much may be."""
        return self.store.spent_today(self.clock())

    def usage(self, first: date, last: date) -> UsageReport:
        """Figures of the days (UTC) from `first` to `last`, both included; see `last_days`."""
        return self.store.usage(first, last)

    def get(self, run_id: str) -> Run:
        """Raises `RunNotFound`."""
        return self.store.get(run_id)

    def cancel(self, run_id: str) -> Run:
        """Withdraw a run, or stop waiting for it where the provider already has it."""
        return self.store.cancel(run_id, self.clock())

    def find(self, query: Query) -> Page[Run]:
        """List whole runs, newest first."""
        return self.store.find(query)

    def find_cards(self, query: Query) -> Page[RunCard]:
        """List what a grid shows of runs, newest first; much lighter than `find`."""
        return self.store.find_cards(query)

    def children(self, run_id: str) -> list[RunCard]:
        """The runs that were made from a result of this one, newest first."""
        return self.store.children(run_id)

    def family(self, run_id: str) -> list[RunCard]:
        """The run with its ancestors and descendants, oldest first; `parents` joins them."""
        return self.store.family(run_id)

    def annotate(
        self,
        run_id: str,
        *,
        title: str | None = None,
        remark: str | None = None,
        favourite: bool | None = None,
    ) -> Run:
        """Change what is the user's own in a run; None leaves it. Raises `RunNotFound`."""
        return self.store.annotate(run_id, title=title, remark=remark, favourite=favourite)

    def delete(self, run_ids: Collection[str]) -> Deletion:
        """Hide runs, to be purged later; those under way stay. Its `str()` tells the user."""
        return self.store.delete(run_ids, self.clock())

    def undelete(self, run_ids: Collection[str]) -> int:
        """Undo a deletion; returns how many runs came back."""
        return self.store.undelete(run_ids)

    def hold_files(self, values: Mapping[str, Any]) -> None:
        """Let the files that stand in a form stay here, although no run may refer to them."""
        self.store.hold_files(set(names_in(values)), self.clock())
