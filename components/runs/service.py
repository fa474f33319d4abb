"""What the page and the API ask of runs: quote, submit, poll, cancel, recover, list, annotate."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import Connection

from components.catalog import Catalog
from components.catalog.request import ModelRequest
from components.errors import AskedDifferently, MadeAndDeleted
from components.runs.engine.driver import Driver
from components.runs.money.quote import Quote, Quotes, total
from components.runs.money.spend_limit import SpendLimit
from components.runs.new_runs import plans, resend
from components.runs.queries.history import PAGE_MAX_RUNS, Page, Query, RunSummary, in_plan_order
from components.runs.queries.spending import Spent
from components.runs.queries.usage import UsageReport
from components.runs.run import Event, Parent, Run, Status
from components.runs.store.deletion import Deletion
from components.runs.store.run_store import RunStore
from components.runs.store.unowned_files import require_files
from components.runs.timing.expectation import Expectations
from components.runs.wording import ordinal

MOST_FOUND = 1001
"""Where 10,000 runs have the word, counting all of them takes five times as long as their list."""
UNDO_S = 600.0
"""How long a deletion can be undone; then it frees its disk space."""


@dataclass(frozen=True)
class RunService:
    """Returns at once; the engine does the work. `halted` says why nobody does any, or ""."""

    catalog: Catalog
    store: RunStore
    engine: Driver
    expectations: Expectations
    quotes: Quotes
    limit: SpendLimit
    clock: Callable[[], float]
    has_file: Callable[[str], bool] = lambda _: True
    halted: Callable[[], str] = str

    def quote(self, model: type[ModelRequest], values: Mapping[str, Any]) -> Quote:
        """What a form would cost, finished or not; never raises, never waits for a server."""
        return self.quotes.quote(model, values)

    def submit(
        self,
        request: ModelRequest,
        *,
        run_id: str | None = None,
        parents: Sequence[Parent] = (),
        asked_hash: str | None = None,
    ) -> Run:
        """Keep a new run and let the engine know; asking twice with one `run_id` is safe.

        `parents` are the runs whose results it is made from; `asked_hash` stands for what was
        asked for, as it came in.

        Raises:
            SpendingRefused: the limit on the day's spending is in the way; nothing is kept.
            AskedBefore: the id stands for another request, or its run was deleted since.
        """
        run = self._new(request, parents, self.clock(), asked_hash)
        return self._keep([replace(run, id=run_id or run.id)])[0]

    def submit_plan(
        self,
        group_id: str,
        planned: Sequence[plans.PlannedRequest],
        parents: Sequence[Parent] = (),
        asked_hash: str | None = None,
    ) -> list[Run]:
        """Keep all runs of a plan, or none, and return them in the plan's order.

        Asking twice with the same `group_id` is safe: its runs have ids of their own.

        Raises:
            SpendingRefused: the limit on the day's spending is in the way; nothing is kept.
            AskedBefore: the id stands for another plan, or all its runs were deleted since.
        """
        now = self.clock()
        runs = [self._new(it.request, parents, now, asked_hash) for it in planned]
        one_more = plans.id_in_plan(group_id, len(runs))
        return self._keep(plans.placed(runs, group_id, planned), beyond=one_more)

    def asked_before(self, run_id: str, asked_hash: str) -> Run | None:
        """The run that was made under an id for just this; None where that cannot be told.

        Spares who asks again all the checks that a new run has to go through.

        Raises:
            MadeAndDeleted: it was made, and deleted since.
        """
        kept = self.store.made_before([run_id])
        return kept[0] if kept and kept[0].asked_hash == asked_hash else None

    def _new(
        self,
        request: ModelRequest,
        parents: Sequence[Parent],
        now: float,
        asked_hash: str | None = None,
    ) -> Run:
        values = request.plain()
        return Run(
            id=str(uuid4()),
            model=request.model_id,
            request=values,
            created_at=now,
            next_step_at=now,
            expected_s=self.expectations.expect(request.model_id, values).expected_s,
            events=(Event(now, "Accepted here."),),
            parents=tuple(parents),
            asked_hash=asked_hash,
        )

    def _keep(self, runs: list[Run], *, beyond: str = "") -> list[Run]:
        # Each is quoted once: the limit must set aside what the run says, whatever prices do.
        quotes = [self.quote(self.catalog.by_id(run.model), run.request) for run in runs]
        runs = [replace(run, quoted_usd=quote.usd) for run, quote in zip(runs, quotes, strict=True)]
        limit_admits = partial(self.limit.admit, quote=total(quotes), now=self.clock())

        def admit(connection: Connection) -> None:
            limit_admits(connection)
            require_files(runs, self.has_file)

        kept = self.store.add(*runs, admit=admit, beyond=beyond)
        self.engine.wake()
        return kept

    def plan_runs(self, group_id: str) -> list[Run]:
        """Whole runs of a plan that are kept, in its order."""
        return in_plan_order(self.store.find(_of_plan(group_id)).runs)

    def plan_cards(self, group_id: str) -> list[RunSummary]:
        """What a grid shows of the runs of a plan that are kept, in its order."""
        return in_plan_order(self.store.find_cards(_of_plan(group_id)).runs)

    def spent_today(self) -> Spent:
        """What was spent on this day (UTC), and what is set aside; `limit` says how much may be."""
        return self.store.spent_today(self.clock())

    def usage(self, first: date, last: date) -> UsageReport:
        """Figures of the days (UTC) from `first` to `last`, both included; see `last_days`."""
        return self.store.usage(first, last)

    def get(self, run_id: str) -> Run:
        """The run; one that waits to be sent says what for. Raises `RunNotFound`."""
        run = self.store.get(run_id)
        return replace(run, note=self._waits_for(run)) if run.status is Status.QUEUED else run

    def place(self, run: Run) -> int | None:
        """A queued run's place in the queue, from 1 on; None for any other run."""
        return self.store.place(run) if run.status is Status.QUEUED else None

    def cancel(self, run_id: str) -> Run:
        """Withdraw a run, or stop waiting for it where the provider already has it."""
        return self.store.cancel(run_id, self.clock())

    def send_again(self, run_id: str, *, new_id: str | None = None) -> Run:
        """Send the request of a run that is over as a new run; it costs as much again.

        With `new_id` for the new run, asking twice is safe.

        Raises:
            RunNotFound: no such run.
            InvalidRequest: it still goes on, or its request cannot be sent.
            AskedBefore: the new id stands for something else, or its run was deleted since.
        """
        if new_id and (made := self.store.made_before([new_id])):
            if resend.repeats(made[0], run_id):
                return made[0]
            raise AskedDifferently
        run = self.store.get(run_id)
        return self._keep([self._repeat(run, new_id or str(uuid4()))])[0]

    def send_failed_again(self, group_id: str) -> list[Run]:
        """Send again all runs of a plan that failed for certain; returns the new ones.

        Asked twice, it is done once: their ids follow from the runs that they repeat.

        Raises:
            InvalidRequest: a request is no longer taken; nothing was sent.
            SpendLimitReached: they would cost more than the day allows; nothing was sent.
        """
        failed = plans.failed_in(self.plan_runs(group_id))
        repeats = [self._repeat(run, self._id_for(run)) for run in failed]
        return self._keep(repeats) if repeats else []

    def _id_for(self, run: Run) -> str:
        for number in count():
            new_id = plans.id_of_repeat(run.id, number)
            with suppress(MadeAndDeleted):
                self.store.made_before([new_id])
                return new_id
        raise AssertionError

    def _repeat(self, run: Run, new_id: str) -> Run:
        request, parents = resend.request_again(self.catalog, run), resend.lineage_of_repeat(run)
        return resend.in_place_of(run, self._new(request, parents, self.clock()), new_id)

    def look_again(self, run_id: str) -> Run:
        """Look once more for a run that was given up; nothing is sent or charged.

        One that goes on, or is done, is returned as it is.

        Raises:
            RunNotFound: no such run.
            InvalidRequest: how it ended is known.
        """
        now = self.clock()
        run = self.store.change(run_id, lambda kept: resend.looked_for_again(kept, now))
        self.engine.wake()
        return run

    def fetch_by_generation_id(self, generation_id: str, model_id: str = "") -> Run:
        """Fetch what the provider made elsewhere, such as in a lost data folder; sends nothing.

        The run that has this generation already is returned, looked for again if it was given up,
        brought back if it was deleted: one generation is one run, and booked once.

        Raises:
            InvalidRequest: no usable id, or its model is not known.
        """
        now = self.clock()
        wanted = resend.run_of_generation(self.catalog, generation_id, model_id, now)
        run = self.store.add_generation(wanted, now)
        self.engine.wake()
        return run

    def receipt(self, run_id: str) -> dict[str, Any]:
        """A run's ids, amounts and events: see `receipt_of`. Raises `RunNotFound`."""
        return resend.receipt_of(self.store.get(run_id))

    def find(self, query: Query) -> Page[Run]:
        """List whole runs, newest first."""
        return self.store.find(query)

    def find_cards(self, query: Query) -> Page[RunSummary]:
        """List what a grid shows of runs, newest first; much lighter than `find`."""
        return self.store.find_cards(query)

    def count(self, query: Query) -> int:
        """How many runs a query finds on all pages; of those with a word `MOST_FOUND` at most."""
        return self.store.count(query, MOST_FOUND if query.text else None)

    def children(self, run_id: str) -> list[RunSummary]:
        """The runs that were made from a result of this one, newest first."""
        return self.store.children(run_id)

    def family(self, run_id: str) -> list[RunSummary]:
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

    def hold_files(self, holder: str, names: Collection[str]) -> None:
        """Let the files that a form shows stay here; what it showed before may go."""
        self.store.hold_files(holder, names, self.clock())

    def _waits_for(self, run: Run) -> str:
        """What a queued run waits for, as it is now: the provider, its own next try, its turn."""
        if word := self.halted() or self.engine.throttle.word(self.clock()):
            return word
        place = self.store.place(run)
        if run.note or place == 1:
            return run.note
        return f"{ordinal(place)} in line to be sent. Cancelling is free."


def _of_plan(group_id: str) -> Query:
    return Query(group_id=group_id, limit=PAGE_MAX_RUNS)
