"""What is lost, refused or cancelled on the way is collected with one POST, or not sent again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.runs.run import Status
from components.runs.store.run_store import RunStore
from tests.samples.media_files import video
from tests.samples.run_samples import (
    Clock,
    answers_all,
    drive,
    sample_run,
    step_runner,
)
from tests.servers.provider_server import (
    Handler,
    Reply,
    ScriptedProvider,
    problem,
    reply,
    reset,
    scripted_provider,
)


@pytest.fixture
def provider(clip: bytes) -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        running.replies = [answers_all(running, clip)]
        yield running


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return video(tmp_path_factory.mktemp("clip") / "a.mp4").read_bytes()


def test_an_answer_lost_on_the_way_is_collected_with_one_post(
    store: RunStore, provider: ScriptedProvider, tmp_path: Path, clip: bytes
) -> None:
    provider.replies = [reset, answers_all(provider, clip)]
    store.add(sample_run())
    clock = Clock()
    drive(store, step_runner(provider, store, tmp_path, clock), clock)
    assert store.get("run-1").status is Status.DONE
    assert provider.post_count == 1
    assert [event.what for event in store.get("run-1").events][1:] == [
        f"The answer from {provider.host} was lost.",
        "Found in the provider's log.",
        "The provider finished the video.",
        "Every file is saved here.",
    ]


@pytest.mark.parametrize("answer", [problem(429, Retry_After="3"), problem(503, Retry_After="3")])
def test_only_what_was_certainly_not_accepted_is_sent_again(
    answer: Reply, store: RunStore, provider: ScriptedProvider, tmp_path: Path, clip: bytes
) -> None:
    provider.replies = [answer, answer, answers_all(provider, clip)]
    store.add(sample_run())
    clock = Clock()
    drive(store, step_runner(provider, store, tmp_path, clock), clock)
    assert store.get("run-1").status is Status.DONE
    assert provider.post_count == 3
    posts = [item for item in provider.received if item.method == "POST"]
    assert {item.headers["x-client-request-id"] for item in posts} == {"run-1"}


def test_a_run_cancelled_while_it_waits_for_the_provider_is_not_sent(
    store: RunStore, provider: ScriptedProvider, tmp_path: Path, clip: bytes
) -> None:
    def refused_while_cancelled(handler: Handler) -> None:
        store.cancel("run-1", clock())
        problem(429)(handler)

    provider.replies = [refused_while_cancelled, answers_all(provider, clip)]
    store.add(sample_run())
    clock = Clock()
    drive(store, step_runner(provider, store, tmp_path, clock), clock)
    assert store.get("run-1").status is Status.CANCELLED
    assert provider.post_count == 1


def test_a_run_cancelled_at_the_provider_is_collected_all_the_same(
    store: RunStore, provider: ScriptedProvider, tmp_path: Path, clip: bytes
) -> None:
    def accepted_while_cancelled(handler: Handler) -> None:
        store.cancel("run-1", clock())
        reply({"id": "g-1", "status": "queued"})(handler)

    provider.replies = [accepted_while_cancelled, answers_all(provider, clip)]
    store.add(sample_run())
    clock = Clock()
    drive(store, step_runner(provider, store, tmp_path, clock), clock)
    run = store.get("run-1")
    assert (run.status, run.cancel_requested, run.charged_usd) == ("done", True, 0.56)
    assert run.outputs[0].name
