"""References looked at in the background: one memory, short for failures, and a share for each."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from components.errors import DiskFull, DownloadFailed
from components.interface.requests.reference_preparer import (
    OUR_FAULT,
    SHARE,
    TOO_MANY,
    ReferencePreparer,
)
from components.interface.requests.reference_status import (
    FAILURE_S,
    STOPPED_S,
    ReferenceCache,
    ReferenceStatus,
)
from components.interface.requests.shared_pool import MOST_WAITING, SharedPool
from components.media.report import ImageChoices
from components.media.store.media_store import FolderStore, name_of, ref
from tests.apps.counting_preflighter import CountingPreflighter
from tests.samples.media_files import drawing, saved
from tests.samples.run_samples import Clock

PATIENCE_S = 30.0
CHOICES = ImageChoices()
ADDRESS = "https://pictures.example.com/fox.webp"


@dataclass
class Servers:
    """Serves a picture at every address; those that are silent answer when they are let."""

    picture: Path
    fault: Exception | None = None
    answer: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str, target: Path) -> None:
        self.asked.append(url)
        if "silent" in url:
            self.answer.wait(PATIENCE_S)
        if self.fault:
            raise self.fault
        target.write_bytes(self.picture.read_bytes())


@dataclass
class Preparation:
    """ReferencePreparer with all they work with."""

    folder: Path
    clock: Clock = field(default_factory=lambda: Clock(0.0))

    def __post_init__(self) -> None:
        picture = saved(self.folder / "a.webp", drawing())
        self.media = FolderStore(self.folder / "media")
        self.preflighter = CountingPreflighter(self.media)
        self.servers = Servers(picture)
        self.preparer = ReferencePreparer(
            self.preflighter, self.media, self.servers.fetch, clock=self.clock
        )
        self.kept = ref(self.media.keep(picture, ".webp"))

    def prepare(
        self, source: str, visitor: str = "", wait_s: float = PATIENCE_S
    ) -> ReferenceStatus:
        return self.preparer.prepare(source, CHOICES, wait_s, visitor)


@pytest.fixture
def preparation(tmp_path: Path) -> Iterator[Preparation]:
    opened = Preparation(tmp_path)
    yield opened
    opened.servers.answer.set()
    opened.preparer.close()


def test_asking_again_gives_the_same_answer_until_a_file_of_it_is_deleted(
    preparation: Preparation,
) -> None:
    first = preparation.prepare(preparation.kept)
    preparation.clock.now += 10**9
    assert preparation.prepare(preparation.kept) is first
    assert preparation.preflighter.count == 1
    assert first.examined
    preparation.media.delete(name_of(first.examined.thumbnail_ref))
    again = preparation.prepare(preparation.kept)
    assert again == first
    assert preparation.media.has(name_of(first.examined.thumbnail_ref))


def test_a_repair_that_went_is_made_anew(preparation: Preparation) -> None:
    repaired = preparation.prepare(preparation.kept).carried
    assert repaired != preparation.kept
    preparation.media.delete(name_of(repaired))
    assert preparation.prepare(preparation.kept).carried == repaired
    assert preparation.media.has(name_of(repaired))


def test_many_who_ask_for_the_same_share_one_piece_of_work(preparation: Preparation) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: preparation.prepare(preparation.kept), range(8)))
    assert {status.state for status in statuses} == {"ready"}
    assert preparation.preflighter.count == 1


def test_an_address_that_failed_once_is_tried_again_in_a_moment(preparation: Preparation) -> None:
    preparation.servers.fault = DownloadFailed("The connection failed.")
    assert preparation.prepare(ADDRESS).state == "unchecked"
    assert preparation.prepare(ADDRESS).sentence == (
        "The connection failed. So it could not be checked, and is passed on as it is."
        " Try again in a moment."
    )
    preparation.servers.fault = None
    assert preparation.prepare(ADDRESS).state == "unchecked"
    preparation.clock.now += FAILURE_S
    assert preparation.prepare(ADDRESS).state == "ready"


def test_a_disk_that_was_full_once_does_not_refuse_a_file_for_good(
    preparation: Preparation,
) -> None:
    preparation.preflighter.fault = DiskFull("There is no room left to keep the file.")
    status = preparation.prepare(preparation.kept)
    assert status.state == "refused"
    assert "Nothing was sent or charged." in status.sentence
    assert "paid" not in status.sentence
    preparation.preflighter.fault = None
    preparation.clock.now += FAILURE_S
    assert preparation.prepare(preparation.kept).state == "ready"


def test_a_fault_of_ours_is_a_sentence_for_a_moment(preparation: Preparation) -> None:
    preparation.preflighter.fault = RuntimeError("a bug")
    assert preparation.prepare(preparation.kept) == ReferenceStatus("refused", sentence=OUR_FAULT)
    preparation.preflighter.fault = None
    preparation.clock.now += FAILURE_S
    assert preparation.prepare(preparation.kept).state == "ready"


def test_what_took_long_to_fail_is_not_tried_all_the_time(tmp_path: Path) -> None:
    clock = Clock(0.0)
    cache = ReferenceCache(FolderStore(tmp_path), clock)
    cache.put((ADDRESS, CHOICES), ReferenceStatus("refused"), took_s=100.0)
    clock.now = 10 * FAILURE_S
    assert cache.get((ADDRESS, CHOICES))
    clock.now = 300.0
    assert cache.get((ADDRESS, CHOICES)) is None


def test_only_the_latest_statuses_are_kept(tmp_path: Path) -> None:
    cache = ReferenceCache(FolderStore(tmp_path), Clock(0.0), max_entries=1)
    for name in ("a", "b"):
        cache.put((name, CHOICES), ReferenceStatus("refused"), took_s=0.0)
    assert cache.get(("a", CHOICES)) is None
    assert cache.get(("b", CHOICES))


def test_a_repair_that_was_stopped_does_not_begin_by_itself(preparation: Preparation) -> None:
    silent = "https://silent.example.com/a.webp"
    assert preparation.prepare(silent, wait_s=0.0).state == "working"
    preparation.preparer.cancel(silent, CHOICES)
    preparation.servers.answer.set()
    assert preparation.prepare(silent).state == "stopped"
    preparation.clock.now += FAILURE_S
    assert preparation.prepare(silent).state == "stopped"
    preparation.clock.now += STOPPED_S
    assert preparation.prepare(silent).state == "ready"


def silent_addresses(count: int) -> list[str]:
    return [f"https://silent.example.com/{number}.webp" for number in range(count)]


def test_addresses_that_never_answer_keep_no_photo_and_no_other_visitor(
    preparation: Preparation,
) -> None:
    for address in silent_addresses(8):
        assert preparation.prepare(address, "slow", wait_s=0.0).state == "working"
    assert preparation.prepare(preparation.kept, "slow").state == "ready"
    assert preparation.prepare(ADDRESS, "quick").state == "ready"
    assert len(preparation.servers.asked) == SHARE + 1


def test_ten_thousand_addresses_are_refused_at_once_beyond_a_few(preparation: Preparation) -> None:
    statuses = [preparation.prepare(it, "one", wait_s=0.0) for it in silent_addresses(10_000)]
    refused = [status for status in statuses if status.state == "refused"]
    assert len(statuses) - len(refused) <= SHARE + MOST_WAITING
    assert {status.sentence for status in refused} == {TOO_MANY}
    assert preparation.prepare(ADDRESS, "another").state == "ready"
    preparation.servers.answer.set()
    last = silent_addresses(10_000)[-1]
    for address in silent_addresses(MOST_WAITING):
        preparation.prepare(address, "one")
    assert preparation.prepare(last, "one").state == "ready"


def test_visitors_take_turns() -> None:
    began: list[str] = []
    let = threading.Event()
    done = threading.Semaphore(0)

    def work(visitor: str) -> None:
        let.wait(PATIENCE_S)
        began.append(visitor)
        done.release()

    pool = SharedPool("test", threads=1, share=1)
    for visitor in "aaabab":
        assert pool.submit(visitor, lambda visitor=visitor: work(visitor))  # type: ignore[misc]
    let.set()
    for _ in range(6):
        assert done.acquire(timeout=PATIENCE_S)
    pool.close()
    assert "".join(began) == "aababa"
