"""Which worlds are played, and how one is played."""

import tempfile
from pathlib import Path

from tests.simulation.outside.provider_records import Violation
from tests.simulation.world import Ending, World

MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory: syncing to a disk would be most of the time."""
RUNS = 91
"""Asked for in a world; people ask again for some, so there are a few more in the end."""
RUNS_WITHOUT_END = 3
"""The same where trouble never ends: each of them is tried for weeks."""
CLIMATES = (*("fair", "rough", "stormy") * 3, "endless")
"""One after the other: the seed's last digit tells which."""


def climate_of(seed: int) -> str:
    """How rough the world of a seed is."""
    return CLIMATES[seed % len(CLIMATES)]


def runs_of(seed: int) -> int:
    """How many runs are asked for in the world of a seed."""
    return RUNS_WITHOUT_END if climate_of(seed) == "endless" else RUNS


def played(seed: int) -> Ending:
    """Play a seed. Raises `Violation` with the command that plays it again."""
    place = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        try:
            return World(seed, runs_of(seed), Path(folder), climate_of(seed)).play()
        except Violation as broken:
            raise Violation(f"{broken}\n  python -m tests.simulation {seed}") from None
