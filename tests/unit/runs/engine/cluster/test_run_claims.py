"""Claims of runs by several workers: one result counts, nothing paid for is lost."""

from dataclasses import replace

import pytest

from components.runs.engine.cluster.run_claims import Next, RunClaims
from components.runs.run import Event, Run, Status
from components.runs.store.leases import Claim, WorkerPool
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import IMAGE_O1, NOW, sample_run

pytestmark = pytest.mark.cluster


def generating(run_id: str = "run-1", due_at: float = NOW) -> Run:
    accepted = (Event(NOW, "Accepted by the provider."),)
    return sample_run(
        run_id,
        status=Status.GENERATING,
        generation_id="g-1",
        submitted_at=NOW,
        next_step_at=due_at,
        events=accepted,
    )


def claimed(claims: RunClaims, run_id: str = "run-1", now: float = NOW) -> Claim:
    claim = claims.claim(run_id, now)
    assert isinstance(claim, Claim)
    return claim


def test_a_step_that_is_not_due_says_when_it_is(store: RunStore, claims: RunClaims) -> None:
    store.add(generating(due_at=NOW + 30))
    assert claims.claim("run-1", NOW) == Next(NOW + 30, WorkerPool.STEPS)


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED, Status.CANCELLED])
def test_a_run_that_is_over_has_no_step(store: RunStore, claims: RunClaims, status: Status) -> None:
    store.add(replace(generating(), status=status))
    assert claims.claim("run-1", NOW) is None
    assert claims.claim("none", NOW) is None


def test_a_queued_run_is_not_sent_before_it_is_handed_out(
    store: RunStore, claims: RunClaims
) -> None:
    store.add(sample_run())
    assert claims.claim("run-1", NOW) is None


def test_what_the_later_worker_brought_counts_and_the_former_one_changes_nothing(
    store: RunStore, claims: RunClaims
) -> None:
    store.add(generating())
    former = claimed(claims)
    later = claimed(claims)
    assert later.lease_until > former.lease_until
    claims.write(later, later.run.moved(Status.SAVING, NOW + 1, "It is finished."))
    claims.write(former, former.run.waiting(NOW + 60, "Still going."))
    kept = store.get("run-1")
    assert (kept.status, kept.note) == (Status.SAVING, "")


def test_a_worker_that_died_while_sending_leaves_a_run_that_is_looked_for_and_not_sent_again(
    store: RunStore, claims: RunClaims
) -> None:
    store.add(replace(sample_run(), status=Status.SUBMITTING, submitted_at=NOW))
    claim = claimed(claims)
    assert claim.run.status is Status.UNCERTAIN
    assert store.get("run-1").status is Status.UNCERTAIN


def test_an_answer_that_comes_after_the_take_over_is_kept(
    store: RunStore, claims: RunClaims
) -> None:
    store.add(replace(sample_run(), status=Status.SUBMITTING, submitted_at=NOW))
    slow = Claim(store.get("run-1"), WorkerPool.VIDEOS, lease_until=NOW + 900)
    taken_over = claimed(claims)
    claims.write(taken_over, taken_over.run.waiting(NOW + 5, "Looking for it."))
    answered = slow.run.moved(
        Status.GENERATING, NOW + 2, "Accepted by the provider.", generation_id="g-7"
    )
    claims.write(slow, answered)
    kept = store.get("run-1")
    assert (kept.status, kept.generation_id) == (Status.GENERATING, "g-7")


def test_each_kind_of_step_has_a_lane_of_its_own(claims: RunClaims) -> None:
    assert claims.lane_of(sample_run()) is WorkerPool.VIDEOS
    assert claims.lane_of(sample_run(model=IMAGE_O1)) is WorkerPool.PICTURES
    assert claims.lane_of(generating()) is WorkerPool.STEPS
    assert claims.lane_of(replace(generating(), status=Status.SAVING)) is WorkerPool.COPIES
