"""Who calls `advance`, and when: one scheduler thread, and a small pool for each kind of step."""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

from components.errors import DatabaseUnavailable
from components.runs.engine.stepping import Stepping
from components.runs.retry import MINUTE_S, RULES, FailureKind
from components.runs.run import Run, Status
from components.runs.store.leases import Allowance, Claim, WorkerPool
from components.runs.store.run_store import RunStore
from components.runs.timing.provider_throttle import ProviderThrottle
from components.runs.wording import span

WORKERS: Mapping[WorkerPool, int] = {
    WorkerPool.PICTURES: 8,
    WorkerPool.VIDEOS: 8,
    WorkerPool.STEPS: 64,
    WorkerPool.COPIES: 16,
}
AHEAD = 3
"""A look may be handed out before a worker is free, so that none waits for the next turn."""
LEASE_S = 900.0
"""Longer than any single step but a copy: an upload, or the wait for pictures."""
IDLE_S = 5.0
COUNT_EVERY_S = 1.0
STOPPING_S = 0.1
REST_S = 0.05
"""Between two turns when many runs are under way: what comes meanwhile is one transaction."""
REST_FOR_EACH_S = 0.002
AFTER_A_FAULT_S = 0.5
UPKEEP_EVERY_S = 60.0
LOGGER = logging.getLogger(__name__)


def thread_pool(lane: WorkerPool, workers: int) -> Executor:
    """Threads that take the steps of a lane."""
    return ThreadPoolExecutor(workers, thread_name_prefix=lane.value)


@dataclass(frozen=True)
class Pools:
    """How many workers each lane has, and what makes its pool.

    With a pool that works at once, a turn takes its steps itself; the next writes their results.
    """

    workers: Mapping[WorkerPool, int] = field(default_factory=lambda: WORKERS)
    make: Callable[[WorkerPool, int], Executor] = thread_pool


