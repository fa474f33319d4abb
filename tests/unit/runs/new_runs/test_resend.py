"""Getting back what seemed lost: by its generation id, by another look, by sending it again."""

from pathlib import Path
from typing import Any

import pytest

from components.errors import InvalidRequest, RunNotFound, Unreachable
from components.media.store.media_store import FolderStore
from components.runs.engine.scheduler import Engine
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quotes
from components.runs.money.spend_limit import SpendLimit
from components.runs.run import Event, Output, Parent, Run, Status
from components.runs.service import RunService
from components.runs.store.run_store import RunStore
from components.runs.timing.breaker import FAILURES_IN_A_ROW
from components.runs.timing.expectation import Expectations
from components.runs.timing.provider_throttle import Limits, ProviderThrottle
from tests.samples.models import CATALOG
from tests.samples.run_samples import FRAMES, IMAGE_O1, NOW, Clock, sample_run

GENERATION = f"60ac7c34-3224-4b14-8e7d-0aa0db708325:{FRAMES}"


@pytest.fixture
def throttle() -> ProviderThrottle:
    return ProviderThrottle(Limits(per_minute=2), Clock())


@pytest.fixture
def service(store: RunStore, throttle: ProviderThrottle, tmp_path: Path) -> RunService:
    """The service with an engine that is not started: nothing happens by itself."""
    return RunService(
        CATALOG,
        store,
        Engine(store, lambda run: run, throttle=throttle),
        Expectations(CATALOG, store, lambda _: {}),
        Quotes(Prices(CATALOG, lambda _: {}), ClipLengths(FolderStore(tmp_path / "media"))),
        SpendLimit(),
        Clock(NOW + 100),
    )


def given_up(status: Status = Status.UNCERTAIN, **changes: Any) -> Run:
    run = sample_run(status=status, submitted_at=NOW, **changes)
    return run.failed(NOW + 50, "It could not be found.", unresolved=True)


def test_a_generation_from_elsewhere_is_waited_for_without_sending(service: RunService) -> None:
    run = service.fetch_by_generation_id(f"  {GENERATION}\n")
    assert service.get(run.id) == run
    assert (run.status, run.model, run.generation_id) == ("generating", FRAMES, GENERATION)
    assert (run.submitted_at, run.request, run.next_step_at) == (None, {}, NOW + 100)
    assert [event.what for event in run.events] == [
        "Asked for by its generation id; nothing was sent."
    ]


def test_an_id_without_a_model_takes_the_one_that_is_named(service: RunService) -> None:
    assert service.fetch_by_generation_id("abc-1", FRAMES).model == FRAMES


@pytest.mark.parametrize(
    ("generation_id", "model_id", "said"),
    [
        ("", "", "no generation id"),
        ("two words", "", "no generation id"),
        ("x" * 257, "", "no generation id"),
        ("abc-1", "", "does not name its model; choose one: Reference to video, "),
        ("abc-1:klingai/video-o9", "", "does not name its model"),
        ("abc-1", IMAGE_O1, "does not name its model"),
    ],
)
def test_an_id_that_cannot_be_asked_for_is_declined(
    service: RunService, generation_id: str, model_id: str, said: str
) -> None:
    with pytest.raises(InvalidRequest, match=said):
        service.fetch_by_generation_id(generation_id, model_id)


def test_a_generation_that_is_here_already_is_not_fetched_twice(
    service: RunService, store: RunStore
) -> None:
    store.add(sample_run("done", status=Status.DONE, generation_id="g-1"))
    assert service.fetch_by_generation_id("g-1", FRAMES).id == "done"
    store.add(given_up(Status.GENERATING, run_id="lost", generation_id="g-2"))
    again = service.fetch_by_generation_id("g-2", FRAMES)
    assert (again.id, again.status) == ("lost", "generating")


@pytest.mark.parametrize(
    ("was", "goes_on", "known"),
    [
        (Status.UNCERTAIN, Status.UNCERTAIN, {}),
        (Status.GENERATING, Status.GENERATING, {"generation_id": "g-1"}),
        (
            Status.SAVING,
            Status.SAVING,
            {"generation_id": "g-1", "outputs": (Output("video", "https://a/v.mp4"),)},
        ),
    ],
)
def test_a_run_that_was_given_up_can_be_looked_for_again(
    service: RunService, store: RunStore, was: Status, goes_on: Status, known: dict[str, object]
) -> None:
    store.add(given_up(was, **known))
    run = service.look_again("run-1")
    assert run == service.get("run-1")
    assert (run.status, run.next_step_at, run.error) == (goes_on, NOW + 100, "")
    assert (run.finished_at, run.unresolved, run.attempts) == (None, False, 0)
    assert run.events[-1] == Event(NOW + 100, "Looked for again.")


