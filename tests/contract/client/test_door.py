"""At the door: whatever the provider answers, what can be used is, and all of it can be kept."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.errors import AnswerLost, PlaygroundError, RateLimited
from components.provider.answers.answer_json import MAX_DEPTH, read_json
from components.provider.answers.retry_after import retry_after_s
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.money.ledger import find_charge
from components.runs.run import Status
from tests.samples.run_samples import Clock, run_store, sample_run, step_runner
from tests.servers.provider_server import KEY, ScriptedProvider, problem, reply, scripted_provider

SINCE = datetime(2026, 8, 1, tzinfo=UTC)
COMPLETED = '{"id": "g-1", "status": "completed", "video": {"url": "https://cdn.example/1.mp4"}%s}'
HALF = "\\ud83e"
"""The first half of a pair, as JSON writes it."""
STRANGE = {
    "half a character": f', "note": "cut {HALF}"',
    "half a character in a name": f', "{HALF}": 1',
    "a NUL": ', "note": "a\\u0000b"',
    "no number": ', "score": NaN',
    "no numbers": ', "score": [Infinity, -Infinity, 1e999]',
    "a long number": f', "seed": {"9" * 5000}',
    "a deep part": f', "extra": {"[" * 300}{"]" * 300}',
    "a name twice": ', "status": "completed"',
    "a long text": f', "note": "{"x" * 100_000}"',
}


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        yield running


@pytest.fixture
def client(provider: ScriptedProvider) -> ProviderClient:
    return ProviderClient(HttpClient(provider.url, KEY))


@pytest.mark.parametrize("part", STRANGE.values(), ids=STRANGE)
def test_a_strange_part_of_a_status_answer_costs_only_itself_and_the_run_is_stored(
    provider: ScriptedProvider, tmp_path: Path, part: str
) -> None:
    provider.replies = [reply(raw=(COMPLETED % part).encode())]
    clock, store = Clock(), run_store(tmp_path)
    run = sample_run("a", status=Status.GENERATING, generation_id="g-1", submitted_at=clock.now)
    run = step_runner(provider, store, tmp_path, clock).advance(run)
    store.add(run)
    run = store.get("a")
    assert run.status is Status.SAVING
    assert run.outputs[0].remote_url == "https://cdn.example/1.mp4"
    assert run.response
    kept = json.dumps(run.response, allow_nan=False, ensure_ascii=False).encode()
    assert len(kept) < 20_000
    store.close()


def test_a_declined_prompt_that_is_echoed_and_cut_is_told(
    provider: ScriptedProvider, tmp_path: Path
) -> None:
    said = f'{{"message": "No: \\ud83d\\ude00 and {HALF}", "requestId": "r{HALF}"}}'
    provider.replies = [reply(raw=said.encode(), status=400)]
    clock, store = Clock(), run_store(tmp_path)
    run = sample_run("a", status=Status.SUBMITTING, submitted_at=clock.now)
    failed = step_runner(provider, store, tmp_path, clock).advance(run)
    assert failed.status is Status.FAILED
    assert "It says: No: 😀 and �." in failed.error
    store.add(failed)
    assert store.get("a").error == failed.error
    store.close()


def test_bytes_that_are_no_utf_8_cost_only_themselves(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    provider.replies = [
        reply(raw=b'\xef\xbb\xbf{"id": "g-1", "status": "queued", "note": "f\xfcr"}')
    ]
    accepted, _ = client.submit_video({}, "run-1")
    assert (accepted.id, accepted.as_received()["note"]) == ("g-1", "f\ufffdr")


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH + 1, 900])
def test_what_lies_too_deep_is_left_out(depth: int) -> None:
    value = read_json(b'{"a":' * depth + b"1" + b"}" * depth)
    for _ in range(min(depth, MAX_DEPTH)):
        value = value["a"]
    assert value == (1 if depth < MAX_DEPTH else None)


@pytest.mark.parametrize("raw", [b"[" * 100_000, b"", b"\xff\xfe", b"{", b'"', b"NaN"])
def test_what_is_no_answer_at_all_is_one_that_was_lost(
    provider: ScriptedProvider, client: ProviderClient, raw: bytes
) -> None:
    provider.replies = [reply(raw=raw)]
    with pytest.raises(AnswerLost, match="could not be read"):
        client.submit_video({}, "run-1")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    raw=st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(
            st.sampled_from(["id", "status", "data", "url", "error", "message", "meta"]), inner
        ),
    ).map(lambda value: json.dumps(value).encode()),
    status=st.sampled_from([200, 201, 304, 400, 404, 429, 500, 503, 599]),
)  # fmt: skip
def test_no_answer_raises_anything_but_an_error_of_ours(
    provider: ScriptedProvider, client: ProviderClient, raw: bytes, status: int
) -> None:
    provider.replies = [reply(raw=raw, status=status)]
    for ask in (
        lambda: client.submit_video({}, "run-1"),
        lambda: client.generate_images({}, "run-1"),
        lambda: client.video_status("g-1"),
        client.balance_usd,
        lambda: client.prices(["a"]),
        lambda: client.durations(["a"]),
        lambda: client.find_log("run-1", since=SINCE, until=SINCE),
        lambda: find_charge(client.ledger_page, "g-1", SINCE),
    ):
        try:
            ask()
        except PlaygroundError as error:
            str(error).encode()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("inf-1", "inf-1"), ("inf-1 ", "inf-1"), ("x" * 256, "x" * 256), ("x" * 257, None)],
)  # fmt: skip
def test_an_id_from_a_header_fits_where_it_is_kept(
    provider: ScriptedProvider, client: ProviderClient, sent: str, kept: str | None
) -> None:
    provider.replies = [
        reply({"id": "g-1", "status": "queued"}, x_inference_id=sent),
        problem(429, x_inference_id=sent),
    ]
    _, receipt = client.submit_video({}, "run-1")
    with pytest.raises(RateLimited) as caught:
        client.submit_video({}, "run-1")
    assert receipt.inference_id == caught.value.facts.inference_id == kept


def test_a_request_id_of_any_length_and_kind_is_kept_or_left_out(
    provider: ScriptedProvider, client: ProviderClient
) -> None:
    for sent, kept in [("r" * 300, None), (7, "7"), (f"r{chr(0xD83E)}", "r\ufffd")]:
        provider.replies = [reply({"message": ["No.", "Never."], "requestId": sent}, 429)]
        with pytest.raises(RateLimited) as caught:
            client.balance_usd()
        facts = replace(caught.value.facts, status_code=None)
        assert (facts.request_id, facts.detail) == (kept, "No.; Never.")


@pytest.mark.parametrize("header", ["inf", "-inf", "nan", "1e999"])
def test_an_endless_pause_is_none(header: str) -> None:
    assert retry_after_s(header) is None


@given(st.text(max_size=40))
def test_a_pause_is_a_number_or_none_whatever_is_asked(header: str) -> None:
    pause_s: Any = retry_after_s(header)
    assert pause_s is None or 0 <= pause_s < float("inf")
