"""The service with an engine that is not started, and people who ask it at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from components.catalog.models.image_o1 import ImageO1
from components.media.store.media_store import FolderStore
from components.provider.answers.answer_models import Pricing
from components.runs.engine.scheduler import Engine
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quotes
from components.runs.money.spend_limit import SpendLimit
from components.runs.service import RunService
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from tests.samples.models import CATALOG
from tests.samples.run_samples import NOW, Clock

AT_ONCE = 10
PRICE = Pricing(kind="fixed", units=({"name": "image", "price": 0.5, "per": 1},))


def service_on(store: RunStore, folder: Path, limit_usd: float | None = None) -> RunService:
    """The service with an engine that is not started: nothing happens by itself."""
    prices = Prices(CATALOG, lambda _: {ImageO1.model_id: PRICE})
    prices.refresh()
    return RunService(
        CATALOG,
        store,
        Engine(store, lambda run: run),
        Expectations(CATALOG, store, lambda _: {}),
        Quotes(prices, ClipLengths(FolderStore(folder / "media"))),
        SpendLimit(limit_usd),
        Clock(NOW),
    )


def at_once(ask: Callable[[], Any], times: int = AT_ONCE) -> list[Any]:
    """Ask from several threads that start together; answers and errors."""
    together = threading.Barrier(times)

    def begin() -> Any:
        together.wait()
        try:
            return ask()
        except Exception as error:  # noqa: BLE001  what went wrong is what is looked at
            return error

    with ThreadPoolExecutor(times) as pool:
        return [it.result() for it in [pool.submit(begin) for _ in range(times)]]
