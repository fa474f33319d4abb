"""A result that cannot be written holds up no other run, and what is paid for is kept."""

import json
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from math import nan
from typing import Any

import pytest
import sqlalchemy as sa

from components.runs.engine.scheduler import Engine, Pools
from components.runs.new_runs.resend import can_look_again
from components.runs.queries.history import Query
from components.runs.run import Event, Output, Run, Status
from components.runs.store.leases import Claim
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import EVERY_LANE, LEASE_S, NOW, Clock, sample_run

HALF = json.loads('"cut in the mi\\ud83e"')


def sent(store: RunStore, *run_ids: str) -> list[Claim]:
    """Runs that are just being sent, under their leases."""
    store.add(*(sample_run(run_id) for run_id in run_ids))
    claims = store.tick([], NOW, LEASE_S, EVERY_LANE)
    return [store.begin_sending(claim, NOW) for claim in claims]


def accepted(claim: Claim, **changes: Any) -> tuple[Claim, Run]:
    given = {"generation_id": f"g-{claim.run.id}", "inference_id": "inf-1", "charged_usd": 0.5}
    run = claim.run.moved(Status.GENERATING, NOW + 1, "Accepted.", **given)
    return claim, replace(run, **changes)


UNWRITABLE = {
    "half a character in the answer": {"response": {"id": "g", "message": HALF}},
    "half a character in the note": {"note": HALF},
    "half a character in a place it cannot be looked for": {"outputs": (Output("video", HALF),)},
    "no JSON": {"response": {"id": "g", "at": Clock()}},
    "no time": {"next_step_at": nan},
    "an id that is none": {"inference_id": {"id": 5}},
    "a number no column takes": {"outputs": (Output("video", "https://a", size_bytes=10**400),)},
    "a charge that is none": {"charged_usd": 10**400},
    "half a character in the receipt": {"events": (Event(NOW, "Sending."), Event(NOW, HALF))},
}


@pytest.mark.parametrize("changes", UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_result_that_cannot_be_written_is_cleaned_and_holds_up_no_other(
    store: RunStore, changes: dict[str, Any]
) -> None:
    bad, good = sent(store, "bad", "good")
    store.add(sample_run("new"))
    room = EVERY_LANE
    results = [accepted(bad, **changes), accepted(good)]
    (claim,) = (it for it in store.tick(results, NOW + 1, LEASE_S, room) if it.run.id == "new")
    assert claim.run.status is Status.QUEUED
    kept, other = store.get("bad"), store.get("good")
    assert (other.status, other.generation_id) == (Status.GENERATING, "g-good")
    assert (kept.status, kept.generation_id) == (Status.GENERATING, "g-bad")
    assert kept.next_step_at < NOW + 600
    json.dumps(vars(kept), default=vars, ensure_ascii=False, allow_nan=False).encode()


class Trap(tuple[Any, ...]):
    """Events that can be read, and not written."""

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("no")


def test_of_a_result_that_can_in_no_way_be_written_what_is_paid_for_is_kept(
    store: RunStore,
) -> None:
    (claim,) = sent(store, "bad")
    claim, run = accepted(claim, outputs=(Output("video", "https://a/b.mp4"),))
    run = replace(run, events=Trap(run.events))
    store.tick([(claim, run)], NOW + 1, LEASE_S, {})
    kept = store.get("bad")
    assert kept.status is Status.FAILED
    assert (kept.generation_id, kept.inference_id, kept.charged_usd) == ("g-bad", "inf-1", 0.5)
    assert kept.outputs[0].remote_url == "https://a/b.mp4"
    assert can_look_again(kept)
    assert kept.error == (
        "What came back could not be kept here as a whole. It was charged $0.5000. Its ids are in "
        "the receipt: look again, or send it again on purpose."
    )


def test_a_run_that_cannot_be_read_is_put_off_and_holds_up_no_other(store: RunStore) -> None:
    going = {"status": Status.GENERATING, "generation_id": "g-1"}
    store.add(*(sample_run(run_id, **going) for run_id in ("broken", "whole")))
    store.add(sample_run("queued and broken"), sample_run("queued and whole"))
    with store.database.begin() as connection:
        connection.execute(sa.text("UPDATE runs SET events = '7' WHERE id LIKE '%broken'"))
    claims = store.tick([], NOW, LEASE_S, EVERY_LANE)
    assert [claim.run.id for claim in claims] == ["whole", "queued and whole"]
    assert store.tick([], NOW + 1, LEASE_S, EVERY_LANE) == []


def test_an_answer_with_half_a_character_stops_no_other_run(store: RunStore) -> None:
    """As it was seen from outside: that run, and all after it, stood still until a restart."""

    class AtOnce(Executor):
        def submit(self, work: Any, /, *given: Any, **_: Any) -> Future[Any]:
            work(*given)
            return Future()

    def refuse(run: Run) -> Run:
        return run.failed(NOW, f"The provider declined the request (400). It says: {HALF}.")

    engine = Engine(store, refuse, clock=Clock(), pools=Pools(make=lambda _lane, _count: AtOnce()))
    engine.take_over()
    for run_id in ("first", "second"):
        store.add(sample_run(run_id))
        engine.turn()
        engine.turn()
    assert [store.get(it).status for it in ("first", "second")] == [Status.FAILED] * 2
    assert store.get("first").error.endswith("cut in the mi\ufffd.")


def test_what_a_user_typed_is_kept_and_found_though_half_a_character_is_in_it(
    store: RunStore,
) -> None:
    store.add(sample_run(request={"prompt": f"A boat {HALF}"}))
    run = store.annotate("run-1", title=HALF, remark="a\0b")
    assert run.title == HALF
    kept = store.get("run-1")
    assert (kept.title, kept.remark) == ("cut in the mi\ufffd", "a\ufffdb")
    assert kept.prompt == "A boat cut in the mi\ufffd"
    assert [it.id for it in store.find(Query(text=HALF)).runs] == ["run-1"]
