"""Nothing is endless: however troubles alternate, and whatever the clock does, a run ends.

The steps are taken one after the other against a provider in memory, some of them by an engine that
is driven by hand; no time passes but that of the clock.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from components.errors import (
    AnswerLost,
    BadKey,
    BadRequest,
    DiskFull,
    DownloadFailed,
    Facts,
    Overloaded,
    ProviderError,
    StorageError,
    Unreachable,
)
from components.provider.answers.answer_models import Receipt, VideoAnswer
from components.provider.client import ProviderClient
from components.runs.engine.faults import after_a_fault
from components.runs.engine.scheduler import Engine, Pools
from components.runs.new_runs.resend import can_look_again, looked_for_again
from components.runs.retry import DAY_S, HOUR_S, MINUTE_S, FailureKind
from components.runs.run import Output, Run, Status
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import Collector
from components.runs.steps.runner import StepRunner
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from components.runs.timing.provider_throttle import ProviderThrottle
from tests.samples.models import CATALOG
from tests.samples.run_samples import NOW, Clock, FullPause, nearly_over, sample_run

TEN_DAYS_S = 10 * DAY_S
TURN_S = 4 * MINUTE_S
Reply = Exception | VideoAnswer | None


def answer(**fields: Any) -> VideoAnswer:
    return VideoAnswer.model_validate({"id": "g-1", "status": "generating", **fields})


GONE = Unreachable("No connection.")
ODD = Unreachable("The provider's answer could not be read.", Facts(status_code=200))
LOOKS: dict[str, tuple[Reply, ...]] = {
    "always unreadable": (ODD,),
    "always away": (GONE,),
    "away and denied": (GONE, BadKey("No key (401).")),
    "away, denied, unknown": (GONE, BadKey("No (401)."), BadRequest("No (404).")),
    "no address, and going on": (answer(status="completed"), answer()),
    "going on for ever": (answer(),),
    "an odd report, and going on": (
        answer(status="dreaming", error={"message": "No GPU left"}),
        answer(),
        GONE,
    ),
    "a fault of ours": (RuntimeError("a bug"),),
    "a fault of ours, and away": (RuntimeError("a bug"), GONE),
    "busy": (Overloaded("Busy.", Facts(retry_after_s=300.0, status_code=503)),),
}
SEARCHES: dict[str, tuple[Reply, ...]] = {
    "never in the log": (None,),
    "never readable": (GONE,),
    "in no log, or an unreadable one": (None, GONE),
    "in no log, a fault of ours, or an unreadable log": (None, RuntimeError("a bug"), GONE),
}
COPIES: dict[str, tuple[Reply, ...]] = {
    "full": (DiskFull("There is no room left."),),
    "full, and broken": (DiskFull("There is no room left."), DownloadFailed("Broken.")),
    "a fault of ours, and broken": (RuntimeError("a bug"), DownloadFailed("Broken.")),
}


@dataclass
class Troubled:
    """A provider, and a place for files, that answers everything by the next of its replies."""

    replies: Iterator[Reply]
    posts: int = 0
    asked: int = 0

    def _next(self) -> Any:
        self.asked += 1
        reply = next(self.replies)
        if isinstance(reply, Exception):
            raise reply.with_traceback(None)
        return reply

    def video_status(self, _: str) -> tuple[VideoAnswer, Receipt]:
        try:
            return self._next(), Receipt()
        except StorageError:
            raise GONE from None

    def find_log(self, _: str, **__: Any) -> None:
        return cast("None", self._next())

    def collect(self, *_: Any) -> Output:
        return cast("Output", self._next())

    def submit_video(self, *_: Any) -> tuple[VideoAnswer, Receipt]:
        self.posts += 1
        return self._next(), Receipt()

    def durations(self, _: list[str]) -> dict[str, Any]:
        return {}


class AtOnce(Executor):
    def submit(self, work: Callable[..., Any], /, *given: Any, **_: Any) -> Future[Any]:
        work(*given)
        return Future()


@dataclass
class House:
    """An engine driven by hand, in front of a troubled provider."""

    store: RunStore
    provider: Troubled
    clock: Clock
    engine: Engine = field(init=False)
    steps: StepRunner = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin, or begin again as after a restart."""
        client = cast("ProviderClient", self.provider)
        expectations = Expectations(CATALOG, self.store, self.provider.durations, clock=self.clock)
        throttle = ProviderThrottle(clock=self.clock, chance=FullPause(), question=self._question)
        collector = cast("Collector", self.provider)
        self.steps = StepRunner(
            StepContext(
                CATALOG,
                client,
                cast("Any", None),
                collector,
                expectations,
                self.clock,
                FullPause(),
                throttle,
            )
        )
        pools = Pools(make=lambda _lane, _count: AtOnce())
        self.engine = Engine(
            self.store, self.steps.advance, throttle=throttle, clock=self.clock, pools=pools
        )
        self.engine.take_over()

    def _question(self) -> None:
        reply = self.provider._next()
        if not isinstance(reply, ProviderError):
            return

    def pass_time(self, seconds: float) -> None:
        """Let the engine take its turns as time passes, one every few minutes at least."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            pause_s = self.engine.turn()
            if not self.engine.is_busy:
                due = self.store.next_due(after=self.clock.now)
                leap_s = (due - self.clock.now) if due else TURN_S
                self.clock.now += max(pause_s, min(leap_s, TURN_S))

    def step(self, run: Run) -> Run:
        """Take a run's next step when it is due, as the engine would."""
        self.clock.now = max(self.clock.now, run.next_step_at)
        try:
            return self.steps.advance(run)
        except (RuntimeError, ProviderError):
            return after_a_fault(run, self.clock.now, 1.0)

    def lead(self, *runs: Run, seconds: float = TEN_DAYS_S) -> list[Run]:
        """Take the steps of runs in the order they are due, until all are over or time is."""
        end, over = self.clock.now + seconds, list[Run]()
        going = [(run.next_step_at, number, run) for number, run in enumerate(runs)]
        while going and self.clock.now < end:
            _, number, run = heapq.heappop(going)
            run = self.step(run)
            if run.status.is_final:
                over.append(run)
            else:
                heapq.heappush(going, (run.next_step_at, number, run))
        return over + [run for _, _, run in going]


