"""Charges that land late: searched for in the provider's ledger after a run has ended.

A video is booked after it reports that it is finished, and its report may not tell the cost. The
ledger is read once for all runs whose charge is unknown: the spans of time in which those that are
due can be booked, page by page, as far as it takes.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from components.errors import (
    AnswerLost,
    DatabaseUnavailable,
    Overloaded,
    ProviderError,
    ProviderPaused,
    RateLimited,
    Unreachable,
)
from components.provider.answers.answer_models import LedgerPage
from components.runs.money.charge_schedule import TOGETHER, is_due, is_last_search, is_past, windows
from components.runs.money.ledger import LedgerScan, ReadPage, charges_on
from components.runs.retry import DAY_S, HOUR_S, full_jitter_s, honoured_s
from components.runs.store.charges import Uncharged, VainSearch
from components.runs.store.run_store import RunStore
from components.runs.wording import span

SCAN_GAP_S = 10.0
"""Runs that end in quick succession are searched for together."""
PAGES_AT_ONCE = 100
"""More of the ledger is read the next time: 10,000 charges."""
PAUSE_S, PAUSE_LONGEST_S = 60.0, HOUR_S / 2
"""After a failure; it doubles with each in a row."""
TRIES, TRIED_S = 12, DAY_S
"""A search that fails so often, for so long, counts as one, so that none is without an end."""
INTERVAL_S = 5.0
BATCH = 200
"""Runs a transaction: nobody who writes waits long for it."""
FOR_ALL = (Unreachable, AnswerLost, RateLimited, Overloaded)
"""Failures that are not those of one part of the ledger."""
LOGGER = logging.getLogger(__name__)


@dataclass
class _Search:
    """One reading of a part of the ledger, for runs that are due and whose charge may be there."""

    ledger: LedgerScan
    runs: dict[str, Uncharged]
    failures: int = 0
    failed_at: float | None = None
    rests_until: float = 0.0

    @property
    def is_over(self) -> bool:
        return self.ledger.is_read or not self.runs

    def is_given_up(self, now: float) -> bool:
        """Whether it failed long enough to count as one that found nothing."""
        since = now if self.failed_at is None else self.failed_at
        return self.failures >= TRIES and now - since >= TRIED_S


class ChargeReconciler:
    """Searches the ledger for charges in a thread of its own, so that no run waits for them."""

    def __init__(
        self,
        store: RunStore,
        read: ReadPage,
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
    ) -> None:
        """`read` asks the ledger for a page, through the throttle and its pauses."""
        self._store = store
        self._read = read
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311
        self._searches: list[_Search] = []
        self._waiting: dict[str, Uncharged] = {}
        self._next_begin_at = 0.0
        self._failures = 0
        self._rests_until = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="charges", daemon=True)

    def start(self) -> None:
        """Start the thread: every few seconds it searches for what is due."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Look no more; what is under way ends by itself."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def reconcile(self) -> None:
        """Search once for every charge that is due, or go on where the last call ended."""
        now = self._clock()
        self._begin(now)
        for search in list(self._searches):
            if not is_past(self._rests_until, now, PAUSE_LONGEST_S):
                return
            if is_past(search.rests_until, now, PAUSE_LONGEST_S):
                self._go_on(search, now, max(1, PAGES_AT_ONCE // len(self._searches)))

    def _begin(self, now: float) -> None:
        """Begin to look for those that are due, all together."""
        if not is_past(self._next_begin_at, now, SCAN_GAP_S):
            return
        waiting = {run.inference_id: run for run in self._store.uncharged()}
        looked_for = {inference_id for search in self._searches for inference_id in search.runs}
        rest = [run for run in waiting.values() if run.inference_id not in looked_for]
        if not any(is_due(run, now) for run in rest):
            return
        self._waiting = waiting
        self._next_begin_at = now + SCAN_GAP_S
        due = windows([run for run in rest if is_due(run, now, TOGETHER)], now)
        self._searches[:0] = [
            _Search(LedgerScan(it.since, it.until), {run.inference_id: run for run in it.runs})
            for it in due
        ]

    def _go_on(self, search: _Search, now: float, pages: int) -> None:
        """Read some pages; a failure leaves it where it is."""
        for _ in range(pages):
            if search.is_over or self._stopping.is_set():
                break
            try:
                page = search.ledger.page(self._read)
                self._note(page, now)
                search.ledger.turn(page)
            except ProviderError as error:
                self._rest(search, error, now)
                break
            search.failures, search.failed_at, self._failures = 0, None, 0
        if search.is_over or search.is_given_up(now):
            self._end(search, now)

    def _note(self, page: LedgerPage, now: float) -> None:
        """Book every charge on a page that is waited for, whichever search came upon it."""
        for inference_id, charge in charges_on(page, self._waiting).items():
            self._store.note_charge(self._waiting[inference_id], charge.amount.usd, now)
            del self._waiting[inference_id]
            for search in self._searches:
                search.runs.pop(inference_id, None)

    def _end(self, search: _Search, now: float) -> None:
        """Count the search for the runs whose charge was not there."""
        searched = [
            VainSearch(run, _last_words(run, now, search) if is_last_search(run, now) else "")
            for run in search.runs.values()
        ]
        for start in range(0, len(searched), BATCH):
            self._store.note_charge_searches(searched[start : start + BATCH], now)
        self._searches.remove(search)

    def _rest(self, search: _Search, error: ProviderError, now: float) -> None:
        """Leave the ledger alone for a while, or this part of it where only that fails."""
        LOGGER.info("the ledger cannot be read: %s", error.message)
        if isinstance(error, ProviderPaused):
            self._rests_until = error.until
            return
        search.failures += 1
        search.failed_at = search.failed_at or now
        search.rests_until = now + self._pause_s(search.failures, error)
        if isinstance(error, FOR_ALL):
            self._failures += 1
            self._rests_until = now + self._pause_s(self._failures, error)
        # The others come first the next time: it may be this part alone.
        self._searches.remove(search)
        self._searches.append(search)

    def _pause_s(self, failures: int, error: ProviderError) -> float:
        longest_s = PAUSE_LONGEST_S - PAUSE_S
        pause_s = full_jitter_s(PAUSE_S, longest_s, failures, self._chance.random())
        return max(PAUSE_S / 2 + pause_s, honoured_s(error.facts.retry_after_s))

    def _loop(self) -> None:
        while not self._stopping.wait(INTERVAL_S):
            try:
                self.reconcile()
            except DatabaseUnavailable as error:
                LOGGER.warning("%s Charges are searched for again.", error.message)
            except Exception:
                LOGGER.exception("looking for charges failed; it goes on")


def _last_words(run: Uncharged, now: float, search: _Search) -> str:
    what = "shows no charge for this run" if search.ledger.is_read else "could not be read"
    later = span(max(0.0, now - run.finished_at))
    return (
        f"The provider's ledger {what}, {later} after its end. What it cost, if "
        "anything, is not known here; the account at the provider tells."
    )
