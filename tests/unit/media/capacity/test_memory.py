"""Files share a budget of memory: in turn, alone where they must be, and never for ever."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from components.errors import RepairCancelled
from components.media.capacity.cpu_slots import CpuSlots
from components.media.capacity.footprint import footprint_bytes
from components.media.capacity.memory_budget import MemoryBudget
from tests.samples.media_files import saved

PATIENCE_S = 30.0
SIZE = (4000, 3000)
MEASURED = """
import sys
from pathlib import Path
from components.media.preflight import Preflighter
from components.media.report import ImageChoices
from components.media.store.media_store import FolderStore
from tests.bench.process_memory import grown_bytes_of, start_counting
file, folder = map(Path, sys.argv[1:])
preflighter = Preflighter(FolderStore(folder))
base = start_counting("self")
preflighter.examine(file, ImageChoices())
print(grown_bytes_of("self", base))
"""


class Worker:
    """Somebody who holds memory until told to let go."""

    def __init__(self, budget: MemoryBudget, needed_bytes: int) -> None:
        self.has_begun, self.is_over = threading.Event(), threading.Event()
        self._budget, self._needed_bytes = budget, needed_bytes
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        with self._budget.held(self._needed_bytes):
            self.has_begun.set()
            self.is_over.wait(PATIENCE_S)

    def end(self) -> None:
        self.is_over.set()
        self._thread.join(PATIENCE_S)


def waits(budget: MemoryBudget) -> Callable[[int], None]:
    """Wait until so many stand in line."""

    def wait(count: int) -> None:
        while len(budget._waiting) != count:
            threading.Event().wait(0.001)

    return wait


def test_files_that_fit_together_are_worked_on_together() -> None:
    budget = MemoryBudget(100)
    workers = [Worker(budget, 50), Worker(budget, 50)]
    assert all(it.has_begun.wait(PATIENCE_S) for it in workers)
    third = Worker(budget, 1)
    waits(budget)(1)
    assert not third.has_begun.is_set()
    workers[0].end()
    assert third.has_begun.wait(PATIENCE_S)
    for it in (workers[1], third):
        it.end()


def test_one_that_is_too_large_waits_until_it_is_alone_and_nobody_overtakes_it() -> None:
    budget = MemoryBudget(100)
    first, wait = Worker(budget, 10), waits(budget)
    assert first.has_begun.wait(PATIENCE_S)
    large = Worker(budget, 500)
    wait(1)
    small = Worker(budget, 1)
    wait(2)
    assert not large.has_begun.is_set()
    assert not small.has_begun.is_set()
    first.end()
    assert large.has_begun.wait(PATIENCE_S)
    assert not small.has_begun.is_set()
    large.end()
    assert small.has_begun.wait(PATIENCE_S)
    small.end()


def test_who_gives_up_or_fails_leaves_no_trace() -> None:
    given_back: list[int] = []
    budget = MemoryBudget(100, give_back=lambda: given_back.append(1))
    with (
        budget.held(100),
        pytest.raises(RepairCancelled),
        budget.held(1, cancelled=lambda: True),
    ):
        pytest.fail("there was no room")
    with pytest.raises(ValueError, match="broken"), budget.held(50_000_000):
        raise ValueError("broken")
    assert given_back == [1]
    with budget.held(100):
        pass


def test_a_turn_waits_for_memory_too() -> None:
    cpu_slots = CpuSlots(2, MemoryBudget(100))
    with cpu_slots.slot(needed_bytes=80), pytest.raises(RepairCancelled):
        asked = iter((False, True))
        with cpu_slots.slot(lambda: next(asked, True), needed_bytes=80):
            pytest.fail("there was no room")


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.avif"])
def test_the_footprint_of_a_picture_is_at_least_what_it_takes(name: str, tmp_path: Path) -> None:
    file = saved(tmp_path / name, Image.linear_gradient("L").resize(SIZE).convert("RGB"))
    took = subprocess.run(
        [sys.executable, "-c", MEASURED, str(file), str(tmp_path / "media")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert int(took) <= footprint_bytes(file)


def test_a_file_that_cannot_be_opened_takes_next_to_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "a.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert footprint_bytes(broken) < 10_000_000