def house(store: RunStore, *replies: Reply) -> House:
    return House(store, Troubled(itertools.cycle(replies)), Clock())


def given(status: Status, **changes: Any) -> Run:
    outputs = (Output("video", "https://a/b.mp4"),) if status is Status.SAVING else ()
    known = {"outputs": outputs, "submitted_at": NOW, "inference_id": None, **changes}
    if status is not Status.UNCERTAIN:
        known["generation_id"] = "g-1"
    return sample_run(status=status, **known)


CASES = [
    *((Status.GENERATING, replies) for replies in LOOKS.values()),
    *((Status.UNCERTAIN, replies) for replies in SEARCHES.values()),
    *((Status.SAVING, replies) for replies in COPIES.values()),
]


@pytest.mark.parametrize(("status", "replies"), CASES, ids=[*LOOKS, *SEARCHES, *COPIES])
def test_within_ten_days_every_run_is_set_aside_with_all_that_is_known(
    store: RunStore, status: Status, replies: tuple[Reply, ...]
) -> None:
    here = house(store, *replies)
    begun = given(status)
    if status is Status.GENERATING and len(replies) > 1:
        # Looks by the plan are many: such a run begins as one that is late already.
        begun = replace(begun, submitted_at=NOW - HOUR_S)
        begun = nearly_over(begun, FailureKind.STILL_GOING, NOW, left_s=HOUR_S)
    (run,) = here.lead(begun)
    assert (run.status, can_look_again(run)) == (Status.FAILED, True), run.note
    assert 25 * MINUTE_S < here.clock.now - NOW < 8 * DAY_S
    assert run.charged_usd is None
    assert "charged" in run.error or "paid for" in run.error
    assert "ook again" in run.error
    assert run.generation_id == ("g-1" if status is not Status.UNCERTAIN else None)
    assert [it.remote_url for it in run.outputs] == ["https://a/b.mp4"] * (status is Status.SAVING)
    assert here.provider.posts == 0
    here.provider.replies = itertools.cycle([GONE])
    again = here.step(looked_for_again(run, here.clock.now))
    assert (again.status, again.tallies[0].tries) == (status, 1)


def test_many_runs_behind_a_silent_provider_all_end_after_a_try_of_their_own(
    store: RunStore,
) -> None:
    here = house(store, GONE)
    waiting = [given(Status.GENERATING, run_id=f"run-{it}") for it in range(40)]
    left_s = 6 * HOUR_S
    runs = here.lead(
        *(nearly_over(it, FailureKind.POLL_FAILED, NOW, left_s=left_s) for it in waiting)
    )
    assert {(run.status, run.unresolved) for run in runs} == {(Status.FAILED, True)}
    lasted_s = here.clock.now - NOW
    assert left_s < lasted_s < left_s + HOUR_S
    # A dead provider was left alone all the same: about one call a minute, and a last one each.
    assert here.provider.asked < lasted_s / 30


