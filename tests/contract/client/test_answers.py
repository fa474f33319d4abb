"""The provider's answers, written by hand from its examples, are read for what they say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from components.provider.answers.answer_models import (
    ImageAnswer,
    Phase,
    Receipt,
    VideoAnswer,
    phase_of,
)
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.money.ledger import find_charge
from tests.servers.provider_server import KEY, ScriptedProvider, reply, scripted_provider

SINCE, UNTIL = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 20, tzinfo=UTC)
COMPLETED: dict[str, Any] = {
    "id": "60ac7c34-3224-4b14-8e7d-0aa0db708325",
    "status": "completed",
    "video": {"url": "https://cdn.aimlapi.com/generations/hedgehog/1759866285599-0cdfb138.mp4"},
    "error": None,
    "meta": {"usage": {"credits_used": 120000}},
}
LOG_ROW: dict[str, Any] = {
    "created": "2026-07-02T03:04:05.000Z",
    "status": "succeeded",
    "origin": "api",
    "model": "klingai/image-o1",
    "cost": {"usd": 0.25, "credits": 500000},
    "tokens": {"input": 0, "output": 0, "total": 0},
    "request_id": "req-1",
    "inference_id": "inf-1",
    "client_request_id": "customer-42",
}
CHARGE: dict[str, Any] = {
    "created_at": "2026-08-17T10:00:00.000Z",
    "direction": "CHARGE",
    "type": "MODEL_USAGE",
    "amount": {"usd": 1.56, "credits": 3120000},
    "model": "klingai/image-o1",
    "reference_id": "inf-1",
}
PRICED: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "id": "klingai/image-o1",
            "aliases": ["image-o1"],
            "type": "image",
            "info": {"name": "Image O1", "developer": "Kling"},
            "tags": [],
            "pricing": {
                "kind": "fixed",
                "currency": "USD",
                "units": [{"name": "image", "price": 0.0364, "per": 1}],
            },
        },
        {"id": "klingai/unpriced", "aliases": [], "type": "video", "info": {}, "tags": []},
    ],
}


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        yield running


@pytest.fixture
def client(provider: ScriptedProvider) -> ProviderClient:
    return ProviderClient(HttpClient(provider.url, KEY))


def test_a_completed_video_has_an_address_and_a_price(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    provider.replies = [reply(COMPLETED)]
    answer, receipt = client.video_status(COMPLETED["id"])
    assert (answer.id, answer.phase) == (COMPLETED["id"], Phase.COMPLETED)
    assert answer.video
    assert answer.video.url == COMPLETED["video"]["url"]
    assert answer.charged_usd(receipt) == 0.06
    assert answer.as_received() == COMPLETED


@pytest.mark.parametrize(
    ("headers", "usd"),
    [
        ({"x_aimlapi_usd_spent": "0.112", "x_aimlapi_credits_used": "9"}, 0.112),
        ({"x_aimlapi_credits_used": "224000"}, 0.112),
        ({"x_aimlapi_usd_spent": "nothing"}, None),
        ({"x_aimlapi_usd_spent": "0"}, None),
        ({"x_aimlapi_usd_spent": "0.00", "x_aimlapi_credits_used": "224000"}, 0.112),
        ({"x_aimlapi_usd_spent": "-0.112"}, None),
        ({"x_aimlapi_usd_spent": "-1", "x_aimlapi_credits_used": "224000"}, 0.112),
        ({"x_aimlapi_usd_spent": "nan", "x_aimlapi_credits_used": "inf"}, None),
        ({"x_aimlapi_usd_spent": "1e999"}, None),
        ({}, None),
    ],
)
def test_headers_tell_the_inference_and_the_charge_where_the_body_does_not(
    provider: ScriptedProvider, client: ProviderClient, headers: dict[str, Any], usd: float | None
) -> None:
    made = {"data": [{"url": None, "b64_json": "AAAA"}, {"url": "https://cdn.example/2.png"}]}
    provider.replies = [reply(made, x_inference_id="inf-9", **headers)]
    answer, receipt = client.generate_images({}, "run")
    assert [picture.url for picture in answer.data] == [None, "https://cdn.example/2.png"]
    assert (receipt.inference_id, answer.charged_usd(receipt)) == ("inf-9", usd)


@pytest.mark.parametrize(
    "part", ["text", 7, [], {"usage": "much"}, {"usage": {"credits_used": "x"}}]
)
def test_a_part_that_cannot_be_read_is_not_worth_the_whole_answer(
    provider: ScriptedProvider, client: ProviderClient, part: object
) -> None:
    provider.replies = [
        reply({**COMPLETED, "meta": part}),
        reply({"id": "g", "status": "error", "error": part, "video": part}),
        reply({"data": [{"url": "https://cdn.example/1.png"}], "meta": part}),
        reply({"id": "g"}),
    ]
    completed, _ = client.video_status("g")
    failed, _ = client.video_status("g")
    pictures, receipt = client.generate_images({}, "run")
    going, _ = client.video_status("g")
    assert completed.video
    assert (completed.phase, failed.phase) == (Phase.COMPLETED, Phase.ERROR)
    assert (len(pictures.data), pictures.charged_usd(receipt)) == (1, None)
    assert going.phase is Phase.GENERATING


@pytest.mark.parametrize("credits_used", [0, -120000, "NaN", 1e400, None, "much"])
def test_an_amount_that_cannot_be_one_is_unknown(credits_used: object) -> None:
    meta = {"usage": {"credits_used": credits_used}}
    for answer in (
        VideoAnswer.model_validate({"id": "g", "status": "completed", "meta": meta}),
        ImageAnswer.model_validate({"data": [{"url": "u"}], "meta": meta}),
    ):
        assert answer.charged_usd(Receipt()) is None
        assert answer.charged_usd(Receipt(charged_usd=0.5)) == 0.5


@pytest.mark.parametrize("usd", [-1.56, "NaN", None, "much", 10**400])
def test_a_row_of_the_ledger_without_a_readable_amount_is_passed_over(
    provider: ScriptedProvider, client: ProviderClient, usd: object
) -> None:
    broken = {**CHARGE, "amount": {"usd": usd}}
    provider.replies = [reply({"data": [broken, 7, CHARGE]}), reply({"data": [broken]})]
    charge = find_charge(client.ledger_page, "inf-1", SINCE)
    assert charge
    assert charge.amount.usd == 1.56
    assert find_charge(client.ledger_page, "inf-1", SINCE) is None


def test_a_row_of_the_log_is_found_whatever_its_cost(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    provider.replies = [reply({"data": [{**LOG_ROW, "cost": {"usd": -1}}]})]
    row = client.find_log("customer-42", since=SINCE, until=UNTIL)
    assert row
    assert (row.inference_id, row.cost) == ("inf-1", None)


@pytest.mark.parametrize("meta", [None, {}, {"usage": None}])
def test_an_answer_without_usage_falls_back_to_the_headers(meta: dict[str, Any] | None) -> None:
    answer = VideoAnswer.model_validate({"id": "g", "status": "queued", "meta": meta})
    assert answer.charged_usd(Receipt(charged_usd=0.5)) == 0.5


def test_fields_nobody_told_of_are_kept(provider: ScriptedProvider, client: ProviderClient) -> None:
    body = {"id": "g", "status": "queued", "eta_s": 12, "video": {"url": "u", "codec": "h264"}}
    provider.replies = [reply(body)]
    answer, _ = client.submit_video({}, "run")
    assert answer.as_received() == body


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("queued", Phase.QUEUED),
        ("waiting", Phase.QUEUED),
        ("generating", Phase.GENERATING),
        ("completed", Phase.COMPLETED),
        ("error", Phase.ERROR),
        (" Completed ", Phase.COMPLETED),
        ("succeeded", Phase.GENERATING),
        ("failed", Phase.GENERATING),
        ("", Phase.GENERATING),
    ],
)
def test_a_status_nobody_told_of_means_still_going(status: str, phase: Phase) -> None:
    assert phase_of(status) is phase


def test_a_failed_video_says_why(provider: ScriptedProvider, client: ProviderClient) -> None:
    error = {"name": "ModerationError", "message": "The prompt was declined."}
    provider.replies = [reply({"id": "g", "status": "error", "error": error})]
    answer, _ = client.video_status("g")
    assert answer.phase is Phase.ERROR
    assert answer.error
    assert answer.error.message == "The prompt was declined."


def test_the_balance_is_in_usd(provider: ScriptedProvider, client: ProviderClient) -> None:
    provider.replies = [reply({"current_balance": 123.45, "currency": "USD"})]
    assert client.balance_usd() == 123.45


def test_prices_are_kept_as_long_as_their_etag_holds(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    changed = {"object": "list", "data": []}
    provider.replies = [
        reply(PRICED, ETag='"v1"'),
        reply(raw=b"", status=304, ETag='"v1"'),
        reply(changed, ETag='"v2"'),
    ]
    first = client.prices(["klingai/image-o1"])
    assert first.keys() == {"klingai/image-o1", "image-o1"}
    assert (first["klingai/image-o1"].kind, first["klingai/image-o1"].units) == (
        "fixed",
        ({"name": "image", "price": 0.0364, "per": 1},),
    )
    assert client.prices(["klingai/image-o1"]) == first
    assert client.prices(["klingai/image-o1"]) == {}
    tags = [request.headers.get("if-none-match") for request in provider.received]
    assert tags == [None, '"v1"', '"v1"']


def test_durations_leave_out_models_that_were_not_measured(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    figures = {"p50": 1830, "p75": 2450, "p90": 3900, "p99": 9100}
    provider.replies = [
        reply(
            {
                "window_seconds": 300,
                "generated_at": "2026-08-19T12:00:05.000Z",
                "models": [
                    {"alias": "a", "endpoint": "/v1", "metrics": {"duration_ms": figures}},
                    {"alias": "b", "endpoint": "/v1", "metrics": {"ttft_ms": figures}},
                ],
            }
        )
    ]
    durations = client.durations(["a", "b", "c"])
    assert {alias: figure.p50 for alias, figure in durations.items()} == {"a": 1830}


def test_one_price_or_duration_that_cannot_be_read_leaves_the_others(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    odd = {"id": "odd", "aliases": [], "pricing": {"kind": 7, "units": "none"}}
    figures = {"p50": 1830, "p75": 2450, "p90": 3900, "p99": 9100}
    measured = [
        {"alias": "odd", "metrics": {"duration_ms": {"p50": "long"}}},
        {"alias": "a", "metrics": {"duration_ms": figures}},
    ]
    provider.replies = [
        reply({"data": [odd, *PRICED["data"]]}),
        reply({"models": measured}),
    ]
    assert client.prices(["odd"]).keys() == {"klingai/image-o1", "image-o1"}
    assert client.durations(["odd", "a"]).keys() == {"a"}


def test_a_log_row_is_found_on_a_later_page(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    other = {**LOG_ROW, "client_request_id": None}
    provider.replies = [
        reply({"data": [other] * 2, "pagination": {"offset": 0, "has_more": True}}),
        reply({"data": [other, LOG_ROW], "pagination": {"offset": 100, "has_more": False}}),
    ]
    row = client.find_log("customer-42", since=SINCE, until=UNTIL)
    assert row
    assert row.cost
    assert (row.inference_id, row.status, row.cost.usd) == ("inf-1", "succeeded", 0.25)
    assert row.created == datetime(2026, 7, 2, 3, 4, 5, tzinfo=UTC)
    assert [request.query["offset"] for request in provider.received] == [["0"], ["100"]]


def test_a_request_the_log_does_not_know_is_none(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    provider.replies = [reply({"data": [LOG_ROW], "pagination": {"has_more": False}})]
    assert client.find_log("other", since=SINCE, until=UNTIL) is None
    assert len(provider.received) == 1


def test_a_charge_is_found_by_its_inference_and_a_payment_is_none(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    payment = {**CHARGE, "direction": "TOPUP", "type": "PAYMENT"}
    provider.replies = [
        reply({"data": [payment], "pagination": {"next_cursor": "abc", "has_more": True}}),
        reply({"data": [CHARGE], "pagination": {"next_cursor": None, "has_more": False}}),
    ]
    charge = find_charge(client.ledger_page, "inf-1", SINCE)
    assert charge
    assert charge.amount.usd == 1.56
    assert provider.received[1].query["cursor"] == ["abc"]
    assert find_charge(client.ledger_page, "inf-2", SINCE) is None
