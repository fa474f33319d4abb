"""Every fault of a provider times five models: the right end, the right words, the right price."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from components.runs.retry import FailureKind
from components.runs.run import Status
from components.sandbox import Fault
from tests.apps.faulty_app import (
    ALL_MODELS,
    DONE,
    DONE_AT_SECOND_TRY,
    LOST_AND_CHARGED,
    LOST_AND_FREE,
    VIDEO_MODELS,
    Ending,
    FaultyApp,
    faulty_app,
)
from tests.samples.run_samples import FullStore, nearly_over
from tests.servers.sandbox_requests import IMAGE_O1, VIDEOS

LATE_S = 0.4
"""How late a late answer is; callers have half the patience."""


@dataclass(frozen=True)
class Case:
    """A fault and how runs end under it; pictures may end otherwise than videos.

    `if_cut` is the end where the fault comes before the request was handed over whole, which is a
    matter of chance for a reset that does not wait for it.
    """

    fault: Fault
    video: Ending
    picture: Ending | None = None
    patience_s: float = 20.0
    if_cut: Ending | None = None

    def __str__(self) -> str:
        fault = self.fault
        parts = [fault.kind, fault.status_code, fault.retry_after and "Retry-After"]
        parts += ["HTML" if fault.html else "", "after acceptance" if fault.carried_out else ""]
        parts += [fault.body if fault.kind == "wrong_json" else "", "" if fault.times else "always"]
        parts += ["too late" if self.is_too_late else ""]
        return " ".join(str(part) for part in parts if part)

    @property
    def is_too_late(self) -> bool:
        return self.patience_s < LATE_S

    def ending(self, model: str, posts: int = 1) -> Ending:
        if self.if_cut and posts == self.if_cut.posts:
            return self.if_cut
        return self.picture or self.video if model == IMAGE_O1 else self.video


def on_post(kind: Any, video: Ending, picture: Ending | None = None, **named: Any) -> Case:
    return Case(Fault(kind, method="POST", **named), video, picture)


def on_look(kind: Any, ending: Ending, **named: Any) -> Case:
    return Case(Fault(kind, method="GET", path=VIDEOS, **named), ending)


def too_late(case: Case) -> Case:
    """The case with an answer that comes when nobody waits for it any more."""
    return replace(case, fault=replace(case.fault, delay_s=LATE_S), patience_s=LATE_S / 2)


def free(*said: str) -> Ending:
    return Ending(Status.FAILED, (*said, "charged."))


SHAPES: tuple[Any, ...] = (
    [],
    None,
    7,
    "text",
    {},
    {"id": 5},
    {"id": ""},
    {"data": []},
    {"data": [{}]},
    {"id": "x"},
)
SENDING = [
    replace(on_post("reset_before_read", LOST_AND_FREE), if_cut=DONE_AT_SECOND_TRY),
    on_post("reset_after_read", DONE, LOST_AND_CHARGED),
    on_post("slow_headers", DONE, delay_s=0.02),
    too_late(on_post("slow_headers", DONE, LOST_AND_CHARGED)),
    on_post("slow_body", DONE, delay_s=0.02),
    on_post("cut_body", DONE, LOST_AND_CHARGED),
    *(
        on_post("status", free(f"({code})."), status_code=code)
        for code in (400, 402, 404, 409, 422)
    ),
    on_post("status", free("does not accept the key (401)."), status_code=401),
    on_post("status", free("declined the account (403)."), status_code=403),
    *(
        on_post("status", ending, status_code=code, retry_after=asked)
        for code, asked, ending in (
            (408, None, LOST_AND_FREE),
            (429, None, DONE_AT_SECOND_TRY),
            (429, "3", DONE_AT_SECOND_TRY),
            (429, "Fri, 31 Dec 2100 23:59:59 GMT", DONE_AT_SECOND_TRY),
            (500, None, LOST_AND_FREE),
            (502, None, LOST_AND_FREE),
            (503, None, LOST_AND_FREE),
            (503, "3", DONE_AT_SECOND_TRY),
            (504, None, LOST_AND_FREE),
        )
    ),
    *(
        on_post("status", DONE, LOST_AND_CHARGED, status_code=code, carried_out=True)
        for code in (500, 502, 503, 504)
    ),
    on_post("status", LOST_AND_FREE, status_code=502, html=True),
    on_post("status", DONE, LOST_AND_CHARGED, status_code=200, html=True, carried_out=True),
    *(on_post("wrong_json", DONE, LOST_AND_CHARGED, body=json.dumps(shape)) for shape in SHAPES),
]
LOOKING = [
    on_look("reset_before_read", DONE),
    on_look("reset_after_read", DONE),
    too_late(on_look("slow_headers", DONE)),
    on_look("slow_body", DONE, delay_s=0.02),
    on_look("cut_body", DONE),
    *(
        on_look("status", DONE, status_code=code)
        for code in (400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504)
    ),
    on_look("status", DONE, status_code=429, retry_after="30"),
    on_look("status", DONE, status_code=502, html=True),
    on_look("status", DONE, status_code=200, html=True),
    *(on_look("wrong_json", DONE, body=json.dumps(shape)) for shape in SHAPES),
    on_look("unknown_status", DONE),
    on_look("stuck", DONE, times=3),
    on_look(
        "status",
        Ending(Status.FAILED, ("(404).", "It was asked again and again for ")),
        status_code=404,
        times=None,
    ),
    on_look(
        "status",
        Ending(Status.FAILED, ("(403).", "for 1 day. The video may be finished and charged.")),
        status_code=403,
        times=None,
    ),
]
FAILING = [
    on_look("error", free("could not make this video: No. "), message="No."),
    on_look("error", free("could not make this video. "), message=None),
]
COPYING = [
    *(Case(Fault("file_missing", status_code=code), DONE) for code in (403, 404, 410, 500)),
    Case(Fault("file_truncated"), DONE),
    Case(Fault("file_wrong_type"), DONE),
    Case(Fault("file_empty"), DONE),
    *(
        Case(Fault(kind, path="/files/"), DONE)
        for kind in ("reset_before_read", "reset_after_read", "cut_body")
    ),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyApp]:
    with faulty_app(tmp_path_factory.mktemp("house")) as built:
        yield built


@pytest.fixture(scope="module")
def slow_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyApp]:
    with faulty_app(tmp_path_factory.mktemp("slow"), pace_s=60) as built:
        yield built


@pytest.mark.parametrize("case", SENDING, ids=str)
@pytest.mark.parametrize("model", ALL_MODELS)
def test_a_fault_while_sending_loses_nothing_and_sends_nothing_twice(
    house: FaultyApp, model: str, case: Case
) -> None:
    settle_s = 2 * LATE_S if case.is_too_late else 0.0
    run = house.lead(model, case.fault, timeout_s=case.patience_s, settle_s=settle_s)
    house.check(run, case.ending(model, house.posts(run)))


@pytest.mark.parametrize("case", LOOKING, ids=str)
@pytest.mark.parametrize("model", VIDEO_MODELS)
def test_a_fault_while_looking_ends_a_run_only_when_it_has_ended(
    house: FaultyApp, model: str, case: Case
) -> None:
    stride_s = 7200.0 if case.fault.times is None else 300.0
    run = house.lead(model, case.fault, timeout_s=case.patience_s, stride_s=stride_s)
    house.check(run, case.ending(model))


@pytest.mark.parametrize("case", FAILING, ids=["told why", "told nothing"])
@pytest.mark.parametrize("model", VIDEO_MODELS)
def test_a_generation_that_fails_is_free(slow_house: FaultyApp, model: str, case: Case) -> None:
    slow_house.check(slow_house.lead(model, case.fault), case.ending(model))


@pytest.mark.parametrize("case", COPYING, ids=str)
@pytest.mark.parametrize("model", ALL_MODELS)
def test_a_file_that_arrives_badly_is_fetched_again(
    house: FaultyApp, model: str, case: Case
) -> None:
    house.check(house.lead(model, case.fault), case.ending(model))


@pytest.mark.parametrize("model", ALL_MODELS)
def test_a_file_that_never_arrives_is_given_up_after_a_week_with_its_address(
    house: FaultyApp, model: str
) -> None:
    gone = Fault("file_missing", times=None)
    run, steps = house.new_run(model), house.steps()
    house.sandbox.faults.add(gone)
    while not run.trouble:
        run = house.step(run, steps)
    run = house.step(nearly_over(run, FailureKind.COPY_FAILED, house.clock.now), steps)
    house.sandbox.faults.clear()
    said = ("paid for, but for 7 days it could not be copied here.",)
    house.check(run, Ending(Status.FAILED, said))
    assert run.unresolved
    assert run.outputs[0].remote_url.startswith(house.sandbox.url)
    assert [run.charged_usd] == house.charged_usd(run)


@pytest.mark.parametrize("model", ALL_MODELS)
def test_a_server_that_refuses_connections_is_sent_nothing_until_it_is_back(
    house: FaultyApp, model: str
) -> None:
    run = house.new_run(model)
    with house.sandbox.refusing():
        for tries in (1, 2, 3):
            run = house.step(run)
            assert (run.status, run.attempts, run.submitted_at) == ("queued", tries, None)
            assert "Nothing was charged. It is tried again at " in run.note
    run = house.go_on(run)
    house.check(run, DONE)
    assert [event.what.partition(" to ")[0] for event in run.events][:3] == [
        "Sending.",
        "No connection",
        "Sending.",
    ]


@pytest.mark.parametrize("model", VIDEO_MODELS)
def test_a_generation_that_never_ends_is_rendering_and_not_failed(
    house: FaultyApp, model: str
) -> None:
    run, steps = house.new_run(model), house.steps()
    house.sandbox.faults.add(Fault("stuck", times=None))
    for _ in range(30):
        run = house.step(run, steps, stride_s=3600)
    house.sandbox.faults.clear()
    assert (run.status, run.error, house.posts(run)) == ("generating", "", 1)
    assert run.note.startswith("Still rendering at the provider, much longer than usual. ")
    house.check(house.go_on(run), DONE)


@pytest.mark.parametrize("model", ALL_MODELS)
def test_a_full_disk_is_waited_out(house: FaultyApp, model: str) -> None:
    run, full = house.new_run(model), house.steps(media=FullStore(house.folder / "full"))
    while run.status is not Status.SAVING:
        run = house.step(run, full)
    for _ in range(5):
        run = house.step(run, full, stride_s=3600)
        assert run.status is Status.SAVING
        assert run.note.startswith("There is no room left to keep the file. The result is paid for")
    house.check(house.go_on(run), DONE)
