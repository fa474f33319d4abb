"""What is monitored of a web replica or a worker: database, media store, workers, runs."""

import time
from collections.abc import Callable, Mapping
from functools import partial

from components.catalog import Catalog
from components.interface.web.monitoring.metrics import Metrics, MetricSources
from components.interface.web.monitoring.readiness import (
    NO_DATABASE,
    NO_MEDIA,
    NO_WORKER,
    Part,
    Readiness,
)
from components.media.store.media_store import MediaStore
from components.runs.queries.live_figures import ask_database, live_figures
from components.runs.store.run_store import RunStore

NOBODYS = f"{'0' * 64}.png"
"""A name that no file has: to ask for it is to ask whether the store answers."""


def readiness_of(store: RunStore, media: MediaStore, workers_alive: Callable[[], int]) -> Readiness:
    """Its parts are `database`, `media` and `worker`."""
    return Readiness(
        Part("database", partial(ask_database, store.database), NO_DATABASE),
        Part("media", lambda: media.has(NOBODYS) is not None, NO_MEDIA),
        Part("worker", lambda: workers_alive() > 0, NO_WORKER),
    )


def metrics_of(
    store: RunStore,
    catalog: Catalog,
    workers_alive: Callable[[], int],
    breakers: Callable[[], Mapping[str, bool]],
    clock: Callable[[], float] = time.time,
) -> Metrics:
    """The figures; `clock` gives seconds since the epoch. Raises `SettingsError`."""
    sources = MetricSources(
        lambda: live_figures(store.database, clock()),
        frozenset(model.model_id for model in catalog),
        workers_alive,
        breakers,
    )
    return Metrics(sources)
