"""Who calls `advance`, and when: one scheduler thread and two small pools."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from components.runs.leases import Claim, Lane
from components.runs.run import Run, Status
from components.runs.store import RunStore

LEASE_S = 900.0
"""Longer than any single step: an upload, the wait for pictures, or a download."""
IDLE_S = 5.0
UPKEEP_EVERY_S = 60.0
LOGGER = logging.getLogger(__name__)


class Engine:
    """Takes every run that is due one step further until `stop`."""

    def __init__(
        self,
        store: RunStore,
        advance: Callable[[Run], Run],
        *,
        clock: Callable[[], float] = time.time,
        workers: int = 16,
        picture_workers: int = 8,
        upkeep: Callable[[], object] = lambda: None,
    ) -> None:
        """`upkeep` is called now and then beside the runs, such as to purge deleted ones."""
        self._store = store
        self._advance = advance
        self._clock = clock
        self._upkeep = upkeep
        self._upkeep_at = 0.0
        self._capacity = {Lane.STEPS: workers, Lane.PICTURES: picture_workers}
        self._busy = dict.fromkeys(Lane, 0)
        self._results: queue.SimpleQueue[tuple[Claim, Run]] = queue.SimpleQueue()
        self._unwritten: list[tuple[Claim, Run]] = []
        self._signal = threading.Event()
        self._stopping = threading.Event()
        self._pools: dict[Lane, ThreadPoolExecutor] = {}
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)

    def start(self) -> None:
        """Take over what a former process left, then begin."""
        self._store.release()
        self._pools = {
            lane: ThreadPoolExecutor(count, thread_name_prefix=lane.value)
            for lane, count in self._capacity.items()
        }
        self._thread.start()

    def wake(self) -> None:
        """There is something new to do: look now."""
        self._signal.set()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Begin nothing new, finish what is in flight for up to `timeout_s`, leave the rest."""
        self._stopping.set()
        self._signal.set()
        self._thread.join(timeout_s)
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    def _loop(self) -> None:
        while True:
            self._signal.clear()
            stopping = self._stopping.is_set()
            try:
                pause_s = self._tick(stopping)
            except Exception:
                LOGGER.exception("the scheduler's turn failed; it goes on")
                pause_s = IDLE_S
            if stopping and not self._unwritten and not any(self._busy.values()):
                return
            self._signal.wait(pause_s)

    def _tick(self, stopping: bool) -> float:
        """One turn; returns how long nothing will be due, in seconds."""
        while not self._results.empty():
            claim, run = self._results.get()
            self._busy[claim.lane] -= 1
            self._unwritten.append((claim, run))
        room = {
            lane: 0 if stopping else self._capacity[lane] - busy
            for lane, busy in self._busy.items()
        }
        now = self._clock()
        claims = self._store.tick(self._unwritten, now, LEASE_S, room)
        self._unwritten.clear()
        for claim in claims:
            self._busy[claim.lane] += 1
            self._pools[claim.lane].submit(self._step, claim)
        if stopping:
            return 0.1
        if now >= self._upkeep_at:
            self._upkeep_at = now + UPKEEP_EVERY_S
            self._pools[Lane.STEPS].submit(self._keep_up)
        due = self._store.next_due()
        return IDLE_S if due is None else min(IDLE_S, max(0.05, due - now))

    def _step(self, claim: Claim) -> None:
        run = claim.run
        try:
            run = self._advance(run)
        except Exception:
            LOGGER.exception("a step of run %s failed", run.id)
            run = self._after_a_fault(run)
        self._results.put((claim, run))
        self._signal.set()

    def _keep_up(self) -> None:
        try:
            self._upkeep()
        except Exception:
            LOGGER.exception("the upkeep failed; it is tried again")

    def _after_a_fault(self, run: Run) -> Run:
        """A fault of ours never ends a run, and never sends it again."""
        now = self._clock()
        if run.status is Status.SUBMITTING:
            what = "Something went wrong here while sending; looking for it at the provider."
            return run.moved(Status.UNCERTAIN, now, what, note=what)
        note = "Something went wrong here; it is tried again by itself."
        return run.waiting(now + 30.0, note, attempts=run.attempts + 1)
