"""Runs are handed out once, written only under their lease, and never forget a generation."""

from collections import Counter
from dataclasses import replace

import pytest

from components.errors import RunNotFound
from components.runs.queries.duration_history import PastRun
from components.runs.run import Event, Output, Run, Status
from components.runs.store.leases import Allowance, Claim, WorkerPool
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import (
    EVERY_LANE,
    IMAGE_O1,
    LEASE_S,
    NOW,
    claimed,
    run_store,
    sample_run,
)


def claim(store: RunStore, now: float = NOW) -> list[Claim]:
    return claimed(store, now)


def write(store: RunStore, held: Claim, run: Run, now: float = NOW) -> None:
    store.tick([(held, run)], now, LEASE_S, {})


def test_a_run_is_read_as_it_was_kept(store: RunStore) -> None:
    run = sample_run(
        status=Status.DONE,
        response={"id": "g"},
        outputs=(Output("video", "https://a", name="b.mp4", duration_s=5.0),),
        events=(Event(NOW, "Accepted here."),),
        charged_usd=0.56,
        finished_at=NOW + 0.123456789,
    )
    store.add(run)
    assert store.get(run.id) == run


def test_an_unknown_run_is_not_found(store: RunStore) -> None:
    with pytest.raises(RunNotFound, match="There is no run"):
        store.get("nothing")
    with pytest.raises(RunNotFound):
        store.cancel("nothing", NOW)


def test_a_claimed_run_is_submitting_before_a_byte_leaves_and_claimed_once(
    store: RunStore,
) -> None:
    store.add(sample_run())
    (held,) = claim(store)
    assert (held.run.status, held.run.submitted_at) == (Status.SUBMITTING, NOW)
    assert store.get("run-1") == held.run
    assert claim(store) == []
    assert claim(store, NOW + LEASE_S - 1) == []


@pytest.mark.parametrize("stop", ["cancelled", "lease lost"])
def test_a_run_that_was_withdrawn_before_the_intent_was_stored_is_not_sent(
    store: RunStore, stop: str
) -> None:
    store.add(sample_run())
    (held,) = store.tick([], NOW, LEASE_S, EVERY_LANE)
    assert held.run.status is Status.QUEUED
    if stop == "cancelled":
        assert store.cancel("run-1", NOW).status is Status.CANCELLED
    else:
        store.release()
    assert store.begin_sending(held, NOW) == held
    write(store, held, held.run)
    assert len(claim(store)) == (0 if stop == "cancelled" else 1)


def test_a_run_that_was_handed_out_and_never_begun_is_simply_handed_out_again(
    store: RunStore,
) -> None:
    store.add(sample_run())
    store.tick([], NOW, LEASE_S, EVERY_LANE)
    store.release()
    (held,) = claim(store)
    assert held.run.status is Status.SUBMITTING


def test_two_stores_on_one_database_never_claim_the_same_run(
    store: RunStore, store_url: str
) -> None:
    other = run_store(store_url)
    for number in range(20):
        store.add(sample_run(f"run-{number}"))
    held = [one.run.id for _ in range(3) for side in (store, other) for one in claim(side)]
    other.close()
    assert sorted(held) == sorted(f"run-{number}" for number in range(20))


def test_each_kind_of_step_has_room_of_its_own(store: RunStore) -> None:
    for number in range(3):
        store.add(sample_run(f"picture-{number}", model=IMAGE_O1))
        store.add(sample_run(f"video-{number}"))
        store.add(sample_run(f"look-{number}", status=Status.GENERATING))
        store.add(sample_run(f"copy-{number}", status=Status.SAVING))
    room = {WorkerPool.PICTURES: 1, WorkerPool.VIDEOS: 2, WorkerPool.STEPS: 3, WorkerPool.COPIES: 1}
    claims = store.tick([], NOW, LEASE_S, room)
    lanes = Counter((held.lane.value, held.run.id.partition("-")[0]) for held in claims)
    assert lanes == {
        ("pictures", "picture"): 1,
        ("videos", "video"): 2,
        ("steps", "look"): 3,
        ("copies", "copy"): 1,
    }


def test_queued_runs_are_sent_in_the_order_they_were_made(store: RunStore) -> None:
    for number in (2, 0, 3, 1):
        due_at = NOW - number if number else NOW + 60
        store.add(sample_run(f"run-{number}", created_at=NOW + number, next_step_at=due_at))
    first = store.tick([], NOW, LEASE_S, EVERY_LANE, Allowance(to_send=2))
    assert [held.run.id for held in first] == ["run-1", "run-2"]
    rest = [held.run.id for held in claim(store, NOW + 60)]
    assert rest == ["run-0", "run-3"]


