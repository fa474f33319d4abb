"""The rooms that every process of the playground works in, opened from the settings as values."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from components.catalog import Catalog, open_catalog
from components.database.data_folder import owned, owned_scratch
from components.database.kept_media import kept_media
from components.database.sqlite.integrity import check_database
from components.errors import SettingsError
from components.media.download.fetch import download
from components.media.download.partial_folders import PartialFolders
from components.media.download.proxies import ProxySettings
from components.media.store.bucket_address import ObjectStoreSettings
from components.media.store.media_store import MediaStore
from components.media.store.opening import open_media_store
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.money.clip_lengths import ClipLengths
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import RESULT_MAX_BYTES, Collector
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from components.runs.timing.provider_throttle import Limits, ProviderThrottle
from components.runs.timing.throttle_state import StateKeeper
from components.sandbox import Sandbox, SandboxOptions
from components.settings import Settings
from components.showcases.opening import Showcases, open_showcases

SANDBOX_KEY = "sandbox"


@dataclass(frozen=True)
class Rooms:
    """`scratch` is a folder of this process alone, with nothing in it that must last."""

    settings: Settings
    store: RunStore
    showcases: Showcases
    clips: ClipLengths
    allowed_hosts: frozenset[str]
    proxy_settings: ProxySettings
    context: StepContext
    scratch: Path


def opened_rooms(
    settings: Settings, stack: ExitStack, guess_s: float | None, catalog: Catalog | None
) -> Rooms:
    """Open what is kept and the way to the provider; what is opened is closed by the stack.

    Raises:
        SettingsError: a setting cannot be used, or another playground holds the data folder.
        DatabaseUnavailable: the database is damaged, gone or locked.
    """
    catalog = catalog or open_catalog()
    scratch, store = _opened(settings, catalog, stack)
    clock, keeper = _shared(settings, store)
    access = ObjectStoreSettings(**settings.object_store, ca_file=settings.ca_file)
    table = partial(kept_media, store.database)
    media = stack.enter_context(
        open_media_store(settings.media_url, access, scratch, table, clock=clock)
    )
    provider, allowed_hosts = _provider(settings, catalog, stack)
    proxy_settings = ProxySettings(settings.proxies, settings.no_proxy, settings.ca_file)
    clips = ClipLengths(media)
    limits = Limits(settings.max_submissions_per_minute, settings.max_in_flight)
    throttle = ProviderThrottle(limits, clock, question=provider.balance_usd, keeper=keeper)
    durations = throttle.through(provider.durations)
    expectations = Expectations(catalog, store, durations, guess_s=guess_s, clip_s=clips.length_of)
    collector = _collector(media, scratch, allowed_hosts, proxy_settings)
    context = StepContext(
        catalog, provider, media, collector, expectations, clock, throttle=throttle
    )
    showcases = open_showcases(
        store.database, media, catalog, find_run=store.get, folder=scratch / "renditions"
    )
    stack.callback(showcases.renditions.close)
    return Rooms(settings, store, showcases, clips, allowed_hosts, proxy_settings, context, scratch)


def _opened(settings: Settings, catalog: Catalog, stack: ExitStack) -> tuple[Path, RunStore]:
    """The folder for media, held for this process, and the runs, opened with care."""
    if settings.is_shared:
        media_dir = stack.enter_context(owned_scratch(settings.data_dir)) / "media"
    else:
        stack.enter_context(owned(settings.data_dir))
        media_dir = settings.data_dir / "media"
        check_database(settings.database_url, media_dir)
    slow = frozenset(model.model_id for model in catalog.making("image"))
    store = RunStore(settings.database_url, slow_models=slow)
    stack.callback(store.close)
    return media_dir, store


def _shared(settings: Settings, store: RunStore) -> tuple[Callable[[], float], StateKeeper | None]:
    """What several machines must agree upon: the time, and what is known of the provider."""
    if not settings.is_shared:
        return time.time, None
    # Its packages are there only where several machines work together.
    from components.database.postgresql.clock import DatabaseClock  # noqa: PLC0415
    from components.runs.engine.cluster.shared_state import SharedState  # noqa: PLC0415

    return DatabaseClock(store.database), SharedState(store.database)


def _collector(
    media: MediaStore,
    scratch: Path,
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
    return Collector(media, fetch, PartialFolders(scratch / "parts"))


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
