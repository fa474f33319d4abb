"""References looked at in the background: one memory, short for failures, and a share for each."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from components.interface.requests.reference_preparation import (
    OUR_FAULT,
    SHARE,
    TOO_MANY,
    Preparations,
)

from components.errors import DiskFull, DownloadFailed
from components.interface.requests.reference_status import (
    FAILURE_S,
    STOPPED_S,
    KnownReferences,
    ReferenceStatus,
)
from components.interface.requests.shared_pool import MOST_WAITING, SharedPool
from components.media.preflight import Examined, Preflighter
from components.media.report import ImageChoices
from components.media.store.media_store import FolderStore, name_of, ref
from tests.samples.media_files import drawing, saved
from tests.samples.run_samples import Clock

PATIENCE_S = 30.0
CHOICES = ImageChoices()
ADDRESS = "https://pictures.example.com/fox.webp"


class CountingDesk(Preflighter):
    """A preflighter that counts what it is asked for; `fault` is raised instead of an answer."""

    count = 0
    fault: Exception | None = None

    def examine(self, source: Path | str, *arguments: object, **options: object) -> Examined:
        self.count += 1
        if self.fault:
            raise self.fault
        return super().examine(source, *arguments, **options)  # type: ignore[arg-type]


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
class House:
    """Preparations with all they work with."""

    folder: Path
    clock: Clock = field(default_factory=lambda: Clock(0.0))

    def __post_init__(self) -> None:
        picture = saved(self.folder / "a.webp", drawing())
        self.media = FolderStore(self.folder / "media")
        self.preflighter = CountingDesk(self.media)
        self.servers = Servers(picture)
        self.preparations = Preparations(
            self.preflighter, self.media, self.servers.fetch, clock=self.clock
        )
        self.kept = ref(self.media.keep(picture, ".webp"))

    def look(self, source: str, visitor: str = "", wait_s: float = PATIENCE_S) -> ReferenceStatus:
        return self.preparations.look(source, CHOICES, wait_s, visitor)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = House(tmp_path)
    yield opened
    opened.servers.answer.set()
    opened.preparations.close()


def test_asking_again_gives_the_same_answer_until_a_file_of_it_is_deleted(house: House) -> None:
    first = house.look(house.kept)
    house.clock.now += 10**9
    assert house.look(house.kept) is first
    assert house.preflighter.count == 1
    assert first.examined
    house.media.delete(name_of(first.examined.thumbnail_ref))
    again = house.look(house.kept)
    assert again == first
    assert house.media.has(name_of(first.examined.thumbnail_ref))


def test_a_repair_that_went_is_made_anew(house: House) -> None:
    repaired = house.look(house.kept).carried
    assert repaired != house.kept
    house.media.delete(name_of(repaired))
    assert house.look(house.kept).carried == repaired
    assert house.media.has(name_of(repaired))


def test_many_who_ask_for_the_same_share_one_piece_of_work(house: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        looks = list(pool.map(lambda _: house.look(house.kept), range(8)))
    assert {look.state for look in looks} == {"ready"}
    assert house.preflighter.count == 1


def test_an_address_that_failed_once_is_tried_again_in_a_moment(house: House) -> None:
    house.servers.fault = DownloadFailed("The connection failed.")
    assert house.look(ADDRESS).state == "unchecked"
    assert house.look(ADDRESS).sentence == (
        "The connection failed. So it could not be checked, and is passed on as it is."
        " Try again in a moment."
    )
    house.servers.fault = None
    assert house.look(ADDRESS).state == "unchecked"
    house.clock.now += FAILURE_S
    assert house.look(ADDRESS).state == "ready"


def test_a_disk_that_was_full_once_does_not_refuse_a_file_for_good(house: House) -> None:
    house.preflighter.fault = DiskFull("There is no room left to keep the file.")
    look = house.look(house.kept)
    assert look.state == "refused"
    assert "Nothing was sent or charged." in look.sentence
    assert "paid" not in look.sentence
    house.preflighter.fault = None
    house.clock.now += FAILURE_S
    assert house.look(house.kept).state == "ready"


def test_a_fault_of_ours_is_a_sentence_for_a_moment(house: House) -> None:
    house.preflighter.fault = RuntimeError("a bug")
    assert house.look(house.kept) == ReferenceStatus("refused", sentence=OUR_FAULT)
    house.preflighter.fault = None
    house.clock.now += FAILURE_S
    assert house.look(house.kept).state == "ready"


def test_what_took_long_to_fail_is_not_tried_all_the_time(tmp_path: Path) -> None:
    clock = Clock(0.0)
    known = KnownReferences(FolderStore(tmp_path), clock)
    known.remember((ADDRESS, CHOICES), ReferenceStatus("refused"), took_s=100.0)
    clock.now = 10 * FAILURE_S
    assert known.recall((ADDRESS, CHOICES))
    clock.now = 300.0
    assert known.recall((ADDRESS, CHOICES)) is None


def test_only_the_latest_looks_are_remembered(tmp_path: Path) -> None:
    known = KnownReferences(FolderStore(tmp_path), Clock(0.0), remembered=1)
    for name in ("a", "b"):
        known.remember((name, CHOICES), ReferenceStatus("refused"), took_s=0.0)
    assert known.recall(("a", CHOICES)) is None
    assert known.recall(("b", CHOICES))


def test_a_repair_that_was_stopped_does_not_begin_by_itself(house: House) -> None:
    silent = "https://silent.example.com/a.webp"
    assert house.look(silent, wait_s=0.0).state == "working"
    house.preparations.cancel(silent, CHOICES)
    house.servers.answer.set()
    assert house.look(silent).state == "stopped"
    house.clock.now += FAILURE_S
    assert house.look(silent).state == "stopped"
    house.clock.now += STOPPED_S
    assert house.look(silent).state == "ready"


def silent_addresses(count: int) -> list[str]:
    return [f"https://silent.example.com/{number}.webp" for number in range(count)]


def test_addresses_that_never_answer_keep_no_photo_and_no_other_visitor(house: House) -> None:
    for address in silent_addresses(8):
        assert house.look(address, "slow", wait_s=0.0).state == "working"
    assert house.look(house.kept, "slow").state == "ready"
    assert house.look(ADDRESS, "quick").state == "ready"
    assert len(house.servers.asked) == SHARE + 1


def test_ten_thousand_addresses_are_refused_at_once_beyond_a_few(house: House) -> None:
    looks = [house.look(it, "one", wait_s=0.0) for it in silent_addresses(10_000)]
    refused = [look for look in looks if look.state == "refused"]
    assert len(looks) - len(refused) <= SHARE + MOST_WAITING
    assert {look.sentence for look in refused} == {TOO_MANY}
    assert house.look(ADDRESS, "another").state == "ready"
    house.servers.answer.set()
    last = silent_addresses(10_000)[-1]
    for address in silent_addresses(MOST_WAITING):
        house.look(address, "one")
    assert house.look(last, "one").state == "ready"


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
