"""SIGKILL at every transition and at random: every run reaches its end, none is sent twice."""

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.runs.run import Run, Status
from tests.processes.crash_cluster import JOIN_S, Town, built_town, small_results
from tests.processes.crash_worker import Doom
from tests.samples.run_samples import FRAMES, IMAGE_O1

POST = {FRAMES: "asking POST /v2/video/generations", IMAGE_O1: "asking POST /v1/images/generations"}
LOOK = "asking GET /v2/video/generations"
MOMENTS = [
    *((model, "before beginning to send", 0) for model in POST),
    *((model, f"after storing {Status.SUBMITTING}", 0) for model in POST),
    *((model, f"before {post}", 0) for model, post in POST.items()),
    *((model, f"after {post}", 1) for model, post in POST.items()),
    *((model, "while the provider reads", 1) for model in POST),
    (FRAMES, f"before storing {Status.GENERATING}", 1),
    (FRAMES, f"after storing {Status.GENERATING}", 1),
    (FRAMES, f"before {LOOK}", 1),
    (FRAMES, f"after {LOOK}", 1),
    *((model, f"before storing {Status.SAVING}", 1) for model in POST),
    *((model, f"after storing {Status.SAVING}", 1) for model in POST),
    *((model, "before fetching", 1) for model in POST),
    *((model, "after fetching", 1) for model in POST),
    *((model, f"before storing {Status.DONE}", 1) for model in POST),
    *((model, f"after storing {Status.DONE}", 1) for model in POST),
]
RUNS = 8
LIVES = 6


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return small_results(tmp_path_factory.mktemp("results"))


@pytest.fixture
def town(results: dict[str, bytes], tmp_path: Path) -> Iterator[Town]:
    with built_town(tmp_path, results) as built:
        yield built


def check(town: Town, run: Run) -> None:
    """Nothing is paid twice, and what was paid for is here, or it is said why it cannot be."""
    posts = town.provider.posts[run.id]
    assert posts <= 1
    if run.status is Status.DONE:
        assert posts == 1
        assert town.has_results(run)
        return
    assert run.status is Status.FAILED
    if posts:
        assert run.model == IMAGE_O1
        assert "no call to ask for it again. Charged $0.2500." in run.error
    else:
        assert "Not charged as far as its log and its ledger tell." in run.error


@pytest.mark.parametrize(("model", "moment", "posts"), MOMENTS)
def test_a_process_killed_at_any_moment_loses_nothing_and_sends_nothing_twice(
    model: str, moment: str, posts: int, town: Town
) -> None:
    town.add(model)
    process = town.live(Doom(moment))
    if moment == "while the provider reads":
        town.provider.on_post = process.kill
    process.join(JOIN_S)
    assert process.exitcode == -signal.SIGKILL
    assert town.provider.posts.total() == posts
    town.settle()
    for run in town.runs():
        check(town, run)


@pytest.mark.parametrize("seed", range(3))
def test_a_process_killed_again_and_again_loses_nothing_and_sends_nothing_twice(
    seed: int, town: Town
) -> None:
    chance = random.Random(seed)
    town.add(*chance.choices([FRAMES, IMAGE_O1], [3, 1], k=RUNS))
    for _ in range(LIVES):
        town.live_for(chance.uniform(0.05, 0.5))
    town.settle()
    for run in town.runs():
        check(town, run)
