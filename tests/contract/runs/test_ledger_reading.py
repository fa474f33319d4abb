"""The playground and the sandbox's ledger: charges that are looked up after the end."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from components.errors import ProviderError, RateLimited
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.money.charge_reconciler import ChargeReconciler
from components.runs.run import Status
from components.runs.store.run_store import RunStore
from components.runs.timing.provider_throttle import ProviderThrottle
from components.sandbox import Sandbox
from tests.apps.playgrounds import serving
from tests.samples.run_samples import database_url, sample_run
from tests.servers.sandbox_requests import IMAGE_O1, KEY, calling, image_uri, small_sandbox

WAIT_S = 60.0
PICTURES = 3


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with small_sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def inference_ids(sandbox: Sandbox) -> list[str]:
    """What was made, and charged, under these ids."""
    with calling(sandbox) as caller:
        body = {"prompt": "A boat", "image_urls": [image_uri()]}
        made = [caller.post(IMAGE_O1, body) for _ in range(PICTURES)]
        return [answer.headers["x-inference-id"] for answer in made]


def kept(url: str, inference_ids: list[str], days_ago: float) -> RunStore:
    """A store of runs with these inferences, whose charge nobody told, and one nobody charged."""
    store = RunStore(url)
    now = time.time()
    for number, inference_id in enumerate([*inference_ids, "never charged"]):
        begun_at = now - days_ago * 86_400 - 120
        store.add(
            sample_run(
                f"run-{number}",
                status=Status.DONE,
                created_at=begun_at,
                submitted_at=begun_at,
                finished_at=now - days_ago * 86_400,
                inference_id=inference_id,
                charge_unknown=inference_id == "never charged",
            )
        )
    return store


def ledger_reads(sandbox: Sandbox) -> int:
    return sum(request.path == "/v2/billing/transactions" for request in sandbox.received)


def test_all_charges_are_found_with_one_request_through_the_gate(
    sandbox: Sandbox, inference_ids: list[str], tmp_path: Path
) -> None:
    store = kept(database_url(tmp_path), inference_ids, 0.0)
    throttle = ProviderThrottle()
    client = ProviderClient(HttpClient(sandbox.url, KEY))
    late = ChargeReconciler(store, throttle.through(client.ledger_page))
    with pytest.raises(ProviderError), throttle.asking():
        raise RateLimited("A pause, please.")
    before = ledger_reads(sandbox)
    late.reconcile()
    assert ledger_reads(sandbox) == before
    ChargeReconciler(store, client.ledger_page).reconcile()
    assert ledger_reads(sandbox) == before + 1
    charged = [store.get(f"run-{number}").charged_usd for number in range(PICTURES)]
    assert charged == pytest.approx([0.0364] * PICTURES)
    store.close()


def test_a_playground_that_was_closed_looks_when_it_starts_and_says_what_stays_unknown(
    sandbox: Sandbox, inference_ids: list[str], tmp_path: Path
) -> None:
    """The runs seem to have ended more than half a day ago; their charges were booked since."""
    kept(f"sqlite:///{tmp_path / 'playground.sqlite3'}", inference_ids, 0.6).close()
    with serving(tmp_path, sandbox) as running, httpx.Client(base_url=running.url) as asker:
        unknown = asker.get(f"/runs/run-{PICTURES}/detail").text
        assert "not known: the provider's ledger does not tell" in unknown
        deadline = time.monotonic() + WAIT_S
        while "not known yet" in asker.get("/runs/run-0/detail").text:
            assert time.monotonic() < deadline, "no charge was found"
            time.sleep(0.2)
        assert "Charged $0.0364, says the provider" in asker.get("/runs/run-0/detail").text
