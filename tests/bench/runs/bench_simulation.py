"""100,000 runs in worlds where everything fails in any order; every broken promise is printed.

`python -m tests.bench.runs.bench_simulation 5000` plays as many runs as wanted.
"""

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count

from tests.simulation.outside.provider_records import Violation
from tests.simulation.seeds import played
from tests.simulation.world import Ending

RUNS = 100_000
FIRST_SEED = 1_000
"""The ones before are played by the tests."""
AT_ONCE = 50


def rows(runs: int = RUNS) -> list[tuple[str, ...]]:
    """Play worlds, one on each core, until there were so many runs."""
    began = time.monotonic()
    endings, broken = [], []
    for ending in _endings(runs):
        if isinstance(ending, str):
            broken.append(ending)
            print(ending, flush=True)
        else:
            endings.append(ending)
    happened = sum((ending.happened for ending in endings), start=Counter[str]())
    steps = sum(often for what, often in happened.items() if what.startswith("step"))
    return [
        (f"{len(endings) + len(broken)} worlds in {time.monotonic() - began:.0f} s", "", "target"),
        ("runs", f"{sum(ending.runs for ending in endings)}", f"{runs}"),
        ("simulated days", f"{sum(ending.days for ending in endings):.0f}", ""),
        ("steps", f"{steps}", ""),
        ("kills", f"{happened['kill']}", ""),
        ("times the clock was set", f"{happened['clock set']}", ""),
        ("turns without a database", f"{happened['database away']}", ""),
        ("broken promises", f"{len(broken)}", "0"),
    ]


def _endings(runs: int) -> Iterator[Ending | str]:
    seeds, done = count(FIRST_SEED), 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        while done < runs:
            batch = [next(seeds) for _ in range(AT_ONCE)]
            for ending in pool.map(_played, batch):
                done += 0 if isinstance(ending, str) else ending.runs
                yield ending


def _played(seed: int) -> Ending | str:
    logging.disable(logging.CRITICAL)
    try:
        return played(seed)
    except Violation as broken:
        return str(broken)


if __name__ == "__main__":
    for row in rows(*map(int, sys.argv[1:])):
        print("  ".join(cell.ljust(40 if at == 0 else 8) for at, cell in enumerate(row)))