def test_no_more_runs_are_under_way_at_once_than_allowed(store: RunStore) -> None:
    for number in range(4):
        store.add(sample_run(f"run-{number}", created_at=NOW + number))
    store.add(sample_run("uncertain", status=Status.UNCERTAIN, next_step_at=NOW + 60))
    allowed = Allowance(in_flight=3)
    held = store.tick([], NOW, LEASE_S, EVERY_LANE, allowed)
    assert [one.run.id for one in held] == ["run-0", "run-1"]
    assert store.tick([], NOW, LEASE_S, EVERY_LANE, allowed) == []
    sent = store.begin_sending(held[0], NOW)
    assert store.tick([], NOW, LEASE_S, EVERY_LANE, allowed) == []
    (next_one,) = store.tick(
        [(sent, sent.run.failed(NOW, "No."))], NOW, LEASE_S, EVERY_LANE, allowed
    )
    assert next_one.run.id == "run-2"


def test_full_picture_workers_do_not_stand_in_the_way_of_videos(store: RunStore) -> None:
    for number in range(5):
        store.add(sample_run(f"picture-{number}", model=IMAGE_O1, created_at=NOW - 1))
    store.add(sample_run("video"))
    room = {WorkerPool.PICTURES: 0, WorkerPool.VIDEOS: 1}
    (held,) = store.tick([], NOW, LEASE_S, room, Allowance(to_send=1))
    assert held.run.id == "video"


def test_a_queued_run_has_a_place_in_the_queue(store: RunStore) -> None:
    for number in range(3):
        store.add(sample_run(f"run-{number}", created_at=NOW + number))
    assert [store.place(store.get(f"run-{number}")) for number in range(3)] == [1, 2, 3]
    store.cancel("run-0", NOW)
    assert store.place(store.get("run-2")) == 2


def test_runs_sent_lately_are_known_after_a_restart(store: RunStore) -> None:
    for number in range(3):
        store.add(sample_run(f"run-{number}", submitted_at=NOW + number))
    assert store.sent_since(NOW) == [NOW + 1, NOW + 2]


@pytest.mark.parametrize("released", [False, True], ids=["lease ran out", "process is gone"])
def test_a_submitting_run_nobody_holds_becomes_uncertain(store: RunStore, released: bool) -> None:
    store.add(sample_run())
    claim(store)
    if released:
        store.release()
    (held,) = claim(store, NOW if released else NOW + LEASE_S)
    assert held.run.status is Status.UNCERTAIN
    assert held.run.submitted_at == NOW


def test_a_result_counts_only_under_the_lease_it_was_claimed_with(store: RunStore) -> None:
    store.add(sample_run(status=Status.GENERATING, generation_id="g"))
    (late,) = claim(store)
    (held,) = claim(store, NOW + LEASE_S)
    write(store, late, late.run.moved(Status.FAILED, NOW, "Too late."))
    assert store.get("run-1").status is Status.GENERATING
    write(store, held, held.run.moved(Status.SAVING, NOW, "In time."))
    assert store.get("run-1").status is Status.SAVING


@pytest.mark.parametrize("searched", ["still", "given up"])
def test_a_generation_that_is_learned_late_is_waited_for(store: RunStore, searched: str) -> None:
    store.add(sample_run())
    (late,) = claim(store)
    (held,) = claim(store, NOW + LEASE_S)
    if searched == "given up":
        write(store, held, held.run.failed(NOW + LEASE_S, "Not found.", unresolved=True))
    accepted = late.run.moved(Status.GENERATING, NOW, "Accepted.", generation_id="g-1")
    write(store, late, accepted)
    kept = store.get("run-1")
    assert (kept.status, kept.generation_id) == (Status.GENERATING, "g-1")
    assert (kept.error, kept.finished_at, kept.unresolved) == ("", None, False)
    write(store, held, held.run.waiting(NOW + LEASE_S + 5, "Searching."))
    assert store.get("run-1") == kept
    assert len(claim(store, NOW + LEASE_S + 1)) == 1


def test_no_step_takes_a_known_charge_back(store: RunStore) -> None:
    store.add(sample_run(status=Status.SAVING, charged_usd=0.56, submitted_at=NOW))
    (saving,) = claim(store)
    write(store, saving, saving.run.moved(Status.DONE, NOW, "Saved.", charged_usd=None))
    kept = store.get("run-1")
    assert (kept.status, kept.charged_usd) == (Status.DONE, 0.56)


