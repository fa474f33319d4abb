"""The composition root: settings become a store, a provider, an engine and a page.

The rooms are opened here and handed to each other as values.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from gradio.utils import get_upload_folder

from components.catalog import Catalog, open_catalog
from components.database.data_folder import owned
from components.database.sqlite.integrity import check_database
from components.errors import SettingsError
from components.interface.page import build_page
from components.interface.requests.reference_preparer import ReferencePreparer
from components.interface.requests.request_builder import RequestBuilder
from components.interface.services import Services
from components.interface.web.app import WebOptions, build_web
from components.media.download.fetch import download
from components.media.download.partial_folders import PartialFolders
from components.media.download.proxies import ProxySettings
from components.media.download.timeouts import DownloadTimeouts
from components.media.preflight import Preflighter
from components.media.store.media_store import FolderStore
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.engine.scheduler import Engine
from components.runs.maintenance.media_gc import UNOWNED_S, MediaGarbageCollector
from components.runs.money.charge_reconciler import ChargeReconciler
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quotes
from components.runs.money.spend_limit import SpendLimit
from components.runs.service import UNDO_S, RunService
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import RESULT_MAX_BYTES, Collector
from components.runs.steps.runner import StepRunner
from components.runs.store.change_log import Journal
from components.runs.store.forms.element_library import ElementLibrary
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from components.runs.timing.provider_throttle import Limits, ProviderThrottle
from components.sandbox import Sandbox, SandboxOptions
from components.settings import Settings
from components.showcases.opening import Showcases, open_showcases

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SANDBOX_KEY = "sandbox"
STOP_S = 10.0
"""What is in flight may finish for so long; the rest goes on at the next start."""
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
        catalog = catalog or open_catalog()
        media, store = _opened(settings, catalog, stack)
        provider, allowed_hosts = _provider(settings, catalog, stack)
        proxy_settings = ProxySettings(settings.proxies, settings.no_proxy, settings.ca_file)
        clips = ClipLengths(media)
        limits = Limits(settings.max_submissions_per_minute, settings.max_in_flight)
        throttle = ProviderThrottle(limits, question=provider.balance_usd)
        durations = throttle.through(provider.durations)
        expectations = Expectations(
            catalog, store, durations, guess_s=guess_s, clip_s=clips.length_of
        )
        collector = _collector(settings, media, allowed_hosts, proxy_settings)
        context = StepContext(
            catalog, provider, media, collector, expectations, time.time, throttle=throttle
        )
        reconciler = _started_reconciler(store, throttle, provider, stack)
        collected = MediaGarbageCollector(store.database, media, time.time)
        showcases = _opened_showcases(settings, media, store, catalog, stack)
        engine = _started_engine(store, collected, showcases, context, stack)
        fetch_reference = _reference_fetcher(clips, allowed_hosts, proxy_settings)
        preparer = ReferencePreparer(Preflighter(media), media, fetch_reference, allowed_hosts)
        stack.callback(preparer.close)
        prices = _fresh_prices(catalog, throttle, provider)
        limit, quotes = SpendLimit(settings.spend_limit_usd), Quotes(prices, clips)
        services = Services(
            runs=RunService(
                catalog, store, engine, expectations, quotes, limit, time.time, media.has
            ),
            request_builder=RequestBuilder(media, preparer, allowed_hosts),
            reference_preparer=preparer,
            media=media,
            uploaded=collected.uploaded,
            kit=ElementLibrary(store.database, allowed_hosts),
            journal=Journal(store.database),
            samples=ASSETS / "samples",
            upload_folder=get_upload_folder(),
            balance_usd=throttle.through(provider.balance_usd),
            is_sandbox=settings.is_sandbox,
            provider_url=settings.base_url,
            needs_login=bool(settings.logins),
            showcases=showcases,
            public_url=settings.public_url,
        )
        web = build_web(build_page(services), services, _web_options(settings))
        web.state.stop_taking_runs = engine.stop_taking
        _end_at_once(engine, reconciler, stack)
        yield web


def _opened(settings: Settings, catalog: Catalog, stack: ExitStack) -> tuple[FolderStore, RunStore]:
    """What is kept, held for this process and opened with care."""
    stack.enter_context(owned(settings.data_dir))
    media_dir = settings.data_dir / "media"
    check_database(settings.database_url, media_dir)
    slow = frozenset(model.model_id for model in catalog.making("image"))
    store = RunStore(settings.database_url, slow_models=slow)
    stack.callback(store.close)
    return FolderStore(media_dir), store


def _collector(
    settings: Settings,
    media: FolderStore,
    allowed_hosts: frozenset[str],
    proxy_settings: ProxySettings,
) -> Collector:
    """Fetches results, going on with what was fetched in part."""
    fetch = partial(
        download,
        allowed_hosts=allowed_hosts,
        proxy_settings=proxy_settings,
        max_size_bytes=RESULT_MAX_BYTES,
    )
    return Collector(media, fetch, PartialFolders(settings.data_dir / "media" / "parts"))


def _fresh_prices(catalog: Catalog, throttle: ProviderThrottle, provider: ProviderClient) -> Prices:
    prices = Prices(catalog, throttle.through(provider.prices))
    prices.keep_fresh()
    return prices


def _started_reconciler(
    store: RunStore, throttle: ProviderThrottle, provider: ProviderClient, stack: ExitStack
) -> ChargeReconciler:
    """Begin to look for charges that land late."""
    reconciler = ChargeReconciler(store, throttle.through(provider.ledger_page))
    reconciler.start()
    stack.callback(reconciler.stop)
    return reconciler


def _end_at_once(engine: Engine, reconciler: ChargeReconciler, stack: ExitStack) -> None:
    """On leaving, first of all nothing new begins, so that what goes on ends at the same time."""
    stack.callback(reconciler.stop, timeout_s=0)
    stack.callback(engine.stop_taking)


def _opened_showcases(
    settings: Settings,
    media: FolderStore,
    store: RunStore,
    catalog: Catalog,
    stack: ExitStack,
) -> Showcases:
    """What is shown to others; nothing is prepared any more once the playground ends."""
    folder = settings.data_dir / "media" / "renditions"
    showcases = open_showcases(store.database, media, catalog, find_run=store.get, folder=folder)
    stack.callback(showcases.renditions.close)
    return showcases


def _started_engine(
    store: RunStore,
    collected: MediaGarbageCollector,
    showcases: Showcases,
    context: StepContext,
    stack: ExitStack,
) -> Engine:
    """Begin to take runs forward, and now and then to remove what was deleted or has no owner."""

    def tidy() -> None:
        if context.collector.parts:
            context.collector.parts.expire(store.awaiting)
        now = time.time()
        store.purge(now - UNDO_S, partial(context.media.delete, idle_s=UNOWNED_S), now)
        collected.sweep_if_due()
        showcases.held.purge()
        showcases.renditions.sweep()

    advance = StepRunner(context).advance
    engine = Engine(store, advance, throttle=context.throttle, upkeep=tidy)
    engine.start()
    stack.callback(engine.stop, STOP_S)
    return engine


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
    return WebOptions(ASSETS, settings.logins, hosts=hosts, public_url=settings.public_url)


def _provider(
    settings: Settings, catalog: Catalog, stack: ExitStack
) -> tuple[ProviderClient, frozenset[str]]:
    """The provider's client, and the hosts its files may come from besides public ones."""
    base_url, key, hosts = settings.base_url, settings.key, settings.allowed_hosts
    if settings.is_sandbox:
        options = SandboxOptions(files_dir=settings.data_dir / "sandbox", catalog=catalog)
        try:
            sandbox = stack.enter_context(Sandbox(options=options))
        except OSError as error:
            raise SettingsError(f"The sandbox cannot start: {error}.") from error
        base_url, key = sandbox.url, SANDBOX_KEY
        hosts |= {sandbox.url.removeprefix("http://")}
    http = HttpClient(base_url, key or SANDBOX_KEY, is_key_secret=bool(settings.key))
    return ProviderClient(http), hosts
