"""Web replicas over one database and one media folder, in this process; one has the engine."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder

from components.interface.page import build_page
from components.interface.requests.reference_preparer import ReferencePreparer
from components.interface.requests.request_builder import RequestBuilder
from components.interface.requests.shared_statuses import SharedStatuses
from components.interface.services import Services
from components.interface.web.app import WebOptions, build_web
from components.media.download.fetch import download
from components.media.preflight import Preflighter
from components.media.store.media_store import FolderStore
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.engine.scheduler import Engine
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quotes
from components.runs.money.spend_limit import SpendLimit
from components.runs.service import RunService
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import Collector
from components.runs.steps.runner import StepRunner
from components.runs.store.change_log import Journal
from components.runs.store.forms.element_library import ElementLibrary
from components.runs.store.forms.shared_looks import SharedLooks
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from components.runs.timing.provider_throttle import ProviderThrottle
from components.runs.wording import NO_WORKER
from components.showcases.opening import open_showcases
from tests.apps.playgrounds import GUESS_S, KEY, SAMPLES, listening
from tests.samples.models import CATALOG


@dataclass(frozen=True)
class Replica:
    """A replica that listens, and what it was made of."""

    url: str
    services: Services


@contextmanager
def replica(
    data_dir: Path,
    sandbox_url: str,
    *,
    has_engine: bool = False,
    options: WebOptions | None = None,
    **services: Any,
) -> Iterator[Replica]:
    """One replica; `services` take the place of those of its own."""
    with ExitStack() as stack:
        made = _services(data_dir, sandbox_url, stack, has_engine=has_engine)
        made = replace(made, **services)
        halted = lambda: "" if made.workers_alive() else NO_WORKER  # noqa: E731
        made = replace(made, runs=replace(made.runs, halted=halted))
        web = build_web(build_page(made), made, options or WebOptions(SAMPLES.parent))
        yield Replica(stack.enter_context(listening(web)), made)


def _services(data_dir: Path, sandbox_url: str, stack: ExitStack, *, has_engine: bool) -> Services:
    hosts = frozenset({sandbox_url.removeprefix("http://")})
    media, store = FolderStore(data_dir / "media"), RunStore(_url(data_dir))
    stack.callback(store.close)
    provider = ProviderClient(HttpClient(sandbox_url, KEY))
    throttle = ProviderThrottle()
    fetch = partial(download, allowed_hosts=hosts, max_size_bytes=10**8)
    expectations = Expectations(CATALOG, store, provider.durations, guess_s=GUESS_S)
    context = StepContext(
        CATALOG,
        provider,
        media,
        Collector(media, fetch),
        expectations,
        time.time,
        throttle=throttle,
    )
    engine = Engine(store, StepRunner(context).advance, throttle=throttle)
    if has_engine:
        engine.start()
        stack.callback(engine.stop)
    clips = ClipLengths(media)
    shared = SharedStatuses(SharedLooks(store.database), media, clips.note)
    preparer = ReferencePreparer(Preflighter(media), media, fetch, hosts, shared=shared)
    stack.callback(preparer.close)
    showcases = open_showcases(
        store.database, media, CATALOG, find_run=store.get, folder=media_folder(data_dir)
    )
    stack.callback(showcases.renditions.close)
    quotes = Quotes(Prices(CATALOG, provider.prices), clips)
    return Services(
        runs=RunService(
            CATALOG, store, engine, expectations, quotes, SpendLimit(None), time.time, media.has
        ),
        request_builder=RequestBuilder(media, preparer, hosts),
        reference_preparer=preparer,
        media=media,
        uploaded=lambda *_: None,
        kit=ElementLibrary(store.database, hosts),
        journal=Journal(store.database),
        samples=SAMPLES,
        upload_folder=get_upload_folder(),
        balance_usd=provider.balance_usd,
        is_sandbox=False,
        provider_url=sandbox_url,
        needs_login=False,
        showcases=showcases,
        breakers=lambda: throttle.breakers,
    )


def media_folder(data_dir: Path) -> Path:
    """Where the renditions of showcases are kept."""
    return data_dir / "media" / "renditions"


def _url(data_dir: Path) -> str:
    return f"sqlite:///{data_dir / 'playground.sqlite3'}"
