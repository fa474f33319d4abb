"""`/metrics`: what Prometheus reads, without a word of a prompt, and nothing unless it is asked."""

from pathlib import Path
from typing import Any

import httpx
from gradio_client import Client, handle_file
from prometheus_client.parser import text_string_to_metric_families

from components.catalog.models.image_to_video import ImageToVideo
from components.errors import DatabaseUnavailable
from components.interface.web.app import WebOptions
from components.interface.web.monitoring.metrics import KEPT_S, Metrics, MetricSources
from components.runs.queries.live_figures import Ended, LiveFigures, live_figures
from components.runs.run import Status
from components.sandbox import Sandbox
from tests.apps.playgrounds import KEY, SAMPLES, Playground, finished
from tests.apps.replicas import replica
from tests.samples.run_samples import FRAMES, NOW, Clock, run_store, sample_run

PICTURE = SAMPLES / "place.jpg"
PROMPT = "An unheard-of boat"
Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Values:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(values: Values, name: str, **labels: str) -> float:
    return values[name, frozenset(labels.items())]


def test_there_are_none_unless_they_are_asked_for(playground: Playground) -> None:
    assert httpx.get(f"{playground.url}/metrics").status_code == 404


def test_a_run_and_the_requests_for_it_are_counted(sandbox: Sandbox, tmp_path: Path) -> None:
    options = WebOptions(SAMPLES.parent, shows_metrics=True)
    with replica(tmp_path, sandbox.url, has_engine=True, options=options) as one:
        client = Client(one.url, verbose=False)
        run = client.predict(
            prompt=PROMPT,
            image_url=handle_file(PICTURE),
            api_name=f"/{ImageToVideo.api_name}",
        )
        ended = finished(client, run)
        assert ended["status"] == "done", ended["error"]
        client.close()
        httpx.get(f"{one.url}/runs/{run['id']}/settings")
        httpx.get(f"{one.url}/changes")
        httpx.get(f"{one.url}/no/{PROMPT}")
        text = httpx.get(f"{one.url}/metrics").text
    values = read(text)
    model = ImageToVideo.model_id
    assert value(values, "playground_runs_ended_total", model=model, outcome="done") == 1
    assert value(values, "playground_charged_usd_total", model=model) > 0
    assert value(values, "playground_runs", status="generating") == 0
    assert value(values, "playground_provider_paused", way="sending") == 0
    assert value(values, "playground_workers_alive") == 1
    asked = "playground_request_seconds_count"
    route = {"method": "GET", "route": "/runs/{run_id}/settings", "status": "200"}
    assert value(values, asked, **route) == 1
    assert value(values, asked, method="GET", route="/changes", status="200") == 1
    assert value(values, asked, method="GET", route="other", status="404") >= 1
    routes = {dict(labels)["route"] for name, labels in values if name == asked}
    assert "/gradio_api/queue/join" in routes
    assert not [told for told in (PROMPT, "unheard", run["id"], KEY) if told in text]


def test_figures_are_behind_the_login(sandbox: Sandbox, tmp_path: Path) -> None:
    options = WebOptions(SAMPLES.parent, {"ada": "lovelace"}, shows_metrics=True)
    with replica(tmp_path, sandbox.url, options=options) as one:
        assert httpx.get(f"{one.url}/metrics").status_code == 401
        assert httpx.get(f"{one.url}/metrics", auth=("ada", "lovelace")).status_code == 200


def test_how_late_steps_are_and_how_long_the_queue_waits(tmp_path: Path) -> None:
    store = run_store(tmp_path)
    sent: dict[str, Any] = {"status": Status.GENERATING, "submitted_at": NOW, "generation_id": "g"}
    store.add(
        sample_run("queued", created_at=NOW - 7.0),
        sample_run("due", **sent, next_step_at=NOW - 3.0),
        sample_run("later", **sent, next_step_at=NOW + 3.0),
        sample_run("over", status=Status.DONE, finished_at=NOW, charged_usd=0.5),
    )
    figures = live_figures(store.database, NOW)
    store.close()
    assert (figures.late_s, figures.queued_s) == (3.0, 7.0)
    assert figures.waiting["queued"] == 1
    assert figures.waiting["generating"] == 2
    assert figures.ended == (Ended(FRAMES, "done", 1, 0.5),)


def test_labels_are_few_and_the_database_is_asked_now_and_then() -> None:
    asked, clock = list[int](), Clock()
    ended = tuple(Ended(f"gone/{number}", "failed", 1, 0.25) for number in range(100))

    def live() -> LiveFigures:
        asked.append(1)
        return LiveFigures({}, 0.0, 0.0, ended)

    metrics = Metrics(MetricSources(live, ["known"]), clock)
    for _ in range(10):
        values = read(bytes(metrics.respond().body).decode())
    assert value(values, "playground_runs_ended_total", model="other", outcome="failed") == 100
    assert value(values, "playground_charged_usd_total", model="other") == 25.0
    assert len(asked) == 1
    clock.now += KEPT_S
    metrics.respond()
    assert len(asked) == 2


def test_a_database_that_does_not_answer_leaves_the_other_figures() -> None:
    def live() -> LiveFigures:
        raise DatabaseUnavailable("locked")

    values = read(bytes(Metrics(MetricSources(live, [])).respond().body).decode())
    assert value(values, "playground_database_up") == 0
    assert value(values, "playground_workers_alive") == 1
