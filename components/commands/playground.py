"""The composition root: settings become a store, a provider, an engine and a page.

The rooms are opened here and handed to each other as values.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from gradio.utils import get_upload_folder

from components.catalog import Catalog
from components.commands.drivers import remote_workers, started_engine
from components.commands.rooms import Rooms, opened_rooms
from components.interface.page import build_page
from components.interface.requests.reference_preparer import ReferencePreparer
from components.interface.requests.request_builder import RequestBuilder
from components.interface.requests.shared_statuses import SharedStatuses
from components.interface.services import Services
from components.interface.web.app import WebOptions, build_web
from components.media.download.fetch import download
from components.media.download.proxies import ProxySettings
from components.media.download.timeouts import DownloadTimeouts
from components.media.preflight import Preflighter
from components.runs.engine.driver import Driver
from components.runs.engine.scheduler import Engine
from components.runs.maintenance.media_gc import MediaGarbageCollector
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quotes
from components.runs.money.spend_limit import SpendLimit
from components.runs.service import RunService
from components.runs.steps.context import StepContext
from components.runs.store.change_log import Journal
from components.runs.store.forms.element_library import ElementLibrary
from components.runs.store.forms.shared_looks import SharedLooks
from components.runs.wording import NO_WORKER
from components.settings import Settings

ASSETS = Path(__file__).resolve().parents[2] / "assets"
REFERENCE_MAX_BYTES = 500 * 1024 * 1024
REFERENCE_TIMEOUT_S = 30.0


@contextmanager
def running_playground(
    settings: Settings, guess_s: float | None = None, catalog: Catalog | None = None
) -> Iterator[FastAPI]:
    """Everything but the listening socket; on leaving, the engine finishes what is in flight.

    `guess_s` replaces the catalogue's first guesses of how long a run takes; `catalog` are the
    models, those of our own folder if none are given.

    Raises:
        SettingsError: a setting cannot be used, or another playground holds the data folder.
        DatabaseUnavailable: the database is damaged, gone or locked.
    """
    with ExitStack() as stack:
        rooms = opened_rooms(settings, stack, guess_s, catalog)
        media = rooms.context.media
        collected = MediaGarbageCollector(rooms.store.database, media, rooms.context.clock)
        driver, workers_alive = _driver(rooms, collected, stack)
        services = _services(rooms, collected, driver, workers_alive, stack)
        web = build_web(build_page(services), services, _web_options(settings))
        web.state.stop_taking_runs = _stop_taking(driver, stack)
        yield web


def _driver(
    rooms: Rooms, collected: MediaGarbageCollector, stack: ExitStack
) -> tuple[Driver, Callable[[], int]]:
    """Who drives the runs, and how many of those live."""
    if rooms.settings.is_shared:
        workers = remote_workers(rooms, stack)
        return workers, workers.count
    return started_engine(rooms, collected, stack), lambda: 1


def _services(
    rooms: Rooms,
    collected: MediaGarbageCollector,
    driver: Driver,
    workers_alive: Callable[[], int],
    stack: ExitStack,
) -> Services:
    """What the page works with."""
    settings, context, hosts = rooms.settings, rooms.context, rooms.allowed_hosts
    fetch_reference = _reference_fetcher(rooms.clips, hosts, rooms.proxy_settings)
    looks = SharedLooks(rooms.store.database)
    shared = SharedStatuses(looks, context.media, rooms.clips.note)
    preparer = ReferencePreparer(
        Preflighter(context.media),
        context.media,
        fetch_reference,
        hosts,
        shared=shared if settings.is_shared else None,
    )
    stack.callback(preparer.close)
    prices = _fresh_prices(context)
    runs = RunService(
        context.catalog,
        rooms.store,
        driver,
        context.expectations,
        Quotes(prices, rooms.clips),
        SpendLimit(settings.spend_limit_usd),
        context.clock,
        context.media.has,
        halted=lambda: "" if workers_alive() else NO_WORKER,
    )
    return Services(
        runs=runs,
        request_builder=RequestBuilder(context.media, preparer, hosts),
        reference_preparer=preparer,
        media=context.media,
        uploaded=collected.uploaded,
        kit=ElementLibrary(rooms.store.database, hosts),
        journal=_started_journal(rooms, stack),
        samples=ASSETS / "samples",
        upload_folder=get_upload_folder(),
        balance_usd=context.throttle.through(context.provider.balance_usd),
        is_sandbox=settings.is_sandbox,
        provider_url=settings.base_url,
        needs_login=bool(settings.logins),
        showcases=rooms.showcases,
        public_url=settings.public_url,
        clock=context.clock,
        workers_alive=workers_alive,
        breakers=lambda: context.throttle.breakers,
    )


def _stop_taking(driver: Driver, stack: ExitStack) -> Callable[[], None]:
    """What ends the taking of runs; on leaving, first of all nothing new begins here."""
    if not isinstance(driver, Engine):
        return lambda: None
    stack.callback(driver.stop_taking)
    return driver.stop_taking


def _started_journal(rooms: Rooms, stack: ExitStack) -> Journal:
    """Begin to hear of what is written, here or by other processes."""
    journal = Journal(rooms.store.database)
    journal.start()
    stack.callback(journal.stop)
    return journal


def _fresh_prices(context: StepContext) -> Prices:
    prices = Prices(context.catalog, context.throttle.through(context.provider.prices))
    prices.keep_fresh()
    return prices


def _reference_fetcher(
    clips: ClipLengths, allowed_hosts: frozenset[str], proxy_settings: ProxySettings
) -> Callable[[str, Path], object]:
    """Fetches what a form's address points to, and remembers how long a clip is."""

    def fetch(url: str, target: Path) -> object:
        fetched = download(
            url,
            target,
            max_size_bytes=REFERENCE_MAX_BYTES,
            allowed_hosts=allowed_hosts,
            proxy_settings=proxy_settings,
            patience=DownloadTimeouts(stall_s=20.0, total_s=REFERENCE_TIMEOUT_S),
        )
        clips.learn(url, target)
        return fetched

    return fetch


def _web_options(settings: Settings) -> WebOptions:
    """It answers to the names of this machine, and to the one people open it by."""
    machine = socket.gethostname()
    public = urlsplit(settings.public_url).hostname or ""
    hosts = frozenset({machine, f"{machine}.local", settings.server_name, public})
    return WebOptions(
        ASSETS,
        settings.logins,
        hosts=hosts,
        public_url=settings.public_url,
        shows_metrics=settings.metrics,
    )
