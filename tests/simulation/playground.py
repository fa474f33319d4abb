"""One life of a playground, put together as the composition root does, with a played outside."""

import errno
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.util import LRUCache

from components.database.engine import patient
from components.errors import DiskFull, DownloadFailed, LinkExpired
from components.media.download.partial_folders import PartialFolders
from components.media.store.media_store import FolderStore
from components.provider.answers.answer_models import Pricing
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.engine.scheduler import Engine, Pools
from components.runs.money.charge_reconciler import ChargeReconciler
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quotes
from components.runs.money.spend_limit import SpendLimit
from components.runs.run import Run
from components.runs.service import UNDO_S, RunService
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import Collector
from components.runs.steps.runner import StepRunner
from components.runs.store.leases import Claim
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from components.runs.timing.provider_throttle import ProviderThrottle
from tests.samples.models import CATALOG
from tests.samples.run_samples import IMAGE_O1, database_url
from tests.simulation.outside.fault_schedule import FaultSchedule
from tests.simulation.outside.files import clip_of, damaged, picture_of
from tests.simulation.outside.provider import KEY, PlayedProvider
from tests.simulation.outside.transport import Call, PlayedTransport
from tests.simulation.threads import PlayedPool, Tasks

HOST = "http://127.0.0.1:1"
"""An address of this machine, so that nobody asks the environment for proxies at every call."""

COMPILED: Any = LRUCache(500)
UPKEEP_SHARE = 0.1
"""Time goes by in strides, so upkeep would be due at every turn."""


class Outside(Protocol):
    """What a playground meets: the provider, its own clock, and moments that may be its last."""

    folder: Path
    chance: Any
    fault_schedule: FaultSchedule
    provider: PlayedProvider
    tasks: Tasks

    def clock(self) -> float:
        """What the clock on the wall says."""
        ...

    def moment(self) -> None:
        """Something may happen here: an end by a kill, a click, a turn of the engine."""
        ...

    def saw(self, run: Run) -> None:
        """A step ended with this run."""
        ...


class PlayedStore(RunStore):
    """A store whose process may die before or after anything is written."""

    def __init__(self, world: Outside) -> None:
        self._world = world
        slow = frozenset({IMAGE_O1})
        super().__init__(database_url(world.folder), slow_models=slow, busy_timeout_ms=1)
        # Each start would compile all statements anew, which is a tenth of the work.
        self._engine._compiled_cache = COMPILED
        self._patient = patient(self._engine)

    def tick(self, results: Sequence[tuple[Claim, Run]], *given: Any, **named: Any) -> list[Claim]:
        if results:
            self._world.moment()
        claims = super().tick(results, *given, **named)
        if results or claims:
            self._world.moment()
        return claims

    def begin_sending(self, claim: Claim, now: float) -> Claim:
        self._world.moment()
        begun = super().begin_sending(claim, now)
        self._world.moment()
        return begun


class PlayedFolder(FolderStore):
    """A media store on a disk that is full or broken at times."""

    def __init__(self, world: Outside) -> None:
        super().__init__(world.folder / "media")
        self._world = world

    def keep(self, source: Path, suffix: str, digest: str = "") -> str:
        match self._world.fault_schedule.fault("disk", self._world.provider.clock()):
            case "no space":
                raise OSError(errno.ENOSPC, "No space left on device")
            case "broken":
                raise OSError(errno.EIO, "Input/output error")
        return super().keep(source, suffix, digest)


class Playground:
    """From a start to a kill, or to a stop."""

    def __init__(self, world: Outside) -> None:
        self._world = world
        clock, chance = world.clock, world.chance
        self.store = PlayedStore(world)
        self.media = media = PlayedFolder(world)
        self._parts = PartialFolders(world.folder / "parts")
        http = HttpClient(HOST, KEY, adapter=self._transport)
        client = ProviderClient(http)
        throttle = ProviderThrottle(clock=clock, chance=chance, question=client.balance_usd)
        durations = throttle.through(client.durations)
        expectations = Expectations(CATALOG, self.store, durations, clock=clock)
        self._stepper = StepRunner(
            StepContext(
                CATALOG,
                client,
                media,
                Collector(media, self._download, self._parts),
                expectations,
                clock,
                chance,
                throttle,
            )
        )
        self.engine = Engine(
            self.store,
            self._advance,
            throttle=throttle,
            clock=clock,
            pools=Pools(make=lambda *_: PlayedPool(world.tasks)),
            upkeep=self._purge,
            chance=chance,
        )
        self.charge_reconciler = ChargeReconciler(
            self.store, throttle.through(client.ledger_page), clock, chance
        )
        prices = Prices(CATALOG, _no_prices, clock=clock, start=lambda work: work())
        self.service = RunService(
            CATALOG,
            self.store,
            self.engine,
            expectations,
            Quotes(prices, ClipLengths(media)),
            SpendLimit(None),
            clock,
        )
        self.is_in_turn = False
        self.engine.take_over()

    def turn(self) -> None:
        """One turn of the engine."""
        self.is_in_turn = True
        try:
            self.engine.turn()
        finally:
            self.is_in_turn = False

    def end(self) -> None:
        """Be gone; what was not written is lost."""
        self.store.close()

    def _transport(self) -> PlayedTransport:
        provider = self._world.provider

        def before(call: Call) -> None:
            self._world.moment()
            provider.before(call)

        def answered(call: Call) -> Any:
            reply = provider.answer(call)
            self._world.moment()
            return reply

        return PlayedTransport(before, answered)

    def _advance(self, run: Run) -> Run:
        after = self._stepper.advance(run)
        self._world.saw(after)
        return after

    def _purge(self) -> None:
        if self._world.chance.random() > UPKEEP_SHARE:
            return
        now = self._world.clock()
        self._parts.expire(self.store.awaiting)
        self.store.purge(now - UNDO_S, partial(self.media.delete, idle_s=0.0), now)

    def _download(self, url: str, target: Path) -> None:
        self._world.moment()
        content = self._content(url)
        target.write_bytes(content)
        self._world.moment()

    def _content(self, url: str) -> bytes:
        """What is served at an address. Raises `StorageError`."""
        address, _, link = url.removeprefix("https://files.example/").partition("?link=")
        generation_id, _, number = address.rpartition("/")
        made = self._world.provider.records.by_id[generation_id]
        now = self._world.provider.clock()
        is_clip = made.kind == "video"
        content = clip_of(made.id) if is_clip else picture_of(made.id, int(number))
        fault = self._world.fault_schedule.fault("file", now)
        if is_clip and (int(link or 0) < made.links or now > made.link_since + made.link_life_s):
            fault = "expired"
        match fault:
            case "expired":
                raise LinkExpired("The provider no longer serves this file (403).")
            case "cut" | "slow":
                raise DownloadFailed("The download broke off.")
            case "no space":
                raise DiskFull("There is no room left to keep the file.")
            case "damaged":
                return damaged(content)
            case "html":
                return b"<html>Sign in</html>"
            case "other kind":
                return picture_of(made.id, 0) if is_clip else clip_of(made.id)
            case _:
                return content


def _no_prices(_: list[str]) -> Mapping[str, Pricing]:
    return {}
