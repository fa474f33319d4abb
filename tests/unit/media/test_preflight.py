"""Preflight keeps what is handed in before and after, does nothing twice, and leaves nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import pytest
from PIL import Image

from components.errors import MediaRejected, RepairCancelled
from components.media.capacity.cpu_slots import CpuSlots
from components.media.images.inspection import inspect_image
from components.media.preflight import Preflighter
from components.media.report import ClipChoices, ImageChoices
from components.media.store.media_store import FolderStore, name_of
from tests.samples.media_files import drawing, noise, saved, sound_only, video


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


def left_behind(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "media" / "work").iterdir())


def test_a_fitting_picture_is_one_file_with_one_thumbnail(
    tmp_path: Path, store: FolderStore
) -> None:
    file = saved(tmp_path / "a.png", drawing(900, 600))
    examined = Preflighter(store).examine(file, ImageChoices())
    assert examined.ref == examined.original_ref
    assert examined.thumbnail_ref == examined.original_thumbnail_ref
    assert store.path(name_of(examined.ref)).read_bytes() == file.read_bytes()
    assert inspect_image(store.path(name_of(examined.thumbnail_ref))).width_px == 480
    assert examined.preflight.untouched
    assert left_behind(tmp_path) == []


def test_a_repaired_picture_is_kept_before_and_after(tmp_path: Path, store: FolderStore) -> None:
    file = saved(tmp_path / "a.webp", drawing(280, 280))
    examined = Preflighter(store).examine(file, ImageChoices())
    assert examined.original_ref.endswith(".webp")
    assert examined.ref.endswith(".jpg")
    assert examined.preflight.path == store.path(name_of(examined.ref))
    assert "Enlarged" in " ".join(examined.preflight.changes)
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("mode", ["1", "P", "I;16", "F"])
def test_what_has_no_mean_of_two_pixels_gets_a_preview_too(
    tmp_path: Path, store: FolderStore, mode: str
) -> None:
    kind = {"I;16": numpy.uint16, "F": numpy.float32}.get(mode)
    deep = numpy.full((600, 900), 0x8000)
    picture = drawing(900, 600, mode) if kind is None else Image.fromarray(deep.astype(kind))
    examined = Preflighter(store).examine(saved(tmp_path / "a.tif", picture), ImageChoices())
    assert inspect_image(store.path(name_of(examined.original_thumbnail_ref))).width_px == 480


def test_a_file_whose_preview_fails_leaves_nothing(tmp_path: Path, store: FolderStore) -> None:
    content = bytearray(saved(tmp_path / "a.png", noise(600, 600)).read_bytes())
    content[content.index(b"IDAT") + 1000] ^= 0xFF
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(MediaRejected, match="damaged"):
        Preflighter(store).examine(tmp_path / "a.png", ImageChoices())
    assert store.size_bytes() == 0
    assert left_behind(tmp_path) == []


def test_the_original_can_be_examined_again_with_other_choices(
    tmp_path: Path, store: FolderStore
) -> None:
    preflighter = Preflighter(store)
    padded = preflighter.examine(saved(tmp_path / "a.png", drawing(1200, 300)), ImageChoices())
    cropped = preflighter.examine(padded.original_ref, ImageChoices(beyond_ratio="crop"))
    assert (padded.preflight.after.width_px, padded.preflight.after.height_px) == (1200, 480)
    assert (cropped.preflight.after.width_px, cropped.preflight.after.height_px) == (750, 300)
    assert cropped.original_ref == padded.original_ref


def test_a_clip_reports_its_progress_to_the_end(tmp_path: Path, store: FolderStore) -> None:
    shares: list[float] = []
    file = video(tmp_path / "a.mkv", size=(64, 64), seconds=3, sound=True)
    examined = Preflighter(store).examine(file, ClipChoices(), progress=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.1
    assert shares[-1] == 1
    assert examined.ref.endswith(".mp4")
    assert left_behind(tmp_path) == []


def test_a_repair_stops_when_it_is_cancelled_and_leaves_nothing(
    tmp_path: Path, store: FolderStore
) -> None:
    shares: list[float] = []
    preflighter = Preflighter(store)
    file = video(tmp_path / "a.mp4", size=(64, 64), seconds=3)
    with pytest.raises(RepairCancelled, match="stopped"):
        preflighter.examine(
            file, ClipChoices(), progress=shares.append, cancelled=lambda: len(shares) > 10
        )
    assert max(shares) < 0.9
    assert store.size_bytes() == 0
    assert left_behind(tmp_path) == []
    assert preflighter.examine(file, ClipChoices()).ref.endswith(".mp4")


def test_a_refused_file_is_not_kept(tmp_path: Path, store: FolderStore) -> None:
    preflighter = Preflighter(store)
    for file, choices in (
        (saved(tmp_path / "a.png", drawing(8, 8)), ImageChoices()),
        (saved(tmp_path / "b.png", drawing()), ClipChoices()),
        (sound_only(tmp_path / "c.mp4", 4), ClipChoices()),
        (tmp_path / "gone.png", ImageChoices()),
        (saved(tmp_path / "d.webp", drawing()), ImageChoices(background="no colour")),
    ):
        with pytest.raises(MediaRejected, match=r"\.$"):
            preflighter.examine(file, choices)
    assert store.size_bytes() == 0


def test_no_more_work_at_once_than_there_are_turns() -> None:
    cpu_slots, at_work, most = CpuSlots(2), [0], [0]
    lock = threading.Lock()

    def work(_: int) -> None:
        with cpu_slots.slot():
            with lock:
                at_work[0] += 1
                most[0] = max(most[0], at_work[0])
            threading.Event().wait(0.02)
            with lock:
                at_work[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert most[0] == 2


def test_who_waits_for_a_turn_can_give_up() -> None:
    cpu_slots = CpuSlots(1)
    with cpu_slots.slot(), pytest.raises(RepairCancelled), cpu_slots.slot(lambda: True):
        pass
