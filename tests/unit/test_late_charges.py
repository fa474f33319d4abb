"""A charge that lands after the end is found in the ledger, and a run never waits for it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from components.errors import Unreachable
from components.provider.wire import Charge
from components.runs.late_charges import LOOKS_S, SILENCE_S, LateCharges
from components.runs.run import Run, Status
from components.runs.store import RunStore
from tests.run_samples import NOW, Clock, run_store, sample_run


class Ledger:
    """Knows some charges, by inference; counts who asks; may be out of reach."""

    def __init__(self) -> None:
        self.charges: dict[str, float] = {}
        self.asked: list[str] = []
        self.is_reachable = True

    def find(self, inference_id: str, *, since: datetime) -> Charge | None:
        assert since < datetime.fromtimestamp(NOW, UTC)
        self.asked.append(inference_id)
        if not self.is_reachable:
            raise Unreachable("It did not answer.")
        if inference_id not in self.charges:
            return None
        amount = {"usd": self.charges[inference_id]}
        booked = {"created_at": "2027-01-15T08:00:00Z", "direction": "CHARGE"}
        return Charge.model_validate({**booked, "amount": amount})


def ended(run_id: str, **changes: object) -> Run:
    known = {"status": Status.DONE, "submitted_at": NOW, "finished_at": NOW}
    return sample_run(run_id, **{**known, "inference_id": f"inf-{run_id}", **changes})


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return run_store(tmp_path)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def late(store: RunStore, ledger: Ledger, clock: Clock) -> LateCharges:
    return LateCharges(store, ledger.find, clock)


def test_a_charge_is_filled_in_once_the_ledger_has_it(
    store: RunStore, ledger: Ledger, clock: Clock, late: LateCharges
) -> None:
    store.add(ended("a", quoted_usd=0.5))
    late.look()
    assert store.get("a").charged_usd is None
    ledger.charges["inf-a"] = 0.56
    clock.now += 10
    late.look()
    run = store.get("a")
    assert (run.status, run.charged_usd, run.finished_at) == ("done", 0.56, NOW)
    assert run.events[-1].what == "Charged $0.56, says the provider's ledger."
    clock.now += 1000
    late.look()
    assert ledger.asked == ["inf-a", "inf-a"]


def test_the_ledger_is_asked_a_few_times_and_then_never_again(
    store: RunStore, ledger: Ledger, clock: Clock, late: LateCharges
) -> None:
    store.add(ended("a"))
    for _ in range(2 * 24 * 60):
        late.look()
        clock.now += 60
    assert len(ledger.asked) == len(LOOKS_S) - 1


def test_only_runs_that_may_have_a_charge_are_asked_for(
    store: RunStore, ledger: Ledger, late: LateCharges
) -> None:
    store.add(
        ended("charged", charged_usd=0.0),
        ended("under way", status=Status.SAVING, finished_at=None),
        ended("withdrawn", status=Status.CANCELLED),
        ended("never sent", status=Status.FAILED, inference_id=None),
        ended("long ago", finished_at=NOW - 2 * 86_400),
        ended("lost", status=Status.FAILED),
        ended("by generation", inference_id=None, generation_id="gen-1"),
    )
    late.look()
    assert ledger.asked == ["gen-1", "inf-lost"]


def test_a_silent_ledger_is_left_alone_for_a_while(
    store: RunStore, ledger: Ledger, clock: Clock, late: LateCharges
) -> None:
    ledger.is_reachable = False
    store.add(ended("a"), ended("b"))
    late.look()
    clock.now += SILENCE_S - 1
    late.look()
    assert len(ledger.asked) == 1
    ledger.is_reachable = True
    ledger.charges = {"inf-a": 1.0, "inf-b": 2.0}
    clock.now += 2
    late.look()
    assert (store.get("a").charged_usd, store.get("b").charged_usd) == (1.0, 2.0)


def test_a_charge_that_is_known_by_now_is_not_written_over(store: RunStore) -> None:
    store.add(ended("a", charged_usd=0.3))
    store.note_charge("a", 0.9, NOW)
    assert store.get("a").charged_usd == 0.3
    store.note_charge("purged meanwhile", 0.9, NOW)


def test_looking_begins_and_ends_with_the_playground(late: LateCharges) -> None:
    late.start()
    late.stop()
