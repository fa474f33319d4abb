"""The Kling O1 playground. `python app.py` starts it; without a key it brings its own sandbox.

This is the composition root: settings become a store, a provider, an engine and a page. The rooms
behind it are imported here and handed to each other as values.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI
from gradio.utils import get_upload_folder

from components.catalog import MODELS
from components.commands import parsed_arguments
from components.commands.recover import run_recover
from components.errors import PlaygroundError, SettingsError
from components.interface.intake import Intake
from components.interface.page import build_page
from components.interface.preparation import Preparations
from components.interface.services import Services
from components.interface.web import WebOptions, build_web
from components.media.download.fetch import download
from components.media.download.partial_folders import PartialFolders
from components.media.download.proxies import Outbound
from components.media.download.timeouts import DownloadTimeouts
from components.media.preflight import Preflighter
from components.media.store.media_store import FolderStore
from components.provider.client import ProviderClient
from components.provider.exchange import Exchange
from components.runs.clips import ClipLengths
from components.runs.collect import RESULT_MAX_BYTES, Collector
from components.runs.data_folder import owned
from components.runs.database_check import check_database
from components.runs.engine import Engine
from components.runs.expectation import Expectations
from components.runs.gate import Gate, Limits
from components.runs.journal import Journal
from components.runs.kit import Kit
from components.runs.late_charges import LateCharges
from components.runs.media_gc import UNOWNED_S, MediaTidying
from components.runs.prices import Prices
from components.runs.quoting import Quotes
from components.runs.service import UNDO_S, RunService
from components.runs.spend_limit import SpendLimit
from components.runs.step import Stepper
from components.runs.store import RunStore
from components.sandbox import Sandbox, SandboxOptions
from components.settings import Settings, help_text

ASSETS = Path(__file__).resolve().parent / "assets"
SANDBOX_KEY = "sandbox"
SANDBOX_GUESS_S = 6.0
REFERENCE_MAX_BYTES = 500 * 1024 * 1024
REFERENCE_TIMEOUT_S = 30.0
STOP_S = 10.0
"""What is in flight may finish for so long; the rest goes on at the next start."""


@contextmanager
def running_playground(settings: Settings, guess_s: float | None = None) -> Iterator[FastAPI]:
    """Everything but the listening socket; on leaving, the engine finishes what is in flight.

    `guess_s` replaces the catalogue's first guesses of how long a run takes.

    Raises:
        SettingsError: a setting cannot be used, or another playground holds the data folder.
        DatabaseUnavailable: the database is damaged, gone or locked.
    """
    with ExitStack() as stack:
        media, store = _opened(settings, stack)
        provider, allowed_hosts = _provider(settings, stack)
        outbound = Outbound(settings.proxies, settings.no_proxy, settings.ca_file)

        clips = ClipLengths(media)
        limits = Limits(settings.max_submissions_per_minute, settings.max_in_flight)
        gate = Gate(limits, question=provider.balance_usd)
        expectations = Expectations(
            store, gate.through(provider.durations), guess_s=guess_s, clip_s=clips.length_of
        )
        fetch = partial(download, allowed_hosts=allowed_hosts, outbound=outbound)
        fetch_result = partial(fetch, max_size_bytes=RESULT_MAX_BYTES)
        collector = Collector(
            media, fetch_result, PartialFolders(settings.data_dir / "media" / "parts")
        )
        stepper = Stepper(provider, media, collector, expectations, time.time, gate=gate)
        late_charges = LateCharges(store, gate.through(provider.ledger_page))
        late_charges.start()
        stack.callback(late_charges.stop)
        tidying = MediaTidying(store.database, media, time.time)
        engine = _started_engine(store, media, tidying, stepper, stack)
        kit = Kit(store.database, allowed_hosts)
        fetch_reference = _reference_fetcher(clips, allowed_hosts, outbound)
        preparations = Preparations(Preflighter(media), media, fetch_reference, allowed_hosts)
        stack.callback(preparations.close)
        prices = Prices(gate.through(provider.prices))
        prices.keep_fresh()
        quotes = Quotes(prices, clips)
        limit = SpendLimit(settings.spend_limit_usd)
        services = Services(
            runs=RunService(store, engine, expectations, quotes, limit, time.time, media.has),
            intake=Intake(media, preparations, allowed_hosts),
            preparations=preparations,
            media=media,
            uploaded=tidying.uploaded,
            kit=kit,
            journal=Journal(store.database),
            samples=ASSETS / "samples",
            upload_folder=get_upload_folder(),
            balance_usd=gate.through(provider.balance_usd),
            is_sandbox=settings.is_sandbox,
            provider_url=settings.base_url,
            needs_login=bool(settings.logins),
            public_url=settings.public_url,
        )
        web = build_web(build_page(services), services, _web_options(settings))
        web.state.stop_taking_runs = engine.stop_taking
        _end_at_once(engine, late_charges, stack)
        yield web


def _opened(settings: Settings, stack: ExitStack) -> tuple[FolderStore, RunStore]:
    """What is kept, held for this process and opened with care."""
    stack.enter_context(owned(settings.data_dir))
    media_dir = settings.data_dir / "media"
    check_database(settings.database_url, media_dir)
    slow = frozenset(model.model_id for model in MODELS if model.output == "image")
    store = RunStore(settings.database_url, slow_models=slow)
    stack.callback(store.close)
    return FolderStore(media_dir), store


def _end_at_once(engine: Engine, late_charges: LateCharges, stack: ExitStack) -> None:
    """On leaving, first of all nothing new begins, so that what goes on ends at the same time."""
    stack.callback(late_charges.stop, timeout_s=0)
    stack.callback(engine.stop_taking)


def _started_engine(
    store: RunStore,
    media: FolderStore,
    tidying: MediaTidying,
    stepper: Stepper,
    stack: ExitStack,
) -> Engine:
    """Begin to take runs forward, and now and then to remove what was deleted or has no owner."""

    def tidy() -> None:
        if stepper.collector.parts:
            stepper.collector.parts.expire(store.awaiting)
        now = time.time()
        store.purge(now - UNDO_S, partial(media.delete, idle_s=UNOWNED_S), now)
        tidying.sweep_if_due()

    engine = Engine(store, stepper.advance, gate=stepper.gate, upkeep=tidy)
    engine.start()
    stack.callback(engine.stop, STOP_S)
    return engine


def _reference_fetcher(
    clips: ClipLengths, allowed_hosts: frozenset[str], outbound: Outbound
) -> Callable[[str, Path], object]:
    """Fetches what a form's address points to, and remembers how long a clip is."""

    def fetch(url: str, target: Path) -> object:
        fetched = download(
            url,
            target,
            max_size_bytes=REFERENCE_MAX_BYTES,
            allowed_hosts=allowed_hosts,
            outbound=outbound,
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


def _provider(settings: Settings, stack: ExitStack) -> tuple[ProviderClient, frozenset[str]]:
    """The provider's client, and the hosts its files may come from besides public ones."""
    base_url, key, hosts = settings.base_url, settings.key, settings.allowed_hosts
    if settings.is_sandbox:
        options = SandboxOptions(files_dir=settings.data_dir / "sandbox")
        try:
            sandbox = stack.enter_context(Sandbox(options=options))
        except OSError as error:
            raise SettingsError(f"The sandbox cannot start: {error}.") from error
        base_url, key = sandbox.url, SANDBOX_KEY
        hosts |= {sandbox.url.removeprefix("http://")}
    exchange = Exchange(base_url, key or SANDBOX_KEY, is_key_secret=bool(settings.key))
    return ProviderClient(exchange), hosts


def main() -> None:
    """Start the playground and serve until it is stopped."""
    arguments = parsed_arguments(help_text())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.from_env()
        if arguments.command == "recover":
            print(run_recover(settings, arguments.folders))  # noqa: T201
            return
        listener = _listen(settings)
        guess_s = SANDBOX_GUESS_S if settings.is_sandbox else None
        with listener, running_playground(settings, guess_s) as web:
            _serve(web, listener, settings)
    except PlaygroundError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The playground cannot go on: {error}. Nothing that is kept was overwritten.")
    except (KeyboardInterrupt, SystemExit):
        # All is put away. A request for pictures may hold its thread for minutes, and Python would
        # wait for it.
        logging.shutdown()
        os._exit(0)


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens, at a free port for 0. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    # Connections inherit it, and asyncio leaves it out for sockets it did not make: without it an
    # answer waits 40 ms for the reader to acknowledge its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _listen(settings: Settings) -> socket.socket:
    try:
        return open_listener(settings.server_name, settings.server_port)
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {settings.server_name}:{settings.server_port} "
            f"({error.strerror}). Set GRADIO_SERVER_PORT to another port."
        ) from None


def _serve(web: FastAPI, listener: socket.socket, settings: Settings) -> None:
    host = settings.server_name
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    mode = "sandbox: nothing is charged" if settings.is_sandbox else f"live: {settings.base_url}"
    print(  # noqa: T201
        f"\n  Kling O1 Playground ({mode})\n  http://{shown}:{listener.getsockname()[1]}\n",
        flush=True,
    )
    # uvicorn ends by raising the signal again; as an exit it lets the engine finish its work.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        web,
        log_level="warning",
        timeout_graceful_shutdown=1,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    try:
        _Server(config, web.state.stop_taking_runs).run(sockets=[listener])
    finally:
        end = threading.Timer(STOP_S + 1.0, os._exit, args=[0])
        end.daemon = True
        end.start()


class _Server(uvicorn.Server):
    """Stops to take runs the moment it is told to end, not only when its connections are closed."""

    def __init__(self, config: uvicorn.Config, stop_taking: Callable[[], object]) -> None:
        super().__init__(config)
        self._stop_taking = stop_taking

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stop_taking()
        super().handle_exit(sig, frame)


if __name__ == "__main__":
    main()
