"""Renditions on disk: made once, removed with their file, and nothing of them half-written."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.errors import MediaRejected
from components.media.renditions.pictures import CODINGS
from components.media.renditions.renditions import Renditions
from components.media.store.media_store import FolderStore
from tests.samples.media_files import cut, drawing, noise, saved, video

THREADS = 8


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


@pytest.fixture
def renditions(store: FolderStore, tmp_path: Path) -> Iterator[Renditions]:
    made = Renditions(store, tmp_path / "renditions")
    yield made
    made.close()


def kept(store: FolderStore, file: Path) -> str:
    return store.keep(file, file.suffix)


def files(folder: Path) -> list[Path]:
    return sorted(it for it in (folder / "renditions").rglob("*") if it.is_file())


def test_the_same_is_made_once_however_many_ask(
    store: FolderStore, renditions: Renditions, tmp_path: Path
) -> None:
    name = kept(store, saved(tmp_path / "a.png", noise(900, 600)))
    together = threading.Barrier(THREADS)
    inodes: list[int] = []

    def ask() -> None:
        together.wait()
        inodes.append(renditions.picture(name, 640, "webp").stat().st_ino)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inodes) == THREADS
    assert len(set(inodes)) == 1
    assert len(files(tmp_path)) == 1


def test_asking_again_makes_nothing_anew(
    store: FolderStore, renditions: Renditions, tmp_path: Path
) -> None:
    name = kept(store, video(tmp_path / "a.mp4"))
    first = renditions.clip(name)
    os.utime(first, (1, 1))
    again = renditions.clip(name)
    assert again == first
    assert first.stat().st_mtime > 1


def test_an_unreadable_file_leaves_nothing_half_written(
    store: FolderStore, renditions: Renditions, tmp_path: Path
) -> None:
    picture = kept(store, cut(saved(tmp_path / "a.jpg", noise(300, 200)), 0.4))
    (tmp_path / "a.mp4").write_text("no clip")
    clip = kept(store, tmp_path / "a.mp4")
    for _ in range(2):
        with pytest.raises(MediaRejected):
            renditions.picture(picture, 200, "jpg")
        with pytest.raises(MediaRejected):
            renditions.clip(clip)
        with pytest.raises(MediaRejected):
            renditions.picture(clip, 200, "jpg")
    assert files(tmp_path) == []
    assert not [it for it in (tmp_path / "media").rglob("*") if it.suffix == ".frame"]


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "f" * 64 + ".png", "f" * 64 + ".png\0", "%2e%2e/a.png"]
)
def test_a_name_that_is_not_kept_is_refused(name: str, renditions: Renditions) -> None:
    for ask in (renditions.clip, renditions.original):
        with pytest.raises(MediaRejected):
            ask(name)
    with pytest.raises(MediaRejected):
        renditions.picture(name, 320, "webp")


def test_what_is_prepared_is_there_when_somebody_asks(store: FolderStore, tmp_path: Path) -> None:
    ahead = Renditions(store, tmp_path / "renditions")
    picture = kept(store, saved(tmp_path / "a.png", drawing()))
    clip = kept(store, video(tmp_path / "a.mp4", size=(320, 180)))
    ahead.prepare([("f" * 64 + ".png", "image", 320), (picture, "image", 320)])
    ahead.prepare([(clip, "video", 320)])
    until = time.monotonic() + 30
    while len(files(tmp_path)) < 2 * len(CODINGS) + 1 and time.monotonic() < until:
        time.sleep(0.02)
    ahead.close()
    made = {it.name for it in files(tmp_path)}
    assert made == {
        *(f"{name}-320.{coding}" for name in (picture, clip) for coding in CODINGS),
        f"{clip}-clean.mp4",
    }


def test_a_sweep_removes_what_was_made_of_a_file_that_is_gone(
    store: FolderStore, renditions: Renditions, tmp_path: Path
) -> None:
    gone = kept(store, saved(tmp_path / "a.png", drawing()))
    stays = kept(store, saved(tmp_path / "b.png", noise(60, 60)))
    for name in (gone, stays):
        renditions.picture(name, 60, "webp")
        renditions.original(name)
    store.delete(gone)
    renditions.sweep()
    assert {it.name[:64] for it in files(tmp_path)} == {stays[:64]}
    assert len(files(tmp_path)) == 2


def test_a_sweep_beyond_the_bound_removes_what_was_asked_for_longest_ago(
    store: FolderStore, renditions: Renditions, tmp_path: Path
) -> None:
    name = kept(store, saved(tmp_path / "a.png", noise(300, 300)))
    made = [renditions.picture(name, width_px, "jpg") for width_px in (100, 200, 300)]
    for age, file in enumerate(reversed(made)):
        os.utime(file, (1_000_000 - age, 1_000_000 - age))
    max_bytes = made[2].stat().st_size + made[1].stat().st_size
    bounded = Renditions(store, tmp_path / "renditions", max_bytes=max_bytes)
    bounded.sweep()
    bounded.close()
    assert files(tmp_path) == sorted(made[1:])
    assert renditions.picture(name, 100, "jpg").is_file()


def test_an_empty_folder_is_swept_too(renditions: Renditions) -> None:
    renditions.sweep()