class Engine:
    """Takes every run that is due one step further until `stop`.

    Without its thread it can be driven by hand: `take_over` once, then `turn` after `turn`.
    """

    def __init__(
        self,
        store: RunStore,
        advance: Callable[[Run], Run],
        *,
        throttle: ProviderThrottle | None = None,
        clock: Callable[[], float] = time.time,
        pools: Pools = Pools(),
        upkeep: Callable[[], object] = lambda: None,
        chance: random.Random | None = None,
    ) -> None:
        """`throttle` says how many runs may be sent; `pools` do the work.

        `upkeep` is called now and then beside the runs, such as to purge deleted ones."""
        self._store = store
        self._clock = clock
        chance = chance or random.Random()  # noqa: S311
        self._stepping = Stepping(advance, store.begin_sending, clock, chance)
        self._upkeep = upkeep
        self._upkeep_at = 0.0
        self._count_at = 0.0
        self.throttle = throttle or ProviderThrottle(clock=clock)
        self._workers = {lane: pools.workers.get(lane, 1) for lane in WorkerPool}
        self._capacity = {
            **self._workers,
            WorkerPool.STEPS: AHEAD * self._workers[WorkerPool.STEPS],
        }
        self._make_pool = pools.make
        self._busy = dict.fromkeys(WorkerPool, 0)
        self._held: dict[str, float] = {}
        self._results: queue.SimpleQueue[tuple[Claim, Run]] = queue.SimpleQueue()
        self._unwritten: list[tuple[Claim, Run]] = []
        self._signal = threading.Event()
        self._is_stopping = False
        self._pools: dict[WorkerPool, Executor] = {}
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)

    def start(self) -> None:
        """Take over what a former process left, then begin."""
        self.take_over()
        self._thread.start()

    def take_over(self) -> None:
        """Free what a former process worked on, and count what it sent of late."""
        self._store.release()
        self.throttle.sent(self._store.sent_since(self._clock() - MINUTE_S))
        self._pools = {lane: self._make_pool(lane, count) for lane, count in self._workers.items()}

    def wake(self) -> None:
        """There is something new to do: look now."""
        self._signal.set()

    def stop_taking(self) -> None:
        """Begin nothing new from now on; returns at once, and may be called by a signal handler."""
        # A plain value: a signal handler that waits for a lock may wait for itself.
        self._is_stopping = True

    def stop(self, timeout_s: float = 10.0) -> None:
        """Begin nothing new, finish what is in flight for up to `timeout_s`, leave the rest."""
        self.stop_taking()
        self._signal.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    def _loop(self) -> None:
        while True:
            self._signal.clear()
            stopping = self._is_stopping
            try:
                pause_s = self.turn()
            except DatabaseUnavailable as error:
                LOGGER.warning("%s What the steps brought is kept until it can be.", error.message)
                pause_s = AFTER_A_FAULT_S
            except Exception:
                LOGGER.exception("the scheduler's turn failed; it goes on")
                pause_s = AFTER_A_FAULT_S
            if stopping and not self.is_busy:
                return
            self._signal.wait(pause_s)
            if not stopping:
                time.sleep(min(REST_S, REST_FOR_EACH_S * sum(self._busy.values())))

    @property
    def is_busy(self) -> bool:
        """Whether a step is under way, or its result is not written yet."""
        return bool(self._unwritten) or any(self._busy.values())

    def turn(self) -> float:
        """Write what steps brought and hand out what is due; returns the seconds until the next.

        Raises:
            DatabaseUnavailable: nothing is written or handed out; results are kept for later.
        """
        while not self._results.empty():
            claim, run = self._results.get()
            self._busy[claim.lane] -= 1
            self._held.pop(run.id, None)
            self._unwritten.append((claim, run))
        now = self._clock()
        if self._is_due(self._count_at, now, COUNT_EVERY_S):
            self._count_at = now + COUNT_EVERY_S
            self._stepping.keep_apart(self._store.in_flight())
        stopping = self._is_stopping
        room = {
            lane: 0 if stopping else self._capacity[lane] - busy
            for lane, busy in self._busy.items()
        }
        allowance = Allowance(self.throttle.room(now), self.throttle.limits.in_flight)
        claims = self._store.tick(self._unwritten, now, LEASE_S, room, allowance, held=self._held)
        self._unwritten.clear()
        self.throttle.sent(now for claim in claims if claim.run.status is Status.QUEUED)
        for claim in claims:
            self._busy[claim.lane] += 1
            self._held[claim.run.id] = claim.lease_until
            self._submit(claim.lane, self._step, claim)
        if stopping:
            return STOPPING_S
        self._look_around(now)
        return self._until_next(now)

    def _submit(self, lane: WorkerPool, work: Callable[..., object], *given: object) -> None:
        try:
            self._pools[lane].submit(work, *given)
        except RuntimeError:
            # No thread could be started; the work is queued and taken by the next that is.
            LOGGER.exception("a thread could not be started; its work waits")

    def _look_around(self, now: float) -> None:
        """Ask whether a silent provider is back, and do what is done now and then."""
        if self.throttle.begin_question(now):
            self._submit(WorkerPool.STEPS, self._ask)
        if self._is_due(self._upkeep_at, now, UPKEEP_EVERY_S):
            self._upkeep_at = now + UPKEEP_EVERY_S
            self._end_what_is_never_taken(now)
            self._submit(WorkerPool.STEPS, self._keep_up)

    def _end_what_is_never_taken(self, now: float) -> None:
        """Queued runs wait for a silent or busy provider as long as it is said, and no longer."""
        longest_s = RULES[FailureKind.NOT_ACCEPTED].within_s
        if self.throttle.held_s >= longest_s:
            why = (
                f"The provider has taken no run for {span(longest_s)}. Nothing was accepted or "
                "charged. Send it again later."
            )
            self._store.end_queued(now - longest_s, now, why)

    def _until_next(self, now: float) -> float:
        """Seconds until the next turn. What is due and found no room waits for a result."""
        moments = (self._store.next_due(after=now), self.throttle.next_room_at(now))
        pauses = [moment - now for moment in moments if moment is not None]
        return min(IDLE_S, max(0.05, min(pauses, default=IDLE_S)))

    def _step(self, claim: Claim) -> None:
        """Take one step and hand its result in, whatever happens: a lost claim is a lost worker."""
        run = claim.run
        try:
            if not self._is_stopping:
                claim, run = self._stepping.take(claim)
        finally:
            self._results.put((claim, run))
            self._signal.set()

    def _ask(self) -> None:
        self.throttle.ask()
        self._signal.set()

    def _keep_up(self) -> None:
        try:
            self._upkeep()
        except Exception:
            LOGGER.exception("the upkeep failed; it is tried again")

    @staticmethod
    def _is_due(at: float, now: float, every_s: float) -> bool:
        """Whether a moment has come, or is further ahead than it can be: the clock was set back."""
        return not now < at <= now + every_s
