"""The API that looks at runs: one run, a list in pages, and cancelling."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from components.runs.run import Run, Status
from components.runs.store.run_store import RunStore
from components.sandbox.faults.fault import Fault
from tests.apps.playgrounds import (
    RUN_TIMEOUT_S,
    SAMPLES,
    Playground,
    RunJson,
    finished,
    posts,
    serving,
    small_sandbox,
)
from tests.samples.models import MODELS

VIDEOS = "/v2/video/generations"
FIELDS = {
    "id", "model", "status", "request", "generation_id", "outputs", "error", "note",
    "quoted_usd", "charged_usd", "created_at", "finished_at",
}  # fmt: skip


@pytest.fixture
def faults(playground: Playground) -> Iterator[Callable[[Fault], None]]:
    """Switches faults of the shared sandbox on; they end with the test."""
    yield playground.sandbox.faults.add
    playground.sandbox.faults.clear()


def film(client: Client, prompt: str) -> RunJson:
    picture = handle_file(SAMPLES / "place.jpg")
    run: RunJson = client.predict(prompt=prompt, image_url=picture, api_name="/image_to_video")
    return run


def until(client: Client, run: RunJson, reached: Callable[[RunJson], Any]) -> RunJson:
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while not reached(run):
        assert time.monotonic() < deadline, run
        time.sleep(0.05)
        run = client.predict(run_id=run["id"], api_name="/run")
    return run


def test_a_finished_run_tells_everything_about_itself(client: Client) -> None:
    run = finished(client, film(client, "Everything about it"))
    assert run.keys() >= FIELDS
    assert run["model"] == "klingai/video-o1-image-to-video"
    assert run["generation_id"].endswith(run["model"])
    assert run["charged_usd"] == run["quoted_usd"] > 0
    assert run["created_at"] < run["finished_at"]
    assert run["request"]["duration"] == 5


def test_an_unknown_run_is_one_sentence(client: Client) -> None:
    for endpoint in ("/run", "/cancel"):
        with pytest.raises(AppError, match="There is no run with this id here"):
            client.predict(run_id="no-such-run", api_name=endpoint)


@pytest.fixture(scope="module")
def earlier(playground: Playground) -> None:
    """Three finished runs of every model, from long ago."""
    store = RunStore(f"sqlite:///{playground.data_dir / 'playground.sqlite3'}")
    for model in MODELS:
        for number in range(3):
            store.add(
                Run(
                    id=f"past-{model.api_name}-{number}",
                    model=model.model_id,
                    request={"prompt": f"An earlier run, number {number}"},
                    status=Status.DONE,
                    created_at=1_700_000_000.0 + number,
                    next_step_at=0.0,
                )
            )
    store.close()


@pytest.mark.usefixtures("earlier")
def test_runs_come_newest_first_in_pages_without_gap_or_repeat(client: Client) -> None:
    seen: list[RunJson] = []
    cursor, pages = "", 0
    while pages == 0 or cursor:
        page = client.predict(query="an EARLIER run", limit=4, cursor=cursor, api_name="/runs")
        seen += page["runs"]
        cursor, pages = page["next_cursor"], pages + 1
    assert pages == 4
    assert len({run["id"] for run in seen}) == len(seen) == 15
    times = [run["created_at"] for run in seen]
    assert times == sorted(times, reverse=True)


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"model": "klingai/image-o1"}, 3),
        ({"status": "done"}, 15),
        ({"status": "failed"}, 0),
        ({"model": "klingai/no-such-model"}, 0),
        ({"query": "earlier_run"}, 0),
        ({"query": "number 2"}, 5),
        ({"limit": 1}, 1),
    ],
)
def test_runs_are_filtered(filters: dict[str, Any], count: int, client: Client) -> None:
    wanted = {"query": "An earlier run", **filters}
    assert len(client.predict(**wanted, api_name="/runs")["runs"]) == count


def test_a_run_that_was_not_accepted_is_withdrawn_for_good(tmp_path: Path) -> None:
    # On its own: a pause the provider asks for is kept by the whole playground.
    with small_sandbox() as sandbox, serving(tmp_path, sandbox) as playground:
        wait = Fault("status", method="POST", path=VIDEOS, status_code=429, retry_after="30")
        sandbox.faults.add(wait)
        client = Client(playground.url, verbose=False)
        run = until(client, film(client, "Withdraw me"), lambda it: it["note"])
        assert run["status"] == "queued"
        cancelled = client.predict(run_id=run["id"], api_name="/cancel")
        assert cancelled["status"] == "cancelled"
        assert len(posts(sandbox)) == 1
        assert cancelled["charged_usd"] is None
        client.close()


def test_a_run_the_provider_has_is_still_collected_after_a_cancel(
    client: Client, playground: Playground, faults: Callable[[Fault], None]
) -> None:
    faults(Fault("stuck", path=VIDEOS, times=None))
    run = until(client, film(client, "Too late to cancel"), lambda it: it["status"] == "generating")
    cancelled = client.predict(run_id=run["id"], api_name="/cancel")
    assert cancelled["status"] == "generating"
    playground.sandbox.faults.clear()
    assert finished(client, cancelled)["outputs"]
