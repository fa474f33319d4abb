"""A worker has no page; what a monitor asks it has an address of its own."""

import httpx
import pytest

from components.commands.probes import answering_probes
from components.errors import SettingsError
from components.interface.web.monitoring.metrics import Metrics, MetricSources
from components.interface.web.monitoring.monitoring_routes import probes_app
from components.interface.web.monitoring.readiness import Part, Readiness
from components.runs.queries.live_figures import LiveFigures


def test_a_worker_answers_probes_and_nothing_else() -> None:
    metrics = Metrics(MetricSources(lambda: LiveFigures({}, 0.0, 0.0, ()), []))
    app = probes_app(Readiness(Part("database", lambda: True, "")), metrics)
    with answering_probes(app, "127.0.0.1", 0) as url:
        assert httpx.get(f"{url}/healthz").text == "ok"
        assert httpx.get(f"{url}/readyz").json() == {"database": "ok"}
        assert "playground_workers_alive 1.0" in httpx.get(f"{url}/metrics").text
        assert httpx.get(url).status_code == 404


def test_without_figures_there_is_no_address_for_them() -> None:
    with answering_probes(probes_app(Readiness()), "127.0.0.1", 0) as url:
        assert httpx.get(f"{url}/metrics").status_code == 404
        port = url.rpartition(":")[2]
        with (
            pytest.raises(SettingsError, match=f"Cannot listen on 127.0.0.1:{port} for probes"),
            answering_probes(probes_app(Readiness()), "127.0.0.1", int(port)),
        ):
            pass
