"""What failed of a plan is sent again together, each once, and takes the failed one's place."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from components.catalog.models.image_o1 import ImageO1
from components.errors import SpendLimitReached
from components.interface.parts.feed.plan_grid import group_html
from components.runs.new_runs.plans import PlannedRequest, failed_in, standing
from components.runs.run import Output, Run, Status
from components.runs.service import RunService
from components.runs.store.run_store import RunStore
from tests.apps.idle_service import at_once, service_on
from tests.samples.run_samples import NOW, PICTURE

PLAN = "5f1c2f7e-6c5e-4d6f-9c52-0d8f2d0a7d11"


@pytest.fixture
def store(store_url: str) -> Iterator[RunStore]:
    with closing(RunStore(store_url, busy_timeout_ms=20_000)) as opened:
        yield opened


def planned(*prompts: str) -> list[PlannedRequest]:
    return [
        PlannedRequest(ImageO1.parse({"prompt": prompt, "image_urls": [PICTURE]}), {"row": prompt})
        for prompt in prompts
    ]


def end(store: RunStore, run: Run, status: Status, why: str = "", lost: bool = False) -> None:
    outputs = (Output("image", "https://a/1.png", name="1.png"),) if status is Status.DONE else ()

    def ended(kept: Run) -> Run:
        return replace(
            kept, status=status, error=why, finished_at=NOW, outputs=outputs, unresolved=lost
        )

    store.change(run.id, ended)


@pytest.fixture
def service(store: RunStore, tmp_path: Path) -> RunService:
    """A plan of five: done, failed, withdrawn, lost, and one under way."""
    service = service_on(store, tmp_path)
    done, failed, withdrawn, lost, _ = service.submit_plan(PLAN, planned(*"abcde"))
    end(store, done, Status.DONE)
    end(store, failed, Status.FAILED, "The prompt was declined. Nothing was charged.")
    end(store, withdrawn, Status.CANCELLED)
    end(store, lost, Status.FAILED, "It could not be found.", lost=True)
    return service


def prompts(runs: list[Run]) -> list[str]:
    return [run.prompt for run in runs]


def test_only_what_failed_for_certain_is_sent_again(service: RunService) -> None:
    assert prompts(failed_in(service.plan_runs(PLAN))) == ["b"]
    (again,) = service.send_failed_again(PLAN)
    assert (again.prompt, again.status, again.group_id) == ("b", Status.QUEUED, PLAN)
    assert (again.group_labels, again.group_index) == ({"row": "b"}, 1)
    assert len(service.plan_runs(PLAN)) == 6
    assert prompts(standing(service.plan_runs(PLAN))) == list("abcde")
    assert standing(service.plan_runs(PLAN))[1].id == again.id


def test_what_failed_is_sent_again_once_however_often_it_is_asked_for(
    service: RunService,
) -> None:
    answers = at_once(lambda: service.send_failed_again(PLAN))
    assert len({run.id for answer in answers for run in answer}) == 1
    assert service.send_failed_again(PLAN) == []
    assert len(service.plan_runs(PLAN)) == 6


def test_what_fails_again_can_be_sent_again_and_what_was_deleted_too(
    service: RunService, store: RunStore
) -> None:
    (first,) = service.send_failed_again(PLAN)
    end(store, first, Status.FAILED, "Declined.")
    (second,) = service.send_failed_again(PLAN)
    assert second.id != first.id
    end(store, second, Status.FAILED, "Declined.")
    service.delete([second.id])
    (third,) = service.send_failed_again(PLAN)
    assert third.id not in (first.id, second.id)


def test_beyond_the_limit_of_a_day_none_is_sent(store: RunStore, tmp_path: Path) -> None:
    service = service_on(store, tmp_path)
    for run in service.submit_plan(PLAN, planned("a", "b", "c")):
        end(store, run, Status.FAILED, "Declined.")
    with pytest.raises(SpendLimitReached):
        service_on(store, tmp_path, limit_usd=1.0).send_failed_again(PLAN)
    assert len(service.plan_runs(PLAN)) == 3


def test_a_card_names_the_price_and_each_cell_its_reason(service: RunService) -> None:
    html = group_html(PLAN, service)
    assert "Send the failed one again · $0.50" in html
    assert "The prompt was declined." in html
    assert "declined.</span>" in html
    assert "1 of 5 done" in html
    service.send_failed_again(PLAN)
    assert "failed one again" not in group_html(PLAN, service)
