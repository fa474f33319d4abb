"""`/metrics`: figures for Prometheus, in a registry of our own.

No label comes from a person or a program: models are those of the catalogue, routes are
templates. What several replicas tell of one database is the same, so it is to be read from one of
them (`max`), never added up; what is told of requests is each replica's own.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from starlette.responses import Response

from components.errors import PlaygroundError, SettingsError
from components.runs.queries.live_figures import LiveFigures

LOGGER = logging.getLogger(__name__)
KEPT_S = 5.0
"""So long the database's figures hold, however many ask."""
OTHER = "other"
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MISSING = (
    "Figures for Prometheus need the package prometheus-client: install it with "
    "pip install -r requirements-cluster.txt, or leave PLAYGROUND_METRICS out."
)


@dataclass(frozen=True)
class MetricSources:
    """Where the figures come from. `live` raises `PlaygroundError` where there are none.

    `models` are those that are named by themselves; `workers` says how many live, and `breakers`
    which ways to the provider rest, by name.
    """

    live: Callable[[], LiveFigures]
    models: Collection[str]
    workers: Callable[[], int] = lambda: 1
    breakers: Callable[[], Mapping[str, bool]] = dict


class Metrics:
    """The figures; safe from any thread."""

    def __init__(self, sources: MetricSources, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises `SettingsError` where the package is not installed."""
        self._prometheus = _prometheus()
        self.registry = self._prometheus.CollectorRegistry()
        self._requests = self._prometheus.Histogram(
            "playground_request_seconds",
            "Seconds until the answer began, by route.",
            ("method", "route", "status"),
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self._figures = _KeptFigures(sources, clock, self._prometheus.core)
        self.registry.register(self._figures)

    def request(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).observe(took_s)

    def respond(self) -> Response:
        """All figures, as Prometheus reads them."""
        text = self._prometheus.generate_latest(self.registry)
        return Response(text, media_type=self._prometheus.CONTENT_TYPE_LATEST, headers=dict(_FRESH))


_FRESH = {"Cache-Control": "no-store"}


class _KeptFigures:
    """Turns what the sources say into families, asking them now and then."""

    def __init__(
        self, sources: MetricSources, clock: Callable[[], float], core: ModuleType
    ) -> None:
        self._sources = sources
        self._clock = clock
        self._core = core
        self._lock = threading.Lock()
        self._kept: tuple[float, list[Any]] | None = None

    def collect(self) -> Iterable[Any]:
        """The families, no older than some seconds."""
        with self._lock:
            now = self._clock()
            if self._kept is None or not 0 <= now - self._kept[0] < KEPT_S:
                self._kept = (now, [*self._of_database(), *self._of_engine()])
            return self._kept[1]

    def _of_database(self) -> list[Any]:
        gauge, counter = self._core.GaugeMetricFamily, self._core.CounterMetricFamily
        up = "Whether the figures of the database could be read."
        try:
            live = self._sources.live()
        except PlaygroundError as error:
            LOGGER.info("no figures of the database: %s", error.message)
            return [gauge("playground_database_up", up, value=0)]
        waiting = gauge("playground_runs", "Runs under way, by status.", labels=["status"])
        for status, count in live.waiting.items():
            waiting.add_metric([status], count)
        ended = counter(
            "playground_runs_ended", "Runs that ended, by outcome.", labels=["model", "outcome"]
        )
        charged = counter("playground_charged_usd", "USD that runs were charged.", labels=["model"])
        runs, charges = self._by_model(live)
        for (model, outcome), count in runs.items():
            ended.add_metric([model, outcome], count)
        for model, usd in charges.items():
            charged.add_metric([model], usd)
        late = "Seconds that the earliest due step of a run that was sent waits."
        queued = "Seconds that the oldest queued run waits."
        return [
            gauge("playground_database_up", up, value=1),
            waiting,
            gauge("playground_step_lateness_seconds", late, value=live.late_s),
            gauge("playground_queue_age_seconds", queued, value=live.queued_s),
            ended,
            charged,
        ]

    def _by_model(
        self, live: LiveFigures
    ) -> tuple[Mapping[tuple[str, str], int], Mapping[str, float]]:
        """Runs and USD; models that are no longer offered together under one name."""
        runs: dict[tuple[str, str], int] = {}
        charges = dict.fromkeys(self._sources.models, 0.0)
        for each in live.ended:
            model = each.model if each.model in self._sources.models else OTHER
            key = (model, each.status)
            runs[key] = runs.get(key, 0) + each.runs
            charges[model] = charges.get(model, 0.0) + each.charged_usd
        return runs, charges

    def _of_engine(self) -> list[Any]:
        gauge = self._core.GaugeMetricFamily
        breakers = gauge(
            "playground_provider_paused",
            "1 while nothing is sent to the provider, or asked of it.",
            labels=["way"],
        )
        for way, is_open in self._sources.breakers().items():
            breakers.add_metric([way], int(is_open))
        families = [breakers]
        try:
            alive = int(self._sources.workers())
        except PlaygroundError:
            return families
        return [*families, gauge("playground_workers_alive", "Workers that live.", value=alive)]


def _prometheus() -> ModuleType:
    try:
        import prometheus_client  # noqa: PLC0415  only where figures are asked for
        import prometheus_client.core  # noqa: PLC0415
    except ImportError:
        raise SettingsError(MISSING) from None
    return prometheus_client
