"""References looked at by several replicas: once, told by all, and stopped by any of them."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from components.errors import DownloadFailed
from components.interface.requests.reference_preparer import ReferencePreparer
from components.interface.requests.reference_status import STOPPED_S, ReferenceStatus
from components.interface.requests.shared_statuses import SharedStatuses, read, written
from components.media.preflight import Preflighter
from components.media.report import ClipChoices, Harmless, ImageChoices
from components.media.store.media_store import FolderStore, name_of, ref
from components.runs.store.forms.shared_looks import KEPT_S, LOOKING_S, SharedLooks
from tests.apps.counting_preflighter import CountingPreflighter
from tests.apps.playgrounds import SAMPLES
from tests.samples.media_files import drawing, saved
from tests.samples.run_samples import Clock, run_store

PATIENCE_S = 30.0
CHOICES = ImageChoices()
SILENT = "https://silent.example.com/fox.webp"


@dataclass
class Replicas:
    """Two preparers over one database and one media folder; addresses answer when they are let."""

    folder: Path
    clock: Clock = field(default_factory=lambda: Clock(1000.0))
    answer: threading.Event = field(default_factory=threading.Event)
    lengths: dict[str, float] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    fault: Exception | None = None

    def __post_init__(self) -> None:
        self.picture = saved(self.folder / "a.webp", drawing())
        self.store = run_store(self.folder)
        self.media = FolderStore(self.folder / "media")
        self.kept = ref(self.media.keep(self.picture, ".webp"))
        self.looked = [CountingPreflighter(self.media) for _ in range(2)]
        self.preparers = [self.preparer(it) for it in self.looked]

    def preparer(self, preflighter: Preflighter) -> ReferencePreparer:
        looks = SharedLooks(self.store.database, self.clock)
        shared = SharedStatuses(looks, self.media, self.lengths.__setitem__)
        return ReferencePreparer(
            preflighter, self.media, self.fetch, clock=self.clock, shared=shared
        )

    def fetch(self, url: str, target: Path) -> None:
        self.fetched.append(url)
        self.answer.wait(PATIENCE_S)
        if self.fault:
            raise self.fault
        target.write_bytes(self.picture.read_bytes())

    def wait_for_the_end(self, replica: int) -> None:
        """What was stopped may still be at work for a moment."""
        while (SILENT, CHOICES) in self.preparers[replica]._jobs:
            time.sleep(0.01)

    def ask(self, replica: int, source: str, wait_s: float = PATIENCE_S) -> ReferenceStatus:
        return self.preparers[replica].prepare(source, CHOICES, wait_s)


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[Replicas]:
    opened = Replicas(tmp_path)
    yield opened
    opened.answer.set()
    for preparer in opened.preparers:
        preparer.close()
    opened.store.close()


def test_what_one_has_looked_at_the_other_knows(replicas: Replicas) -> None:
    first = replicas.ask(0, replicas.kept)
    assert first.state == "ready"
    assert replicas.ask(1, replicas.kept) == first
    assert [it.count for it in replicas.looked] == [1, 0]


def test_a_repair_whose_file_is_gone_is_made_anew_by_whoever_is_asked(replicas: Replicas) -> None:
    carried = replicas.ask(0, replicas.kept).carried
    replicas.media.delete(name_of(carried))
    assert replicas.ask(1, replicas.kept).carried == carried
    assert replicas.media.has(name_of(carried))
    assert [it.count for it in replicas.looked] == [1, 1]


def test_while_one_is_at_work_the_other_says_so_and_waits(replicas: Replicas) -> None:
    assert replicas.ask(0, SILENT, wait_s=0.0).state == "working"
    assert replicas.ask(1, SILENT, wait_s=0.0).state == "working"
    threading.Timer(0.2, replicas.answer.set).start()
    assert replicas.ask(1, SILENT).state == "ready"
    assert replicas.fetched == [SILENT]


def test_a_replica_that_died_is_replaced(replicas: Replicas) -> None:
    assert replicas.ask(0, SILENT, wait_s=0.0).state == "working"
    replicas.clock.now += LOOKING_S
    replicas.answer.set()
    assert replicas.ask(1, SILENT).state == "ready"
    assert replicas.ask(0, SILENT).state == "ready"


@pytest.mark.parametrize("asked", [0, 1])
def test_any_replica_stops_it_and_none_is_stuck(asked: int, replicas: Replicas) -> None:
    assert replicas.ask(0, SILENT, wait_s=0.0).state == "working"
    replicas.preparers[asked].cancel(SILENT, CHOICES)
    if asked == 1:
        assert replicas.ask(1, SILENT).state == "stopped"
        assert replicas.ask(0, SILENT, wait_s=0.0).state == "stopped"
    replicas.answer.set()
    for replica in (0, 1):
        assert replicas.ask(replica, SILENT).state == "stopped"
    assert replicas.preparers[1].prepare(SILENT, ClipChoices(), 0.0).state == "working"
    replicas.wait_for_the_end(0)
    replicas.clock.now += STOPPED_S
    assert replicas.ask(1, SILENT).state == "ready"


def test_what_was_not_begun_is_not_stopped(replicas: Replicas) -> None:
    replicas.preparers[0].cancel(replicas.kept, CHOICES)
    assert replicas.ask(1, replicas.kept).state == "ready"


def test_a_failure_is_everybodys_for_a_moment(replicas: Replicas) -> None:
    replicas.answer.set()
    replicas.fault = DownloadFailed("The connection failed.")
    assert replicas.ask(0, SILENT).state == "unchecked"
    assert replicas.ask(1, SILENT).sentence == replicas.ask(0, SILENT).sentence
    assert replicas.fetched == [SILENT]
    replicas.fault = None
    replicas.clock.now += PATIENCE_S
    assert replicas.ask(1, SILENT).state == "ready"


def test_nothing_is_remembered_for_ever(replicas: Replicas) -> None:
    replicas.ask(0, replicas.kept)
    replicas.clock.now += KEPT_S
    replicas.ask(1, replicas.kept)
    assert [it.count for it in replicas.looked] == [1, 1]


def test_a_database_that_does_not_answer_keeps_nobody_from_looking(tmp_path: Path) -> None:
    replicas = Replicas(tmp_path)
    replicas.ask(0, replicas.kept)
    with replicas.store.database.begin() as other:
        other.exec_driver_sql("DROP TABLE reference_looks")
    assert replicas.ask(1, replicas.kept).state == "ready"
    replicas.store.close()


def test_the_length_of_a_clip_is_told_with_it(replicas: Replicas) -> None:
    clip = ref(replicas.media.keep(SAMPLES / "clip.mp4", ".mp4"))
    first, second = (it.prepare(clip, ClipChoices(), PATIENCE_S) for it in replicas.preparers)
    assert second == first
    assert replicas.lengths[clip] > 1.0


def test_a_status_is_read_as_it_was_written(replicas: Replicas) -> None:
    status = replicas.ask(0, replicas.kept)
    again = read(written(status))
    assert again == status
    assert status.examined
    assert again.examined
    kinds = [isinstance(it, Harmless) for it in status.examined.preflight.changes]
    assert [isinstance(it, Harmless) for it in again.examined.preflight.changes] == kinds
