"""The sandbox's database: prices, balance, ledger, log and durations add up."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.sandbox import Sandbox
from components.sandbox.jobs import Jobs, Rendered
from components.sandbox.ledger.account import Ledger, LogRow, OutOfCredit
from components.sandbox.ledger.database import Database
from components.sandbox.ledger.metrics import WINDOW_S, Metrics, percentiles
from components.sandbox.ledger.prices import price_rule, usd
from tests.samples.models import CATALOG
from tests.servers.sandbox_requests import (
    FRAMES,
    IMAGE_O1,
    REFERENCE,
    Caller,
    calling,
    image_uri,
    small_sandbox,
)

START = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with small_sandbox() as server:
        yield server


@pytest.fixture(scope="module")
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    """A caller with two pictures, a video and a refused request behind it."""
    caller = Caller(sandbox)
    with caller.http:
        picture = {"prompt": "x", "image_urls": [image_uri()], "num_images": 2}
        caller.post(IMAGE_O1, picture, **{"X-Client-Request-Id": "run-1"})
        caller.finish(caller.post(FRAMES, {"prompt": "x", "image_url": image_uri()}).json()["id"])
        caller.post(REFERENCE, {"prompt": "x", "duration": 6})
        yield caller


class Run:
    """One request of the property test: what it holds, whether it works out, when it is ready."""

    def __init__(self, held: int, used: int, works: bool, after_s: float) -> None:
        self.held, self.used, self.works, self.after_s = held, min(used, held), works, after_s


runs = st.builds(
    Run, st.integers(0, 4000), st.integers(0, 4000), st.booleans(), st.floats(0.0, 20.0)
)


@given(st.lists(runs, max_size=12), st.floats(0.0, 30.0))
def test_balance_log_and_ledger_agree_at_every_moment(plan: list[Run], until_s: float) -> None:
    clock_s = 0.0
    database = Database()
    ledger = Ledger(database, 0.01, now=lambda: START + timedelta(seconds=clock_s))
    metrics = Metrics(database, str, now=ledger.now)
    jobs = Jobs(ledger, metrics, database, pace_s=4.0, clock=lambda: clock_s)
    accepted: list[tuple[Run, str]] = []
    for number, run in enumerate(plan):
        try:
            ledger.hold(str(number), run.held)
        except OutOfCredit:
            continue
        ledger.log(LogRow(START, "k", FRAMES, f"r{number}", str(number), None))
        jobs.add(str(number), FRAMES)
        accepted.append((run, str(number)))
    for run, job_id in sorted(accepted, key=lambda pair: pair[0].after_s):
        if run.after_s > until_s:
            break
        clock_s = run.after_s
        jobs.settle()
        if run.works:
            jobs.rendered(job_id, Rendered((Path("x.mp4"),), run.used))
        else:
            jobs.refused(job_id, "IMAGE_RATIO", "No.")
        _check_books(ledger, metrics)
    clock_s = until_s
    jobs.settle()
    _check_books(ledger, metrics)
    database.close()


def _check_books(ledger: Ledger, metrics: Metrics) -> None:
    moves, rows = ledger.movements(), ledger.rows()
    charges = {move.reference_id: move.credits for move in moves if move.direction == "CHARGE"}
    top_ups = sum(move.credits for move in moves if move.direction == "TOPUP")
    assert ledger.balance_credits() == top_ups - sum(charges.values()) >= 0
    assert len(charges) == sum(move.direction == "CHARGE" for move in moves)
    assert {row.inference_id: row.credits for row in rows if row.credits} == {
        reference: amount for reference, amount in charges.items() if amount
    }
    assert all(row.credits == 0 for row in rows if not row.succeeded)
    served = metrics.report([])["models"]
    assert bool(served) == bool(charges)


def test_the_balance_is_what_the_ledger_says(caller: Caller) -> None:
    balance = caller.get("/v2/billing")
    moves = caller.get("/v2/billing/transactions")["data"]
    total = sum(
        move["amount"]["credits"] * (1 if move["direction"] == "TOPUP" else -1) for move in moves
    )
    assert balance == {"current_balance": usd(total), "currency": "USD"}
    assert [move["type"] for move in moves] == ["MODEL_USAGE", "MODEL_USAGE", "INIT"]


def test_a_charge_is_the_published_price(caller: Caller) -> None:
    published = {
        entry["id"]: entry["pricing"]
        for entry in caller.get("/v1/models", include="pricing")["data"]
    }
    assert published == {model.model_id: price_rule(model).published() for model in CATALOG}
    charges = {
        move["model"]: move["amount"]["usd"]
        for move in caller.get("/v2/billing/transactions", direction="CHARGE")["data"]
    }
    variant = published[IMAGE_O1]["variants"][0]
    assert variant["when"] == {"resolution": "1K"}
    assert charges[IMAGE_O1] == pytest.approx(2 * variant["price"] / variant["per"])
    unit = published[FRAMES]["units"][0]
    assert charges[FRAMES] == pytest.approx(5 * unit["price"] / unit["per"])


def test_the_log_has_one_row_for_each_request_newest_first(caller: Caller) -> None:
    log = caller.get("/v2/logs", period="24h")
    assert log["pagination"] == {"limit": 50, "offset": 0, "total": 3, "has_more": False}
    refused, video, picture = log["data"]
    assert (refused["status"], refused["model"], refused["cost"]["credits"]) == (
        "failed",
        REFERENCE,
        0,
    )
    assert picture["client_request_id"] == "run-1"
    assert video["client_request_id"] is None
    ledger = {
        move["reference_id"]: move["amount"]
        for move in caller.get("/v2/billing/transactions", type="MODEL_USAGE")["data"]
    }
    assert ledger == {row["inference_id"]: row["cost"] for row in (video, picture)}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"model": FRAMES}, 1),
        ({"model": "image-o1"}, 1),
        ({"model": [FRAMES, IMAGE_O1]}, 2),
        ({"model": f"{FRAMES},{IMAGE_O1}"}, 0),
        ({"status": "failed"}, 1),
        ({"status": ["failed", "succeeded"]}, 3),
        ({"limit": 1, "offset": 1}, 1),
        ({"start": "2026-01-01", "end": "2026-01-02"}, 0),
        ({"key_prefix": "test"}, 3),
    ],
)
def test_the_log_is_filtered(caller: Caller, query: dict[str, str], count: int) -> None:
    assert len(caller.get("/v2/logs", **query)["data"]) == count


def test_the_log_of_another_key_is_empty_or_closed(sandbox: Sandbox, caller: Caller) -> None:
    other = Caller(sandbox, "another-key")
    with other.http:
        assert other.get("/v2/logs")["data"] == []
    assert caller.http.get("/v2/logs", params={"key_prefix": "another"}).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "status=failed,succeeded",
        "period=7w",
        "period=0d",
        "period=1d&start=2026-01-01&end=2026-01-02",
        "start=2026-01-01",
        "start=2026-01-02&end=2026-01-01",
        "start=2026-01-01&end=2026-06-01",
        "start=x&end=y",
        "limit=0",
        "limit=101",
        "offset=-1",
    ],
)
def test_a_bad_log_query_is_refused(caller: Caller, query: str) -> None:
    response = caller.http.get(f"/v2/logs?{query}")
    assert response.status_code == 400, response.text


def test_the_ledger_is_read_page_by_page(caller: Caller) -> None:
    whole = caller.get("/v2/billing/transactions")["data"]
    pages: list[object] = []
    cursor: dict[str, str] = {}
    while True:
        answer = caller.get("/v2/billing/transactions", limit=1, **cursor)
        pages += answer["data"]
        if not answer["pagination"]["has_more"]:
            break
        cursor = {"cursor": answer["pagination"]["next_cursor"]}
    assert pages == whole
    assert answer["pagination"]["next_cursor"] is None


@pytest.mark.parametrize(
    "query",
    [
        "cursor=abc",
        "cursor=eyJ2IjoxLCJuIjoxfQ==",
        "direction=UP",
        "type=OTHER",
        "from=2026-01-01T00:00:00",
        "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
        "limit=x",
    ],
)
def test_a_bad_ledger_query_is_refused(caller: Caller, query: str) -> None:
    assert caller.http.get(f"/v2/billing/transactions?{query}").status_code == 400


def test_the_ledger_is_filtered_by_time(caller: Caller) -> None:
    past = {"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"}
    assert caller.get("/v2/billing/transactions", **past)["data"] == []
    since = {"from": "2020-01-01T00:00:00+02:00"}
    assert len(caller.get("/v2/billing/transactions", **since)["data"]) == 3


def test_metrics_are_of_what_was_served(caller: Caller) -> None:
    report = caller.get("/models/metrics")
    assert report["window_seconds"] == WINDOW_S
    assert {entry["alias"] for entry in report["models"]} == {IMAGE_O1, FRAMES}
    only = caller.get("/models/metrics", aliases=[FRAMES, "other"])["models"]
    assert [entry["endpoint"] for entry in only] == ["/v2/video/generations"]
    assert set(only[0]["metrics"]["duration_ms"]) == {"p50", "p75", "p90", "p99"}
    assert caller.get("/models/metrics", aliases=f"{FRAMES},{IMAGE_O1}")["models"] == []
    assert caller.http.get("/models/metrics?model=x").status_code == 400
    for count, status_code in ((100, 200), (101, 400)):
        asked = {"aliases": [FRAMES] * count}
        assert caller.http.get("/models/metrics", params=asked).status_code == status_code


def test_durations_leave_the_window() -> None:
    clock_s = 0.0
    database = Database()
    metrics = Metrics(database, str, now=lambda: START + timedelta(seconds=clock_s))
    metrics.record(FRAMES, 1000.0)
    clock_s = WINDOW_S + 1.0
    assert metrics.report([])["models"] == []
    database.close()


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=50))
def test_percentiles_rise_and_are_real_durations(values: list[float]) -> None:
    found = list(percentiles(values).values())
    assert found == sorted(found)
    assert max(found) <= round(max(values), 1)


def test_play_money_is_filled_again_when_it_does_not_reach() -> None:
    with small_sandbox(balance_usd=0.05) as server, calling(server) as caller:
        picture = {"prompt": "x", "image_urls": [image_uri()]}
        for _ in range(3):
            assert caller.post(IMAGE_O1, picture).status_code == 200
        bonus = [
            move
            for move in caller.get("/v2/billing/transactions")["data"]
            if move["type"] == "BONUS"
        ]
        assert bonus
        assert all(move["direction"] == "TOPUP" for move in bonus)
        moves = caller.get("/v2/billing/transactions")["data"]
        total_usd = sum(
            move["amount"]["usd"] * (1 if move["direction"] == "TOPUP" else -1) for move in moves
        )
        assert caller.get("/v2/billing")["current_balance"] == pytest.approx(total_usd)
        assert total_usd > 0


def test_an_empty_account_gets_403_and_a_failed_row() -> None:
    with small_sandbox(balance_usd=0.05, refills=False) as server:
        caller = Caller(server)
        with caller.http:
            picture = {"prompt": "x", "image_urls": [image_uri()]}
            assert caller.post(IMAGE_O1, picture).status_code == 200
            refused = caller.post(IMAGE_O1, picture)
            assert refused.status_code == 403
            assert "run out of credits" in refused.json()["message"]
            assert [row["status"] for row in caller.get("/v2/logs")["data"]] == [
                "failed",
                "succeeded",
            ]
            assert caller.get("/v2/billing")["current_balance"] == pytest.approx(0.0136)
