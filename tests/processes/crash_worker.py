"""A playground's engine in a process of its own, which kills itself at a chosen moment.

The moments are named "before" or "after" and what happens there: "storing" a status, "asking" for
a path of the provider, "fetching" a file.
"""

import os
import random
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from components.media.download.fetch import download
from components.media.download.partial_folders import PartialFolders
from components.media.store.media_store import FolderStore
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient, Timeouts
from components.runs.engine.scheduler import Engine
from components.runs.run import Run
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import Collector
from components.runs.steps.runner import StepRunner
from components.runs.store.leases import Claim
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from tests.samples.models import CATALOG
from tests.samples.run_samples import IMAGE_O1, database_url
from tests.servers.provider_server import KEY


@dataclass
class Doom:
    """Dies of SIGKILL when `moment` comes for the `count`-th time; "" is never."""

    moment: str = ""
    count: int = 1

    def comes(self, moment: str) -> None:
        """Tell that a moment has come."""
        if moment == self.moment:
            self.count -= 1
            if self.count <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)


class CrashingStore(RunStore):
    """A store whose process may die before or after a turn is written."""

    def __init__(self, folder: Path, doom: Doom) -> None:
        super().__init__(database_url(folder), slow_models=frozenset({IMAGE_O1}))
        self._doom = doom

    def tick(self, results: Sequence[tuple[Claim, Run]], *given: Any, **named: Any) -> list[Claim]:
        for _, run in results:
            self._doom.comes(f"before storing {run.status}")
        claims = super().tick(results, *given, **named)
        for run in (*(run for _, run in results), *(claim.run for claim in claims)):
            self._doom.comes(f"after storing {run.status}")
        return claims

    def begin_sending(self, claim: Claim, now: float) -> Claim:
        self._doom.comes("before beginning to send")
        begun = super().begin_sending(claim, now)
        self._doom.comes(f"after storing {begun.run.status}")
        return begun


class CrashingAdapter(HTTPAdapter):
    """A transport whose process may die before or after a request."""

    def __init__(self, doom: Doom) -> None:
        super().__init__()
        self._doom = doom

    def send(
        self, request: requests.PreparedRequest, *given: Any, **named: Any
    ) -> requests.Response:
        asked = f"asking {request.method} {str(request.path_url).partition('?')[0]}"
        self._doom.comes(f"before {asked}")
        answer = super().send(request, *given, **named)
        self._doom.comes(f"after {asked}")
        return answer


def live(url: str, folder: Path, doom: Doom) -> None:
    """Take the runs of `folder` forward until none is under way, or until the end comes."""
    media = FolderStore(folder / "media")
    hosts = frozenset({url.removeprefix("http://")})

    def fetch(address: str, target: Path) -> object:
        doom.comes("before fetching")
        fetched = download(address, target, max_size_bytes=10**7, allowed_hosts=hosts)
        doom.comes("after fetching")
        return fetched

    store = CrashingStore(folder, doom)
    http = HttpClient(url, KEY, adapter=lambda: CrashingAdapter(doom))
    client = ProviderClient(http, Timeouts(submit_s=5, images_s=5))
    expectations = Expectations(CATALOG, store, _no_figures, guess_s=0.1)
    collector = Collector(media, fetch, PartialFolders(folder / "media" / "parts"))
    steps = StepRunner(
        StepContext(CATALOG, client, media, collector, expectations, time.time, random.Random(1))
    )
    engine = Engine(store, steps.advance)
    engine.start()
    while store.next_due() is not None:
        time.sleep(0.02)
    engine.stop()
    store.close()


def _no_figures(_: list[str]) -> Mapping[str, Any]:
    return {}
