"""What money costs in time: quotes, the limit and the figures of 30 days, by the number of runs."""

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from components.interface.parts.usage.usage import Today, usage_html
from components.provider.answers.answer_models import Pricing
from components.runs.money.quote import Quote, quote
from components.runs.money.spend_limit import SpendLimit
from components.runs.queries.spending import day_of
from components.runs.queries.usage import last_days
from components.runs.run import Run, Status
from components.runs.store.run_store import RunStore
from tests.samples.models import CATALOG, MODELS

FEW, MANY = 100, 10_000
ROUNDS = 15
NOW = 1_800_000_000.0
DAY_S = 86_400.0


def rows() -> list[tuple[str, ...]]:
    """The median of some calls, in milliseconds."""
    price = Pricing(kind="fixed", units=({"name": "second", "price": 0.1, "per": 1},))
    with tempfile.TemporaryDirectory() as name:
        stores = [_filled(Path(name), count) for count in (FEW, MANY)]
        works: dict[str, Callable[[RunStore], object]] = {
            "spent today": lambda store: store.spent_today(NOW),
            "a run kept without a limit": lambda store: _keep(store, SpendLimit()),
            "a run kept under a limit": lambda store: _keep(store, SpendLimit(1e9)),
            "figures of 30 days": lambda store: store.usage(*last_days(30, NOW)),
            "the same, drawn as charts": _drawn,
        }
        table: list[tuple[str, ...]] = [("milliseconds", f"{FEW}", f"{MANY:,}")]
        for label, work in works.items():
            table.append((label, *(_median_ms(partial(work, store)) for store in stores)))
        for store in stores:
            store.close()
    one_quote = _median_ms(lambda: quote(MODELS[2], {"duration": 10}, price))
    return [*table, ("a quote", one_quote, one_quote)]


def _median_ms(work: Callable[[], object]) -> str:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return f"{sorted(seconds)[ROUNDS // 2] * 1000:.2f}"


def _drawn(store: RunStore) -> object:
    today = Today(day_of(NOW), store.spent_today(NOW), limit_usd=20.0, is_sandbox=False)
    return usage_html(store.usage(*last_days(30, NOW)), today, CATALOG)


def _keep(store: RunStore, limit: SpendLimit) -> None:
    run = replace(_run(0, random.Random()), status=Status.QUEUED, finished_at=None)
    told = Quote(0.5, "as quoted")
    store.add(run, admit=lambda connection: limit.admit(connection, told, NOW))


def _filled(folder: Path, count: int) -> RunStore:
    store = RunStore(f"sqlite:///{folder / f'{count}.sqlite3'}")
    chance = random.Random(1)
    store.add(*(_run(number, chance) for number in range(count)))
    return store


def _run(number: int, chance: random.Random) -> Run:
    ended_at = NOW - chance.random() * 30 * DAY_S
    return Run(
        id=f"{chance.getrandbits(128):032x}",
        model=MODELS[number % len(MODELS)].model_id,
        request={"prompt": "A boat " * 100},
        created_at=ended_at - 90,
        next_step_at=ended_at,
        status=chance.choice([Status.DONE, Status.DONE, Status.FAILED]),
        submitted_at=ended_at - 30 - 60 * chance.random(),
        finished_at=ended_at,
        quoted_usd=0.5,
        charged_usd=0.5,
        response={"text": "y" * 1500},
    )
