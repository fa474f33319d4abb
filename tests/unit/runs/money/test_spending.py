"""The limit on a day's spending holds, for one run after another and for many at once."""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from components.catalog.request import ModelRequest
from components.errors import PriceUnknown, SpendingRefused, SpendLimitReached
from components.media.store.media_store import FolderStore
from components.runs.engine.scheduler import Engine
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quote, Quotes
from components.runs.money.spend_limit import SpendLimit
from components.runs.new_runs.plans import PlannedRequest
from components.runs.queries.spending import Spent, day_of, day_start
from components.runs.run import Run, Status
from components.runs.service import RunService
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from tests.samples.models import CATALOG, model_by_id
from tests.samples.run_samples import FRAMES, NOW, Clock, rename, sample_run

HOUR_S = 3600.0
TODAY = day_start(day_of(NOW))
DONE = {"status": Status.DONE, "finished_at": NOW}


def admitted(store: RunStore, limit_usd: float | None, quote: Quote, run_id: str = "new") -> Run:
    """Keep a run under a limit, as the service does."""
    run = replace(sample_run(run_id), quoted_usd=quote.usd)
    limit = SpendLimit(limit_usd)
    store.add(run, admit=lambda connection: limit.admit(connection, quote, NOW))
    return run


@pytest.mark.parametrize(
    ("run", "charged_usd", "reserved_usd"),
    [
        ({"quoted_usd": 0.5}, 0.0, 0.5),
        ({"quoted_usd": 0.5, "status": Status.UNCERTAIN}, 0.0, 0.5),
        ({"quoted_usd": 0.5, "status": Status.SAVING, "charged_usd": 0.4}, 0.4, 0.0),
        ({"quoted_usd": 0.5, "created_at": NOW - 72 * HOUR_S}, 0.0, 0.5),
        ({"quoted_usd": 0.5, "charged_usd": 0.4, **DONE}, 0.4, 0.0),
        ({"quoted_usd": 0.5, **DONE}, 0.0, 0.5),
        ({"quoted_usd": None, **DONE}, 0.0, 0.0),
        ({"quoted_usd": 0.5, "charged_usd": 0.0, **DONE, "status": Status.FAILED}, 0.0, 0.0),
        ({"quoted_usd": 0.5, **DONE, "status": Status.FAILED}, 0.0, 0.5),
        ({"quoted_usd": 0.5, **DONE, "status": Status.CANCELLED}, 0.0, 0.0),
        ({"charged_usd": 0.4, **DONE, "status": Status.CANCELLED}, 0.4, 0.0),
        ({"quoted_usd": 0.5, "cancel_requested": True, "status": Status.GENERATING}, 0.0, 0.5),
        ({"quoted_usd": 0.5, **DONE, "status": Status.FAILED, "unresolved": True}, 0.0, 0.5),
        ({"quoted_usd": 0.5, **DONE, "charge_unknown": True}, 0.0, 0.5),
        ({"charged_usd": 0.4, **DONE, "finished_at": TODAY}, 0.4, 0.0),
        ({"charged_usd": 0.4, **DONE, "finished_at": TODAY - 1}, 0.0, 0.0),
        ({"quoted_usd": 0.4, **DONE, "finished_at": TODAY - 1}, 0.0, 0.0),
    ],
)
def test_what_was_charged_counts_and_what_is_not_known_yet_as_quoted(
    store: RunStore,
    run: dict[str, Any],
    charged_usd: float,
    reserved_usd: float,
) -> None:
    store.add(sample_run("earlier", **run))
    assert store.spent_today(NOW) == Spent(charged_usd, reserved_usd)


def test_the_last_cent_can_be_spent_and_not_one_more(store: RunStore) -> None:
    for number in range(3):
        admitted(store, 0.3, Quote(0.1, "0.1 three times is a little more than 0.3"), str(number))
    with pytest.raises(SpendLimitReached) as refused:
        admitted(store, 0.3, Quote(0.01, "one more"))
    assert str(refused.value) == (
        "Not started: this run would cost $0.01, and $0.00 is left of the limit of $0.30 a day "
        "($0.00 charged, $0.30 set aside for other runs). Nothing was sent or charged. "
        "Ask for less, or wait for the next day, which begins at 00:00 UTC."
    )
    admitted(store, 0.3, Quote(0.0, "nothing"), "for nothing")


