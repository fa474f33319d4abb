"""What is monitored of a playground: the database, the media store, the workers, its runs."""

from functools import partial

from components.interface.services import Services
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

NOBODYS = f"{'0' * 64}.png"
"""A name that no file has: to ask for it is to ask whether the store answers."""


def readiness_of(services: Services) -> Readiness:
    """All three parts: `database`, `media` and `worker`."""
    return Readiness(
        database_part(services),
        media_part(services.media),
        Part("worker", lambda: services.workers_alive() > 0, NO_WORKER),
    )


def database_part(services: Services) -> Part:
    """Whether the database answers a question that costs nothing."""
    return Part("database", partial(ask_database, services.runs.store.database), NO_DATABASE)


def media_part(media: MediaStore) -> Part:
    """Whether the media store knows about a file, which it does not have."""
    return Part("media", lambda: media.has(NOBODYS) is not None, NO_MEDIA)


def metrics_of(services: Services) -> Metrics:
    """The figures of a web replica. Raises `SettingsError` for want of a package."""
    database = services.runs.store.database
    sources = MetricSources(
        lambda: live_figures(database, services.clock()),
        frozenset(model.model_id for model in services.catalog),
        services.workers_alive,
        services.breakers,
    )
    return Metrics(sources)
