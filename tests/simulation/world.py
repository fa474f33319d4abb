"""One world: its clock, its people, its faults, and a playground that lives through them."""

import logging
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from components.errors import DatabaseUnavailable
from components.runs.queries.history import PAGE_MAX_RUNS, Query
from components.runs.run import Run, Status
from tests.samples.run_samples import NOW
from tests.simulation.invariants import Auditor
from tests.simulation.outside.fault_schedule import CLIMATES, DAY_S, Climate, FaultSchedule
from tests.simulation.outside.provider import PlayedProvider
from tests.simulation.outside.provider_records import Violation
from tests.simulation.playground import Playground
from tests.simulation.threads import Tasks
from tests.simulation.users import Users

HOUR_S = 3600.0
LONGEST_LIFE_S = 60 * DAY_S
"""By then every run has ended, whatever happened to it."""
MOST_TURNS = 40_000
FAULTS_IN_A_ROW = 30
"""So many turns that fail, with a database that can be written, mean that nothing goes on."""
MOST = 0.9
"""Where few faults come, so many of what was made ends up here."""
LOGGER = logging.getLogger(__name__)


class Killed(BaseException):
    """The process is gone, at once."""


@dataclass(frozen=True)
class Ending:
    """What a world was like."""

    seed: int
    runs: int
    days: float
    turns: int
    happened: Counter[str]