def test_queued_runs_end_free_when_the_provider_takes_nothing_for_six_hours(
    store: RunStore,
) -> None:
    here = house(store, GONE)
    store.add(*(sample_run(f"run-{it}") for it in range(8)))
    here.pass_time(5.5 * HOUR_S)
    assert store.get("run-7").status is Status.QUEUED
    store.add(sample_run("late", created_at=here.clock.now, next_step_at=here.clock.now))
    here.pass_time(HOUR_S)
    for it in range(8):
        run = store.get(f"run-{it}")
        assert (run.status, run.charged_usd, run.unresolved) == (Status.FAILED, 0.0, False)
        assert "for 6 hours" in run.error
        assert "charged. Send it again later." in run.error
    assert store.get("late").status is Status.QUEUED


def test_a_lost_answer_is_never_sent_again_and_ends(store: RunStore) -> None:
    here = house(store, AnswerLost("Lost."), None)
    here.provider.replies = itertools.chain([AnswerLost("Lost.")], itertools.repeat(None))
    (run,) = here.lead(sample_run(status=Status.SUBMITTING, submitted_at=NOW))
    assert (run.status, run.unresolved, here.provider.posts) == (Status.FAILED, True, 1)


@pytest.mark.parametrize("restarts", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize(
    "status", [Status.GENERATING, Status.UNCERTAIN, Status.SAVING, Status.QUEUED]
)
def test_a_clock_set_back_an_hour_keeps_nobody_waiting(
    store: RunStore, status: Status, restarts: bool
) -> None:
    here = house(store, ODD)
    changes: dict[str, Any] = {"status": status}
    if status is not Status.QUEUED:
        changes["generation_id"] = "g-1"
    changes["outputs"] = (Output("video", "https://a/b.mp4"),)
    store.add(sample_run(next_step_at=NOW + HOUR_S, submitted_at=NOW, **changes))
    here.clock.now = NOW - DAY_S if restarts else NOW + HOUR_S
    if restarts:
        here.start()
    else:
        here.pass_time(1)
        here.clock.now = NOW - DAY_S
    before = here.provider.asked
    here.pass_time(20 * MINUTE_S)
    assert here.provider.asked > before


def test_a_clock_set_back_opens_no_gate_and_closes_none_for_long(store: RunStore) -> None:
    here = house(store, GONE)
    throttle = here.engine.throttle
    for _ in range(5):
        with pytest.raises(Unreachable), throttle.asking():
            raise GONE
    assert throttle.room(here.clock.now) == 0
    here.clock.now -= HOUR_S
    assert throttle.room(here.clock.now) == 1 or throttle.begin_question(here.clock.now)
    with pytest.raises(Unreachable), throttle.sending():
        raise GONE
    assert throttle.room(here.clock.now) == 0


def test_sends_of_the_last_minute_are_not_counted_for_an_hour_when_the_clock_is_set_back() -> None:
    throttle, now = ProviderThrottle(clock=Clock()), NOW
    throttle.sent([now] * throttle.limits.per_minute)
    now -= HOUR_S
    assert throttle.room(now) == 0
    assert throttle.room(now + MINUTE_S) == throttle.limits.per_minute


def test_a_clock_that_leaps_forward_takes_no_run_out_of_the_hands_that_work_on_it(
    store: RunStore,
) -> None:
    """A request under way would else be looked for as one that was interrupted."""
    left: list[Any] = []

    class Later(AtOnce):
        def submit(self, work: Callable[..., Any], /, *given: Any, **_: Any) -> Future[Any]:
            left.append((work, given))
            return Future()

    clock = Clock()

    def accept(run: Run) -> Run:
        return run.moved(Status.SAVING, clock.now + HOUR_S, "Made.")

    store.add(sample_run())
    engine = Engine(store, accept, clock=clock, pools=Pools(make=lambda _l, _c: Later()))
    engine.take_over()
    engine.turn()
    (step,) = [(work, given) for work, given in left if given]
    store.begin_sending(step[1][0], NOW)
    clock.now += 2 * HOUR_S
    engine.turn()
    assert store.get("run-1").status is Status.SUBMITTING
    assert len([given for _, given in left if given]) == 1


def test_days_in_which_the_playground_is_off_bring_no_run_to_its_end(store: RunStore) -> None:
    here, run = house(store, None), given(Status.UNCERTAIN)
    for _ in range(2):
        run = here.step(run)
        here.clock.now += 3 * DAY_S
    assert here.step(run).status is Status.UNCERTAIN
