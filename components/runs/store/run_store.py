"""Runs in a database: every method is one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.engine import (
    BUSY_TIMEOUT_MS,
    give_space_back,
    open_database,
    patient,
    reading,
)
from components.database.schema import ACTIVE, RUNS
from components.runs.new_runs import insertion
from components.runs.queries import history, spending
from components.runs.queries.duration_history import PastRun, past_runs
from components.runs.queries.history import Page, Query, RunSummary
from components.runs.queries.prompt_search import forget_removed
from components.runs.queries.spending import Spent
from components.runs.queries.usage import UsageReport, usage_report
from components.runs.run import Run
from components.runs.store import charges, deletion, leases, row_updates, unowned_files
from components.runs.store.charges import Uncharged, VainSearch
from components.runs.store.deletion import Deletion
from components.runs.store.forms import form_files
from components.runs.store.leases import Allowance, Claim, WorkerPool
from components.runs.store.step_results import write_results

Kept = TypeVar("Kept")


class RunStore:
    """Runs in a database. Every method is one transaction and safe from any thread."""

    def __init__(
        self,
        url: str,
        *,
        slow_models: frozenset[str] = frozenset(),
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    ) -> None:
        """`slow_models` answer their POST only when they are done (lane `PICTURES`)."""
        self._engine = open_database(url, busy_timeout_ms)
        self._patient = patient(self._engine)
        self._dispatcher = leases.Dispatcher(slow_models)

    @property
    def database(self) -> sa.Engine:
        """The open database, for what else is kept in it."""
        return self._engine

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def add(self, *runs: Run, admit: insertion.Admit | None = None, beyond: str = "") -> list[Run]:
        """Keep new runs, all or none; asked again under the same ids, return what was kept then.

        `admit` looks at those before them in the same transaction, and may raise; `beyond` is the
        id that a run more would have. Raises `AskedDifferently` and `MadeAndDeleted`.
        """
        return self._once(partial(insertion.keep_once, runs=runs, admit=admit, beyond=beyond))

    def add_generation(self, run: Run, now: float) -> Run:
        """Keep a run that fetches a generation, or go on with the one that has it already."""
        return self._once(partial(insertion.keep_generation, run=run, now=now))

    def made_before(self, run_ids: Sequence[str]) -> list[Run]:
        """The runs made under these ids, in their order. Raises `MadeAndDeleted`."""
        with reading(self._engine) as connection:
            return insertion.made_before(connection, run_ids)

    def _once(self, keep: Callable[[Connection], Kept]) -> Kept:
        """Keep something in one transaction; who comes second sees what the first one kept."""
        try:
            with self._engine.begin() as connection:
                return keep(connection)
        except sa.exc.IntegrityError:
            # Only where writers do not wait for each other: the other one has written by now.
            with self._engine.begin() as connection:
                return keep(connection)

    def get(self, run_id: str) -> Run:
        """Raises `RunNotFound`, also for a run that was deleted."""
        with reading(self._engine) as connection:
            return row_updates.find_run(connection, run_id)

    def find(self, query: Query) -> Page[Run]:
        """List whole runs, newest first."""
        with reading(self._engine) as connection:
            return history.find_runs(connection, query)

    def find_cards(self, query: Query) -> Page[RunSummary]:
        """List what a grid shows of runs, newest first; much lighter than `find`."""
        with reading(self._engine) as connection:
            return history.find_cards(connection, query)

    def count(self, query: Query, most: int | None = None) -> int:
        """How many runs a query finds on all pages, counted up to `most`."""
        with reading(self._engine) as connection:
            return history.count(connection, query, most)

    def children(self, run_id: str) -> list[RunSummary]:
        """The runs that were made from a result of this one, newest first."""
        with reading(self._engine) as connection:
            return history.find_children(connection, run_id)

    def family(self, run_id: str) -> list[RunSummary]:
        """The run with its ancestors and descendants, oldest first; empty when there is none."""
        with reading(self._engine) as connection:
            return history.find_family(connection, run_id)

    def tick(
        self,
        results: Sequence[tuple[Claim, Run]],
        now: float,
        lease_s: float,
        room: Mapping[WorkerPool, int],
        allowance: Allowance | None = None,
        *,
        held: Mapping[str, float] | None = None,
    ) -> list[Claim]:
        """Write what the last steps brought and hand out the next, in one transaction.

        `room` is how many runs each lane can take; queued ones are also bounded by `allowance`, and
        are sent after `begin_sending`. A `submitting` run whose lease ran out comes back
        `uncertain`: it may have been sent. The runs that are `held`, by the ends of their leases,
        are worked on here, whatever the clock says; any other that is due later than a pause
        can last, is due.
        """
        with self._patient.begin() as connection:
            write_results(connection, results)
            if held is not None:
                leases.bring_forward(connection, now, held)
            overdue = [run_id for run_id, until in (held or {}).items() if until <= now]
            claims = [
                claim
                for lane in (WorkerPool.STEPS, WorkerPool.COPIES)
                for claim in self._dispatcher.hand_out(
                    connection, lane, now, lease_s, room.get(lane, 0), held=overdue
                )
            ]
            allowed = allowance or Allowance()
            claims += self._dispatcher.hand_out_queue(connection, room, allowed, now, lease_s)
        return claims

    def begin_sending(self, claim: Claim, now: float) -> Claim:
        """Store the intent to send a queued run, the last thing before a byte leaves.

        It comes back `submitting`, or still `queued` where it must not be sent: it was cancelled,
        or its lease was lost.
        """
        with self._patient.begin() as connection:
            return leases.begin_sending(connection, claim, now)

    def next_due(self, after: float = 0.0) -> float | None:
        """When the earliest step is due, later than `after`, that nobody works on; or None."""
        with reading(self._engine) as connection:
            return leases.next_due(connection, after)

    def in_flight(self) -> int:
        """How many runs the provider works on, or may work on."""
        with reading(self._engine) as connection:
            return leases.in_flight(connection)

    def place(self, run: Run) -> int:
        """The place in the queue of a run that is in there, from 1 on."""
        with reading(self._engine) as connection:
            return leases.place(connection, run)

    def awaiting(self) -> list[str]:
        """The ids of the runs that are not over, or were set aside and may be looked for again."""
        waits = ACTIVE | RUNS.c.unresolved
        with reading(self._engine) as connection:
            return list(connection.execute(sa.select(RUNS.c.id).where(waits)).scalars())

    def sent_since(self, moment: float) -> list[float]:
        """When runs were sent after a moment, earliest first."""
        with reading(self._engine) as connection:
            return leases.sent_since(connection, moment)

    def end_queued(self, created_before: float, now: float, why: str) -> int:
        """Give up queued runs that wait since then, free of charge; returns how many there were."""
        with self._engine.begin() as connection:
            return leases.end_queued(connection, created_before, now, why)

    def release(self) -> None:
        """Forget the leases of a process that is gone; only the sole process may call it."""
        with self._patient.begin() as connection:
            leases.release_all(connection)

    def cancel(self, run_id: str, now: float) -> Run:
        """Withdraw a queued run; mark any other, whose result is still collected.

        Raises:
            RunNotFound: no such run.
        """
        return self.change(run_id, lambda run: row_updates.cancelled(run, now))

    def change(self, run_id: str, changed: Callable[[Run], Run]) -> Run:
        """Replace a run that nobody works on by what `changed` makes of it.

        Raises:
            RunNotFound: no such run.
        """
        with self._engine.begin() as connection:
            return row_updates.change(connection, run_id, changed)

    def annotate(
        self,
        run_id: str,
        *,
        title: str | None = None,
        remark: str | None = None,
        favourite: bool | None = None,
    ) -> Run:
        """Change what is the user's own in a run; None leaves it as it is.

        Raises:
            RunNotFound: no such run.
        """
        return self.change(run_id, lambda run: row_updates.annotated(run, title, remark, favourite))

    def delete(self, run_ids: Collection[str], now: float) -> Deletion:
        """Hide runs until they are purged; those under way stay."""
        with self._engine.begin() as connection:
            return deletion.hide(connection, run_ids, now)

    def undelete(self, run_ids: Collection[str]) -> int:
        """Show deleted runs again; returns how many were not purged yet."""
        with self._engine.begin() as connection:
            return deletion.show_again(connection, run_ids)

    def hold_files(self, holder: str, names: Collection[str], now: float) -> None:
        """Let files of the media store stay that a form shows, and let go of all it showed."""
        form_files.hold(self._engine, holder, names, now)

    def purge(
        self,
        deleted_before: float,
        remove_file: Callable[[str], object],
        now: float | None = None,
    ) -> int:
        """Remove for good what was deleted before, with the files nothing else refers to.

        Holds of forms end at `now`, by default at the same moment.

        `remove_file` takes a name in the media store; where it says false, the file is tried again
        by the next purge. Returns how many runs are gone.
        """
        purged = deletion.purge(self._patient, deleted_before)
        unowned_files.remove(self._patient, deleted_before if now is None else now, remove_file)
        if purged:
            forget_removed(self._patient)
            give_space_back(self._patient)
        return purged

    def spent_today(self, now: float) -> Spent:
        """What counts against a limit of the day (UTC) that `now` belongs to."""
        with reading(self._engine) as connection:
            return spending.spent_today(connection, now)

    def usage(self, first: date, last: date) -> UsageReport:
        """Figures of the days (UTC) from `first` to `last`, both included."""
        with reading(self._engine) as connection:
            return usage_report(connection, first, last)

    def uncharged(self) -> list[Uncharged]:
        """The runs that ended with their charge unknown, in the order they ended."""
        with reading(self._engine) as connection:
            return charges.uncharged(connection)

    def note_charge(self, run: Uncharged, usd: float, now: float) -> None:
        """Fill in the charge of a run that ended, where it is not known yet."""
        with self._patient.begin() as connection:
            charges.note_charge(connection, run, usd, now)

    def note_charge_searches(self, searched: Sequence[VainSearch], now: float) -> None:
        """Count a search of the ledger for each of these runs."""
        with self._patient.begin() as connection:
            for each in searched:
                charges.note_search(connection, each, now)

    def past_runs(self, model: str, limit: int) -> list[PastRun]:
        """The newest runs of a model that are done and whose duration is known, newest first."""
        with reading(self._engine) as connection:
            return past_runs(connection, model, limit)