def test_pictures_that_arrive_late_are_saved(store: RunStore) -> None:
    store.add(sample_run(model=IMAGE_O1))
    (late,) = claim(store)
    claim(store, NOW + LEASE_S)
    outputs = (Output("image", "https://a/1.png"),)
    made = late.run.moved(Status.SAVING, NOW, "Made.", outputs=outputs, charged_usd=0.03)
    write(store, late, made)
    kept = store.get("run-1")
    assert (kept.status, kept.outputs, kept.charged_usd) == (Status.SAVING, outputs, 0.03)
    assert "The provider's answer came late." in [event.what for event in kept.events]


def test_cancelling_before_sending_is_final_and_free(store: RunStore) -> None:
    store.add(sample_run())
    assert store.cancel("run-1", NOW + 1).status is Status.CANCELLED
    assert store.get("run-1").finished_at == NOW + 1
    assert claim(store) == []
    assert store.cancel("run-1", NOW + 2) == store.get("run-1")


def test_cancelling_what_the_provider_has_still_collects_it(store: RunStore) -> None:
    store.add(sample_run(status=Status.GENERATING, generation_id="g"))
    (held,) = claim(store)
    marked = store.cancel("run-1", NOW + 1)
    assert (marked.status, marked.cancel_requested) == (Status.GENERATING, True)
    assert store.cancel("run-1", NOW + 2) == marked
    write(store, held, held.run.moved(Status.SAVING, NOW + 3, "Finished."))
    saving = store.get("run-1")
    assert (saving.status, saving.cancel_requested) == (Status.SAVING, True)
    assert [event.what for event in saving.events] == [
        "Cancelled here; the provider cannot stop it.",
        "Finished.",
    ]
    assert [one.run.id for one in claim(store, NOW + 4)] == ["run-1"]


def test_a_run_cancelled_while_it_was_refused_is_not_sent_again(store: RunStore) -> None:
    store.add(sample_run())
    (held,) = claim(store)
    store.cancel("run-1", NOW + 1)
    write(store, held, held.run.moved(Status.QUEUED, NOW + 2, "The provider asks for a pause."))
    assert store.get("run-1").status is Status.CANCELLED
    assert claim(store, NOW + 1000) == []


def test_what_is_due_next_counts_pauses_and_leases(store: RunStore) -> None:
    assert store.next_due() is None
    store.add(sample_run("late", next_step_at=NOW + 60))
    store.add(sample_run("over", status=Status.DONE, next_step_at=NOW - 60))
    assert store.next_due() == NOW + 60
    store.add(sample_run("soon", next_step_at=NOW + 10))
    assert store.next_due() == NOW + 10
    claim(store, NOW + 10)
    assert store.next_due() == NOW + 60
    claim(store, NOW + 60)
    assert store.next_due() == NOW + 10 + LEASE_S


def test_nothing_is_claimed_before_its_time(store: RunStore) -> None:
    store.add(sample_run(next_step_at=NOW + 1))
    assert claim(store, NOW) == []
    assert len(claim(store, NOW + 1)) == 1


def test_past_runs_are_the_newest_that_are_done_and_whose_duration_is_known(
    store: RunStore,
) -> None:
    done = sample_run(status=Status.DONE, submitted_at=NOW, rendered_s=9.0)
    clip = (Output("video", duration_s=5.04),)
    for number in range(4):
        at = NOW + number
        store.add(
            replace(done, id=f"run-{number}", finished_at=at, rendered_s=number, outputs=clip)
        )
    store.add(replace(done, id="failed", status=Status.FAILED, finished_at=NOW + 99))
    store.add(replace(done, id="unknown", rendered_s=None, finished_at=NOW + 99))
    assert store.past_runs(done.model, 2) == [PastRun(5, 3.0), PastRun(5, 2.0)]
    assert store.past_runs(IMAGE_O1, 2) == []


def test_files_are_awaited_by_what_goes_on_and_by_what_was_set_aside(store: RunStore) -> None:
    store.add(
        sample_run("saving", status=Status.SAVING),
        sample_run("set aside", status=Status.FAILED, unresolved=True),
        sample_run("refused", status=Status.FAILED),
        sample_run("done", status=Status.DONE),
    )
    assert sorted(store.awaiting()) == ["saving", "set aside"]
    store.delete(["set aside"], NOW)
    assert "set aside" in store.awaiting()