@pytest.mark.parametrize("status", [Status.QUEUED, Status.DONE, Status.UNCERTAIN])
def test_a_run_that_goes_on_or_is_done_is_not_looked_for_but_returned(
    service: RunService, store: RunStore, status: Status
) -> None:
    store.add(sample_run(status=status))
    assert service.look_again("run-1") == sample_run(status=status) == store.get("run-1")


def test_a_look_that_is_asked_for_twice_is_one_look(service: RunService, store: RunStore) -> None:
    store.add(given_up())
    assert service.look_again("run-1") == service.look_again("run-1") == service.get("run-1")
    assert [it.what for it in service.get("run-1").events].count("Looked for again.") == 1


def test_a_run_whose_end_is_known_is_not_looked_for(service: RunService, store: RunStore) -> None:
    store.add(sample_run("declined", status=Status.SUBMITTING).failed(NOW, "Declined."))
    store.add(sample_run("withdrawn", status=Status.CANCELLED))
    for run_id in ("declined", "withdrawn"):
        with pytest.raises(InvalidRequest, match="how this run ended is known"):
            service.look_again(run_id)
    with pytest.raises(RunNotFound):
        service.look_again("nothing")


def test_a_run_is_sent_again_as_another_one_that_names_it(
    service: RunService, store: RunStore
) -> None:
    source = Parent("source", 1, "image_url", "first frame")
    store.add(given_up(parents=(source,), group_id="plan", group_labels={"row": "a"}))
    run = service.send_again("run-1")
    assert run.id != "run-1"
    assert (run.status, run.generation_id, run.submitted_at) == ("queued", None, None)
    assert run.request["prompt"] == "A boat"
    assert run.parents == (source, Parent("run-1", use="sent again"))
    assert (run.group_id, run.group_labels) == ("plan", {"row": "a"})
    assert service.receipt(run.id)["sent_again_from"] == "run-1"
    assert service.get("run-1").status is Status.FAILED


def test_what_still_goes_on_or_was_made_elsewhere_is_not_sent_again(
    service: RunService, store: RunStore
) -> None:
    store.add(sample_run("going", status=Status.UNCERTAIN))
    with pytest.raises(InvalidRequest, match="still goes on"):
        service.send_again("going")
    store.add(sample_run("foreign", status=Status.DONE, request={}))
    with pytest.raises(InvalidRequest, match="made elsewhere"):
        service.send_again("foreign")


def test_a_receipt_tells_ids_amounts_and_what_happened_when(
    service: RunService, store: RunStore
) -> None:
    store.add(
        given_up(
            Status.GENERATING,
            generation_id="g-1",
            inference_id="inf-1",
            provider_request_id="req-1",
            quoted_usd=0.5,
            charged_usd=0.56,
            outputs=(Output("video", "https://a/v.mp4"), Output("image", "data:;base64,AAAA")),
        )
    )
    assert service.receipt("run-1") == {
        "run_id": "run-1",
        "model": FRAMES,
        "status": "failed",
        "generation_id": "g-1",
        "inference_id": "inf-1",
        "provider_request_id": "req-1",
        "quoted_usd": 0.5,
        "charged_usd": 0.56,
        "created_at": NOW,
        "submitted_at": NOW,
        "finished_at": NOW + 50,
        "sent_again_from": None,
        "remote_urls": ["https://a/v.mp4"],
        "error": "It could not be found.",
        "can_look_again": True,
        "events": [{"at": NOW + 50, "what": "It could not be found."}],
    }


def test_a_queued_run_says_its_place_in_line(service: RunService, store: RunStore) -> None:
    for number in range(3):
        store.add(sample_run(f"run-{number}", created_at=NOW + number))
    runs = [service.get(f"run-{number}") for number in range(3)]
    assert [run.note for run in runs] == [
        "",
        "2nd in line to be sent. Cancelling is free.",
        "3rd in line to be sent. Cancelling is free.",
    ]
    assert [service.place(run) for run in runs] == [1, 2, 3]
    store.add(sample_run("sent", status=Status.GENERATING, note="Rendering."))
    assert service.place(service.get("sent")) is None
    assert service.get("sent").note == "Rendering."


def test_queued_runs_say_that_the_provider_does_not_answer(
    service: RunService, store: RunStore, throttle: ProviderThrottle
) -> None:
    store.add(sample_run())
    for _ in range(FAILURES_IN_A_ROW):
        with pytest.raises(Unreachable), throttle.asking():
            raise Unreachable("No connection.")
    note = service.get("run-1").note
    assert note.startswith("The provider does not answer; trying again at 08:01:40 UTC. ")
    assert "Nothing is sent or charged until then." in note