def test_a_refused_run_is_not_kept(store: RunStore) -> None:
    with pytest.raises(SpendLimitReached):
        admitted(store, 0.0, Quote(0.01, "more than nothing"))
    assert store.next_due() is None


def test_under_a_limit_an_unknown_price_is_refused_with_its_reason(store: RunStore) -> None:
    with pytest.raises(PriceUnknown, match=r"limit of \$5.00 a day.*The moon decides\."):
        admitted(store, 5.0, Quote(None, "The moon decides."))
    assert store.next_due() is None
    admitted(store, None, Quote(None, "The moon decides."))


def test_deleting_a_run_for_good_gives_no_money_back(store: RunStore) -> None:
    store.add(sample_run("paid", charged_usd=0.4, **DONE))
    store.add(sample_run("unknown", quoted_usd=0.2, **DONE))
    store.delete(["paid", "unknown"], NOW)
    assert store.spent_today(NOW) == Spent(0.4, 0.2)
    assert store.purge(NOW + 1, str.strip) == 2
    assert store.spent_today(NOW) == Spent(0.4, 0.2)
    with pytest.raises(SpendLimitReached):
        admitted(store, 1.0, Quote(0.5, "more than is left"))


def test_a_run_id_used_again_is_purged_again_and_counts_again(store: RunStore) -> None:
    for usd in (0.4, 0.3, 0.2):
        store.add(sample_run("once", charged_usd=usd, **DONE))
        rename(store, "once", "twice")
        store.add(sample_run(f"beside {usd}", charged_usd=0.01, **DONE))
        store.delete(["twice", f"beside {usd}"], NOW)
        assert store.purge(NOW + 1, str.strip) == 2
    assert store.spent_today(NOW).charged_usd == pytest.approx(0.93)
    assert store.usage(day_of(NOW), day_of(NOW)).total.done == 6


def test_runs_that_arrive_together_cannot_pass_the_limit_together(store: RunStore) -> None:
    """A check outside the transaction lets both of two runs see the same room."""
    refused: list[Exception] = []
    together = threading.Barrier(8)

    def submit(number: int) -> None:
        together.wait()
        try:
            admitted(store, 1.0, Quote(0.3, "a third of it"), str(number))
        except SpendingRefused as error:
            refused.append(error)

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 5
    assert store.spent_today(NOW).reserved_usd == pytest.approx(0.9)


@dataclass(frozen=True)
class RisingQuotes(Quotes):
    """The prices arrive after the first question, and rise with every one."""

    told: "itertools.count[int]" = field(default_factory=itertools.count)

    def quote(self, model: type[ModelRequest], values: Mapping[str, Any]) -> Quote:
        del model, values
        number = next(self.told)
        return Quote(number / 10 if number else None, "Not known yet.")


@pytest.fixture
def service(store: RunStore, tmp_path: Path) -> RunService:
    """A service whose engine is not started, under a limit of $1 a day."""
    quotes = RisingQuotes(
        Prices(CATALOG, lambda _: {}), ClipLengths(FolderStore(tmp_path / "media"))
    )
    engine = Engine(store, lambda run: run)
    expectations = Expectations(CATALOG, store, lambda _: {})
    return RunService(CATALOG, store, engine, expectations, quotes, SpendLimit(1.0), Clock())


def test_what_the_limit_lets_in_is_what_the_run_says_it_may_cost(
    service: RunService, store: RunStore
) -> None:
    """Quoted once for the run and once more for the limit, the two could differ."""
    request = model_by_id(FRAMES).parse(sample_run().request)
    with pytest.raises(PriceUnknown):
        service.submit(request, run_id="before there are prices")
    run = service.submit(request, run_id="a")
    assert store.get("a").quoted_usd == run.quoted_usd == 0.1
    planned = [PlannedRequest(request, {"row": str(number)}) for number in range(2)]
    runs = service.submit_plan("plan", planned)
    assert [run.quoted_usd for run in runs] == [0.2, 0.3]
    assert store.spent_today(NOW).reserved_usd == pytest.approx(0.6)
    with pytest.raises(SpendLimitReached, match=r"would cost \$0.90, and \$0.40 is left"):
        service.submit_plan("next", planned)
