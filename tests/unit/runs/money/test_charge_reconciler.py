"""A charge that lands after the end is found in the ledger, and a run never waits for it."""

from dataclasses import replace
from itertools import pairwise

import pytest

from components.errors import BadRequest, ProviderPaused, Unreachable
from components.runs.money.charge_reconciler import (
    INTERVAL_S,
    PAGES_AT_ONCE,
    PAUSE_LONGEST_S,
    ChargeReconciler,
)
from components.runs.money.charge_schedule import SEARCH_GAPS_S
from components.runs.new_runs.resend import looked_for_again
from components.runs.retry import DAY_S, HOUR_S
from components.runs.run import Run, Status
from components.runs.store.run_store import RunStore
from components.runs.wording import NOT_SHOWN_AS_CHARGED
from tests.samples.run_samples import NOW, Clock, FullPause, rename, sample_run
from tests.servers.played_ledger import PAGE_ROWS, PlayedLedger

WEEKEND_S = 63 * HOUR_S
UNKNOWN = (
    "The provider's ledger shows no charge for this run, {} after its end. What it cost, if "
    "anything, is not known here; the account at the provider tells."
)


def ended(run_id: str, at: float = NOW, **changes: object) -> Run:
    known = {"status": Status.DONE, "submitted_at": at - 60, "finished_at": at}
    return sample_run(run_id, **{**known, "inference_id": f"inf-{run_id}", **changes})


@pytest.fixture
def ledger() -> PlayedLedger:
    return PlayedLedger()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def late(store: RunStore, ledger: PlayedLedger, clock: Clock) -> ChargeReconciler:
    return ChargeReconciler(store, ledger.page, clock, FullPause())


def look_on(late: ChargeReconciler, clock: Clock, for_s: float, every_s: float = 60.0) -> None:
    """Take turns for so long."""
    end = clock.now + for_s
    while clock.now <= end:
        late.reconcile()
        clock.now += every_s