class World:
    """Plays one seed to its end; the first broken promise is raised as `Violation`."""

    def __init__(self, seed: int, runs: int, folder: Path, climate: str = "") -> None:
        self.seed = seed
        self.folder = folder
        self.chance = chance = random.Random(seed)
        self.climate: Climate = CLIMATES[climate or chance.choice([*CLIMATES])]
        self.now = self.began_at = NOW
        self.skew_s = 0.0
        self.happened: Counter[str] = Counter()
        self.tasks = Tasks(chance)
        self.fault_schedule = FaultSchedule(self.climate, NOW, chance)
        self.provider = PlayedProvider(
            self.fault_schedule, lambda: self.now, self._pass_time, chance
        )
        self.auditor = Auditor(self.provider.records)
        self.users = Users(self.provider, chance)
        mean = 1 / self.climate.arrives_s
        self._arrivals = sorted(NOW + chance.expovariate(mean) for _ in range(runs))
        self._last_arrival = self._arrivals[-1]
        self._lock: sqlite3.Connection | None = None
        self._lock_turns = 0
        self._depth = 0
        self._is_settling = False
        self._turns = 0
        self._failed_turns = 0
        self.playground = Playground(self)

    def clock(self) -> float:
        """What the clock on the wall says."""
        return self.now + self.skew_s

    def saw(self, run: Run) -> None:
        """A step ended with this run."""
        self.happened[f"step to {run.status}"] += 1
        self.holds(lambda: self.auditor.check_words(run, self.now))

    def holds(self, check: Callable[[], None]) -> None:
        """Let a check raise what it finds."""
        check()

    def moment(self) -> None:
        """Something may happen in the middle of anything: an end, a click, a turn of the engine."""
        if self._depth or self._is_calm:
            return
        drawn = self.chance.random()
        if drawn < 0.0008:
            self.happened["kill"] += 1
            raise Killed
        if drawn < 0.008:
            self._depth += 1
            with suppress(DatabaseUnavailable):
                self._meanwhile(drawn)
            self._depth -= 1

    def play(self) -> Ending:
        """Live until every run has ended, then look at all of them."""
        while not self._is_over():
            self._go_on()
        self._settle()
        runs = list(self._all_runs())
        for run in runs:
            self.holds(partial(self.auditor.check_end, run))
            self.holds(partial(self.auditor.check_charge, run))
        self._check_accounts(runs)
        days = (self.now - self.began_at) / DAY_S
        self.playground.end()
        return Ending(self.seed, len(self.users.run_ids), days, self._turns, self.happened)

    @property
    def _is_calm(self) -> bool:
        """Trouble is over for good."""
        return self._is_settling or self.now > self.began_at + self.climate.ends_s

    def _meanwhile(self, drawn: float) -> None:
        if drawn < 0.002:
            # One thread takes all turns.
            if not self.playground.is_in_turn:
                self.playground.turn()
        elif drawn < 0.003:
            self._jump()
        elif self.now < self._last_arrival + DAY_S:
            self.users.act(self.playground.service)

    def _go_on(self) -> None:
        self._turns += 1
        try:
            self._mishap()
            self._arrive()
            self._turn()
            ran = self.tasks.run_some(0.0 if self._is_calm else self.chance.choice([0, 0, 0.3]))
            if self._turns % 5 == 0:
                self._look_for_charges()
            self._wait(ran)
        except Killed:
            self._restart()

    def _turn(self) -> None:
        try:
            self.playground.turn()
            self._failed_turns = 0
        except DatabaseUnavailable:
            self.happened["database away"] += 1
            self._failed_turns += self._lock is None
        except Exception as error:
            LOGGER.info("a turn failed: %r", error)
            self.happened[f"turn failed: {type(error).__name__}"] += 1
            self._failed_turns += 1
            if self._failed_turns > FAULTS_IN_A_ROW:
                raise Violation(f"no turn works any more: {error!r}") from error

    def _arrive(self) -> None:
        while self._arrivals and self._arrivals[0] <= self.now:
            self._arrivals.pop(0)
            self.users.submit(self.playground.service)
        # Who looks again for ever keeps a run from ever ending.
        if self.now < self._last_arrival + DAY_S and self.chance.random() < 0.06:
            self.users.act(self.playground.service)

    def _look_for_charges(self) -> None:
        with suppress(DatabaseUnavailable):
            self.playground.charge_reconciler.reconcile()

    def _wait(self, ran: int) -> None:
        """Let time go by: little while much happens, more the longer a run is at it."""
        reach_s = min(40.0 + 0.2 * max(0.0, self.now - self._last_arrival), self.climate.sleep_s)
        pause_s = self.chance.choice([0.05, 1.0, 1.0]) * self.chance.uniform(0.0, reach_s)
        if not ran and not self._failed_turns:
            pause_s = max(pause_s, self._idle_s())
        self._pass_time(pause_s)

    def _idle_s(self) -> float:
        """How long nothing is due."""
        now = self.clock()
        moments = [self._arrivals[0] - self.now] if self._arrivals else []
        with suppress(DatabaseUnavailable):
            if (due := self.playground.store.next_due(after=now)) is not None:
                moments.append(due - now)
        if (room_at := self.playground.engine.throttle.next_room_at(now)) is not None:
            moments.append(room_at - now)
        return max(0.0, min(moments, default=5.0)) if moments else 5.0

    def _pass_time(self, seconds: float) -> None:
        self.now += seconds

    def _mishap(self) -> None:
        if self._lock:
            self._lock_turns -= 1
            if self._lock_turns <= 0:
                self._unlock()
        if self._is_calm:
            self.skew_s = 0.0
            return
        drawn = self.chance.random()
        if drawn < 0.004:
            self.happened["kill"] += 1
            raise Killed
        if drawn < 0.007:
            self._jump()
        elif drawn < 0.012:
            self._lock_database()
        elif drawn < 0.0135:
            self.happened["closed"] += 1
            self._restart(self.chance.choice([60.0, 8 * HOUR_S, 3 * DAY_S]))

    def _jump(self) -> None:
        """The wall clock is set: to the right time, an hour back, or far off."""
        self.happened["clock set"] += 1
        self.skew_s = self.chance.choice([0.0, 0.0, -HOUR_S, HOUR_S, -20 * 60.0, 12 * HOUR_S])

    def _lock_database(self) -> None:
        if self._lock is None:
            self.happened["locked"] += 1
            path = self.folder / "runs.sqlite3"
            self._lock = sqlite3.connect(path, isolation_level=None, timeout=0)
            self._lock.execute("BEGIN IMMEDIATE")
            self._lock_turns = self.chance.randint(1, 4)

    def _unlock(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    def _restart(self, away_s: float = 5.0) -> None:
        """The process is gone, and after a while there is another one."""
        self._unlock()
        self._depth = 0
        self.playground.end()
        self.tasks = Tasks(self.chance)
        self._pass_time(away_s)
        self.playground = Playground(self)
        for run in self.playground.store.find(
            Query(status=Status.SUBMITTING, limit=PAGE_MAX_RUNS)
        ).runs:
            if made := self.provider.records.by_client.get(run.id):
                # What was answered went with the process.
                made.given.clear()

    def _is_over(self) -> bool:
        if self._turns >= MOST_TURNS or self.now > self.began_at + LONGEST_LIFE_S:
            stuck = [f"{run.id}: {run.status}, {run.trouble}" for run in self._under_way()]
            raise Violation(f"does not end ({self._turns} turns): {stuck[:5]}")
        if self._arrivals or self.tasks or self._turns % 3 or self._lock:
            return False
        return self.playground.store.next_due() is None

    def _settle(self) -> None:
        """Two quiet days, and a restart, for charges that land late."""
        self._unlock()
        self._is_settling = True
        self.fault_schedule.clear()
        self.skew_s = 0.0
        for step in range(12):
            if step == 4:
                self._restart()
            self.playground.turn()
            self.tasks.run_some()
            self._look_for_charges()
            self._pass_time(4 * HOUR_S)

    def _under_way(self) -> Iterator[Run]:
        return (run for run in self._all_runs() if not run.status.is_final)

    def _all_runs(self) -> Iterator[Run]:
        cursor, more = "", True
        while more:
            page = self.playground.store.find(Query(limit=PAGE_MAX_RUNS, cursor=cursor))
            yield from page.runs
            cursor, more = page.next_cursor, bool(page.next_cursor)

    def _check_accounts(self, runs: list[Run]) -> None:
        """No generation is in two runs, and so booked twice."""
        named = Counter(run.generation_id for run in runs if run.generation_id)
        doubled = {name: count for name, count in named.items() if count > 1}
        if doubled:
            raise Violation(f"one generation in several runs: {doubled}")
        made = [run for run in runs if self.auditor.may_be_done(run)]
        done = sum(run.status is Status.DONE for run in made)
        if self.climate == CLIMATES["fair"] and done < MOST * len(made):
            raise Violation(f"of {len(made)} runs that were made only {done} are done")
