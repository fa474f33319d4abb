"""`python -m tests.simulation SEED` plays one world and says what happened in it."""

import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.simulation.seeds import climate_of, runs_of
from tests.simulation.world import World


def main() -> None:
    """Play a seed, loudly."""
    seed = int(sys.argv[1])
    logging.basicConfig(level=logging.WARNING)
    began_s = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        world = World(seed, runs_of(seed), Path(folder), climate_of(seed))
        try:
            ending = world.play()
            print(f"{ending.runs} runs, {ending.days:.1f} days, {ending.turns} turns")
        finally:
            for what, count in sorted(world.happened.items()):
                print(f"{count:6}  {what}")
            print(f"{climate_of(seed)}, {time.process_time() - began_s:.2f} s of CPU")


if __name__ == "__main__":
    main()