def test_a_charge_is_filled_in_once_the_ledger_has_it(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    store.add(ended("a", quoted_usd=0.5))
    late.reconcile()
    assert store.get("a").charged_usd is None
    ledger.book(NOW + 5, "inf-a", 0.56)
    clock.now += 10
    late.reconcile()
    run = store.get("a")
    assert (run.status, run.charged_usd, run.finished_at) == ("done", 0.56, NOW)
    assert run.events[-1].what == "Charged $0.56, says the provider's ledger."
    look_on(late, clock, HOUR_S)
    assert len(ledger.asked) == 2


def test_after_half_a_day_the_run_says_that_its_charge_is_unknown(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    store.add(ended("a"))
    look_on(late, clock, DAY_S / 2)
    assert not store.get("a").charge_unknown
    look_on(late, clock, DAY_S)
    run = store.get("a")
    assert (run.charge_unknown, run.charged_usd) == (True, None)
    assert run.events[-1].what == UNKNOWN.format("15 hours")
    look_on(late, clock, 3 * DAY_S, every_s=HOUR_S)
    assert len(ledger.asked) == len(SEARCH_GAPS_S)


def test_the_ledger_is_watched_as_long_where_the_clock_was_half_a_day_ahead(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    store.add(ended("a", NOW + DAY_S / 2))
    look_on(late, clock, 2 * HOUR_S, every_s=600)
    assert not store.get("a").charge_unknown
    ledger.book(clock.now, "inf-a", 0.56)
    look_on(late, clock, DAY_S, every_s=600)
    assert store.get("a").charged_usd == 0.56


def test_a_run_that_ends_once_more_has_its_charge_looked_for_once_more(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    store.add(ended("a", status=Status.FAILED, unresolved=True))
    look_on(late, clock, 2 * DAY_S, every_s=HOUR_S)
    assert store.get("a").charge_unknown
    store.change("a", lambda run: looked_for_again(run, clock.now))
    store.change("a", lambda run: run.failed(clock.now, "Not found.", unresolved=True))
    ledger.book(clock.now, "inf-a", 0.56)
    look_on(late, clock, HOUR_S)
    assert store.get("a").charged_usd == 0.56


def test_a_charge_takes_the_place_of_the_sentence_that_there_is_none(
    store: RunStore, ledger: PlayedLedger, late: ChargeReconciler
) -> None:
    lost = f"The answer was lost. {NOT_SHOWN_AS_CHARGED} You can look again."
    store.add(ended("a", status=Status.FAILED, error=lost, unresolved=True))
    ledger.book(NOW, "inf-a", 0.56)
    late.reconcile()
    said = "The answer was lost. Charged $0.56, says the provider's ledger. You can look again."
    assert store.get("a").error == said


def test_only_runs_that_may_have_a_charge_are_looked_for(
    store: RunStore, ledger: PlayedLedger, late: ChargeReconciler
) -> None:
    runs = [
        ended("charged", charged_usd=0.3),
        ended("free", charged_usd=0.0),
        ended("under way", status=Status.SAVING, finished_at=None),
        ended("withdrawn", status=Status.CANCELLED),
        ended("never sent", status=Status.FAILED, inference_id=None),
        ended("long ago", NOW - 300 * DAY_S),
        ended("lost", status=Status.FAILED),
        ended("by generation", inference_id=None, generation_id="inf-by generation"),
    ]
    store.add(*runs)
    for run in runs:
        ledger.book((run.finished_at or NOW) + 1, f"inf-{run.id}", 0.9)
    late.reconcile()
    booked = {run.id for run in runs if store.get(run.id).charged_usd == 0.9}
    assert booked == {"lost", "by generation", "long ago"}


def test_twenty_runs_cost_as_many_requests_as_one(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    """None of them is found, which costs most: the ledger is read to the earliest one's sending."""
    ledger.book_others(1_500, NOW - 30, NOW)
    store.add(*(ended(str(number), NOW - number) for number in range(20)))
    look_on(late, clock, DAY_S)
    assert len(ledger.asked) == len(SEARCH_GAPS_S) * 15


def test_runs_that_end_in_quick_succession_are_looked_for_together(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    for number in range(20):
        store.add(ended(str(number), clock.now))
        look_on(late, clock, 0, every_s=INTERVAL_S)
    look_on(late, clock, DAY_S)
    assert all(store.get(str(number)).charge_unknown for number in range(20))
    assert len(ledger.asked) <= 5 * len(SEARCH_GAPS_S)


def test_a_scan_ends_with_the_last_charge_that_is_looked_for(
    store: RunStore, ledger: PlayedLedger, late: ChargeReconciler
) -> None:
    store.add(ended("a"), ended("b"))
    ledger.book_others(1_000, NOW - 3 * 60, NOW)
    ledger.book(NOW + 1, "inf-a", 1.0)
    ledger.book(NOW + 1, "inf-b", 2.0)
    late.reconcile()
    assert (store.get("a").charged_usd, store.get("b").charged_usd) == (1.0, 2.0)
    assert len(ledger.asked) == 1


def test_a_ledger_longer_than_a_turn_is_read_on_and_keeps_nobody_waiting(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    """More charges than one turn reads lie between the run's own and now."""
    store.add(ended("slow", NOW - HOUR_S))
    ledger.book(NOW - HOUR_S + 1, "inf-slow", 0.5)
    ledger.book_others(int(2.5 * PAGES_AT_ONCE * PAGE_ROWS), NOW - HOUR_S + 2, NOW)
    late.reconcile()
    assert store.get("slow").charged_usd is None
    clock.now += 10
    store.add(ended("quick", clock.now))
    ledger.book(clock.now, "inf-quick", 0.7)
    late.reconcile()
    assert store.get("quick").charged_usd == 0.7
    look_on(late, clock, 4 * INTERVAL_S, every_s=INTERVAL_S)
    assert store.get("slow").charged_usd == 0.5
    assert len(ledger.asked) <= 2.6 * PAGES_AT_ONCE


@pytest.mark.parametrize("looks_before", [0, 1])
def test_a_playground_closed_over_a_weekend_looks_after_its_start(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler, looks_before: int
) -> None:
    store.add(ended("a"))
    for _ in range(looks_before):
        late.reconcile()
    ledger.book(NOW + 60, "inf-a", 0.56)
    clock.now += WEEKEND_S
    ChargeReconciler(store, ledger.page, clock).reconcile()
    assert store.get("a").charged_usd == 0.56


def test_a_charge_that_lands_after_such_a_weekend_is_found_as_well(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    store.add(ended("a"))
    clock.now += WEEKEND_S / 3
    look_on(late, clock, HOUR_S)
    ledger.book(clock.now, "inf-a", 0.56)
    look_on(late, clock, 3 * HOUR_S)
    assert store.get("a").charged_usd == 0.56


def test_looks_are_counted_over_restarts(
    store: RunStore, ledger: PlayedLedger, clock: Clock
) -> None:
    store.add(ended("a"))
    for _ in range(2 * 24 * 6):
        ChargeReconciler(store, ledger.page, clock).reconcile()
        clock.now += 600
    assert store.get("a").charge_unknown
    assert len(ledger.asked) == len(SEARCH_GAPS_S)


def test_a_run_that_ended_once_more_is_looked_for_anew(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    store.add(ended("a", status=Status.FAILED, unresolved=True, generation_id="g"))
    look_on(late, clock, DAY_S)
    assert store.get("a").charge_unknown
    store.change("a", lambda run: run.moved(Status.GENERATING, clock.now, "Looked for again."))
    assert not store.get("a").charge_unknown
    store.change("a", lambda run: run.failed(clock.now, "Again in vain.", unresolved=True))
    late.reconcile()
    assert not store.get("a").charge_unknown
    ledger.book(clock.now, "inf-a", 0.5)
    look_on(late, clock, 60, every_s=10)
    assert store.get("a").charged_usd == 0.5


def test_a_silent_ledger_is_left_alone_for_longer_each_time(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    ledger.failure = lambda _: Unreachable("It did not answer.")
    store.add(ended("a"), ended("b", NOW - 9 * DAY_S))
    asked_at = []
    for _ in range(int(4 * HOUR_S / INTERVAL_S)):
        before = len(ledger.asked)
        late.reconcile()
        asked_at += [clock.now] * (len(ledger.asked) - before)
        clock.now += INTERVAL_S
    pauses = [after - before for before, after in pairwise(asked_at)]
    assert pauses == sorted(pauses)
    assert pauses[0] == pytest.approx(90, abs=5)
    assert pauses[-1] == pytest.approx(1770, abs=5)
    ledger.failure = lambda _: None
    ledger.book(NOW, "inf-a", 1.0)
    ledger.book(NOW - 9 * DAY_S, "inf-b", 2.0)
    look_on(late, clock, PAUSE_LONGEST_S)
    assert (store.get("a").charged_usd, store.get("b").charged_usd) == (1.0, 2.0)


def test_while_the_provider_is_paused_nothing_is_asked(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    ledger.failure = lambda _: ProviderPaused("Not now.", until=NOW + 20)
    store.add(ended("a"), ended("b", NOW - 9 * DAY_S))
    late.reconcile()
    ledger.failure = lambda _: None
    ledger.book(NOW, "inf-a", 1.0)
    clock.now += 19
    late.reconcile()
    assert len(ledger.asked) == 1
    clock.now += 1
    late.reconcile()
    assert store.get("a").charged_usd == 1.0


def test_a_part_that_is_never_answered_keeps_no_other(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    def failure(since_s: float) -> Unreachable | None:
        return Unreachable("Too slow.") if since_s > NOW - HOUR_S else None

    ledger.failure = failure
    store.add(ended("slow"), ended("old", NOW - 9 * DAY_S))
    ledger.book(NOW - 9 * DAY_S, "inf-old", 1.0)
    look_on(late, clock, 300)
    assert store.get("old").charged_usd == 1.0


def test_a_part_of_the_ledger_that_fails_keeps_no_other(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    def failure(since_s: float) -> BadRequest | None:
        return BadRequest("Too long ago.") if since_s < NOW - DAY_S else None

    ledger.failure = failure
    store.add(ended("old", NOW - 9 * DAY_S), ended("a"))
    late.reconcile()
    clock.now += 10
    ledger.book(NOW, "inf-a", 1.0)
    late.reconcile()
    assert store.get("a").charged_usd == 1.0
    look_on(late, clock, 2 * DAY_S, every_s=300)
    run = store.get("old")
    assert run.charge_unknown
    assert run.events[-1].what.startswith("The provider's ledger could not be read, 10 days after")
    asked = len(ledger.asked)
    look_on(late, clock, 2 * DAY_S, every_s=300)
    assert len(ledger.asked) == asked


@pytest.mark.parametrize("status_of_end", ["read", "never read"])
def test_no_run_is_looked_for_without_an_end(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler, status_of_end: str
) -> None:
    if status_of_end == "never read":
        ledger.failure = lambda _: Unreachable("It did not answer.")
    store.add(ended("a"), ended("b", NOW - 9 * DAY_S), ended("c", NOW - 2 * DAY_S))
    look_on(late, clock, 9 * DAY_S, every_s=300)
    assert all(store.get(run_id).charge_unknown for run_id in "abc")


def test_a_cursor_that_is_taken_no_more_is_replaced_by_the_time(
    store: RunStore, ledger: PlayedLedger, late: ChargeReconciler
) -> None:
    store.add(ended("a", NOW - HOUR_S))
    ledger.forgets_cursors = True
    ledger.book(NOW - HOUR_S + 1, "inf-a", 0.5)
    ledger.book_others(1_000, NOW - HOUR_S + 2, NOW)
    late.reconcile()
    assert store.get("a").charged_usd == 0.5


def test_a_clock_set_back_delays_a_look_by_as_much_at_most(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    store.add(ended("a"))
    late.reconcile()
    ledger.book(NOW, "inf-a", 0.5)
    clock.now -= 30 * DAY_S
    late.reconcile()
    assert store.get("a").charged_usd == 0.5


def test_a_charge_that_lands_after_the_purge_still_counts(
    store: RunStore, ledger: PlayedLedger, clock: Clock, late: ChargeReconciler
) -> None:
    store.add(ended("a", quoted_usd=0.5), ended("b", inference_id=None, generation_id="inf-b"))
    late.reconcile()
    store.delete(["a", "b"], NOW)
    assert store.purge(NOW + 1, str.strip) == 2
    assert store.spent_today(NOW).reserved_usd == 0.5
    ledger.book(NOW + 5, "inf-a", 0.56)
    ledger.book(NOW + 5, "inf-b", 0.07)
    clock.now += 10
    late.reconcile()
    spent = store.spent_today(NOW)
    assert spent.charged_usd == pytest.approx(0.63)
    assert spent.reserved_usd == 0
    assert store.uncharged() == []


def test_a_run_purged_while_the_ledger_is_read_gets_its_charge(store: RunStore) -> None:
    store.add(ended("a", quoted_usd=0.5))
    (waiting,) = store.uncharged()
    store.delete(["a"], NOW)
    store.purge(NOW + 1, str.strip)
    store.add(ended("b", inference_id="of another run with this id"))
    rename(store, "b", "a")
    store.note_charge(waiting, 0.56, NOW)
    assert store.spent_today(NOW).charged_usd == 0.56
    assert store.get("a").charged_usd is None


def test_a_charge_that_is_known_by_now_is_not_written_over(store: RunStore) -> None:
    store.add(ended("a"))
    (waiting,) = store.uncharged()
    store.note_charge(waiting, 0.3, NOW)
    store.note_charge(waiting, 0.9, NOW)
    assert store.get("a").charged_usd == 0.3
    store.note_charge(replace(waiting, run_id="nobody", inference_id="nothing"), 0.9, NOW)


@pytest.mark.parametrize("usd", [-0.5, float("nan"), float("inf")])
def test_what_nobody_can_be_charged_is_not_booked(
    store: RunStore, ledger: PlayedLedger, late: ChargeReconciler, usd: float
) -> None:
    store.add(ended("a"))
    (waiting,) = store.uncharged()
    store.note_charge(waiting, usd, NOW)
    assert store.get("a").charged_usd is None
    if usd < 0:
        ledger.book(NOW, "inf-a", usd)
        late.reconcile()
        assert store.get("a").charged_usd is None


def test_looking_begins_and_ends_with_the_playground(late: ChargeReconciler) -> None:
    late.start()
    late.stop()
