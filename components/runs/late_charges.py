"""Charges that land late: looked for in the provider's ledger after a run has ended.

A video is booked after it reports that it is finished, and its report may not tell the cost.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Protocol

from components.errors import ProviderError
from components.provider.wire import Charge
from components.runs.charges import Uncharged
from components.runs.search import LOG_MARGIN
from components.runs.store import RunStore

LOOKS_S = (0.0, 10.0, 60.0, 300.0, 1_800.0, 7_200.0, 43_200.0)
"""When the ledger is looked at, in seconds after a run's end; a restart looks once more."""
SILENCE_S = 60.0
"""How long nothing is asked of a ledger that did not answer."""
TURN_S = 5.0
LOGGER = logging.getLogger(__name__)


class FindCharge(Protocol):
    """How the ledger is asked."""

    def __call__(self, inference_id: str, *, since: datetime) -> Charge | None:
        """The charge of an inference, None where there is none yet. Raises `ProviderError`."""
        ...


class LateCharges:
    """Looks for charges in a thread of its own, so that no run waits for them."""

    def __init__(
        self, store: RunStore, find: FindCharge, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._find = find
        self._clock = clock
        self._next_looks: dict[str, float] = {}
        self._silent_until = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="charges", daemon=True)

    def start(self) -> None:
        """Begin looking, every few seconds for what is due."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Look no more; what is under way ends by itself."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def look(self) -> None:
        """Look once for every charge that is due."""
        now = self._clock()
        if now < self._silent_until:
            return
        waiting = self._store.uncharged(now - LOOKS_S[-1] - SILENCE_S)
        last_looks, self._next_looks = self._next_looks, {}
        for run in waiting:
            due_at = last_looks.get(run.run_id, run.finished_at)
            self._next_looks[run.run_id] = due_at
            if due_at <= now and now >= self._silent_until:
                self._look_for(run, now)

    def _look_for(self, run: Uncharged, now: float) -> None:
        since = datetime.fromtimestamp(run.sent_at, UTC) - LOG_MARGIN
        try:
            charge = self._find(run.inference_id, since=since)
        except ProviderError as error:
            LOGGER.info("no charge known of run %s: %s", run.run_id, error.message)
            self._silent_until = now + SILENCE_S
            return
        if charge:
            self._store.note_charge(run.run_id, charge.amount.usd, now)
        self._next_looks[run.run_id] = run.finished_at + next_look_s(now - run.finished_at)

    def _loop(self) -> None:
        while not self._stopping.wait(TURN_S):
            try:
                self.look()
            except Exception:
                LOGGER.exception("looking for charges failed; it goes on")


def next_look_s(elapsed_s: float) -> float:
    """When to look again, in seconds after the run's end, `elapsed_s` after which was a look."""
    return next((look_s for look_s in LOOKS_S if look_s > elapsed_s), inf)
