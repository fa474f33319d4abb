"""SIGKILL at random moments, many times over: what is lost, and what is sent twice.

`python -m tests.bench.runs.bench_kills 500` takes as many kills as wanted.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from components.runs.run import Status
from tests.processes.crash_cluster import built_town, small_results
from tests.samples.run_samples import FRAMES, IMAGE_O1

KILLS = 60
LIFE_S = (0.05, 0.6)
ADDED_A_LIFE = 4


def rows(kills: int = KILLS, seed: int = 1) -> list[tuple[str, ...]]:
    """Let one process after the other die, then count at the provider."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with built_town(folder, small_results(folder)) as town:
            began = time.monotonic()
            for _ in range(kills):
                town.add(*chance.choices([FRAMES, IMAGE_O1], [3, 1], k=ADDED_A_LIFE))
                town.live_for(chance.uniform(*LIFE_S))
            town.settle()
            runs = list(town.runs())
            done = sum(run.status is Status.DONE and town.has_results(run) for run in runs)
            failed = [run for run in runs if run.status is Status.FAILED]
            posts = town.provider.posts
            lost = len(runs) - done - len(failed)
            lost += sum(bool(posts[run.id]) and run.model == FRAMES for run in failed)
    return [
        (f"{kills} kills in {time.monotonic() - began:.0f} s", "runs", "target"),
        ("accepted here", str(len(runs)), str(kills * ADDED_A_LIFE)),
        ("done, with every file", str(done), ""),
        ("never sent, and said so", str(sum(not posts[run.id] for run in failed)), ""),
        ("pictures whose one answer was lost", str(sum(posts[run.id] for run in failed)), ""),
        ("lost", str(lost), "0"),
        ("sent twice", str(sum(count > 1 for count in posts.values())), "0"),
    ]


if __name__ == "__main__":
    for row in rows(*map(int, sys.argv[1:])):
        print("  ".join(cell.ljust(40 if at == 0 else 8) for at, cell in enumerate(row)))
