"""The media store: named by content, all or nothing, no way out of it."""

import errno
import hashlib
import os
import threading
from pathlib import Path

import pytest

from components.errors import DiskFull, MediaRejected
from components.media.store.durable_files import content_hash, disk_space_watched
from components.media.store.media_store import (
    FolderStore,
    MediaStore,
    media_type,
    name_of,
    ref,
)

CONTENT = b"a picture" * 100_000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "upload.png"
    file.write_bytes(CONTENT)
    return file


def test_a_file_is_named_by_its_content_and_kept_once(store: MediaStore, source: Path) -> None:
    name = store.keep(source, ".png")
    assert name == f"{hashlib.sha256(CONTENT).hexdigest()}.png"
    assert store.keep(source, ".png") == name
    assert store.path(name).read_bytes() == CONTENT
    assert store.size_bytes() == len(CONTENT)
    assert source.read_bytes() == CONTENT


def test_a_kept_file_that_goes_as_it_is_handed_in_again_is_said(
    store: MediaStore, source: Path
) -> None:
    name = store.keep(source, ".png")
    kept = store.path(name)
    assert store.keep(kept, ".png") == name
    store.delete(name)
    with pytest.raises(MediaRejected, match="no longer kept here; add it again"):
        store.keep(kept, ".png")


def test_a_kept_file_does_not_change_with_its_source(store: MediaStore, source: Path) -> None:
    name = store.keep(source, ".png")
    source.write_bytes(b"another picture")
    assert store.path(name).read_bytes() == CONTENT


def test_the_hash_of_a_file_follows_its_content(tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    for content in (b"one", b"two", b"one"):
        file.write_bytes(content)
        assert content_hash(file) == hashlib.sha256(content).hexdigest()


def test_nothing_is_made_before_the_first_write(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "media")
    assert not store.has("a" * 64 + ".png")
    assert store.size_bytes() == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_read_from_one_byte_to_another(store: MediaStore, source: Path) -> None:
    name = store.keep(source, ".png")
    assert store.size_of(name) == len(CONTENT)
    assert b"".join(store.pieces(name, 0, len(CONTENT))) == CONTENT
    assert b"".join(store.pieces(name, 700_001, 800_000)) == CONTENT[700_001:800_000]
    assert list(store.pieces(name, 7, 7)) == []
    local = store.local(name)
    assert local
    assert local.read_bytes() == CONTENT
    store.delete(name)
    for ask in (store.size_of, store.local):
        with pytest.raises(MediaRejected, match="no longer kept"):
            ask(name)


def test_what_was_kept_lately_is_not_deleted_as_idle(store: MediaStore, source: Path) -> None:
    name = store.keep(source, ".png")
    (kept,) = store.kept()
    assert (kept.name, kept.size_bytes) == (name, len(CONTENT))
    assert not store.delete(name, idle_s=3600)
    assert store.has(name)
    assert store.delete(name)
    assert list(store.kept()) == []


def test_what_was_deleted_can_be_kept_again(store: MediaStore, source: Path) -> None:
    name = store.keep(source, ".png")
    store.delete(name)
    assert store.keep(source, ".png") == name
    store.finish_removals()
    assert store.path(name).read_bytes() == CONTENT
    store.delete(name)
    store.finish_removals()
    assert store.keep(source, ".png") == name
    assert store.path(name).read_bytes() == CONTENT


def test_a_file_of_a_workspace_becomes_the_kept_one(store: MediaStore) -> None:
    with store.workspace() as folder:
        (folder / "drawn").write_bytes(CONTENT)
        name = store.keep(folder / "drawn", ".png")
    assert store.path(name).read_bytes() == CONTENT


def test_a_deleted_file_is_gone_and_deleting_again_is_harmless(
    store: MediaStore, source: Path
) -> None:
    name = store.keep(source, ".png")
    store.delete(name)
    store.delete(name)
    assert not store.has(name)
    with pytest.raises(MediaRejected, match="no longer kept"):
        store.path(name)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        "",
        "a" * 64,
        "a" * 64 + ".PNG",
        "A" * 64 + ".png",
        "a" * 63 + ".png",
        "a" * 64 + ".png/../x",
        "a" * 64 + ".png\n",
        "/" + "a" * 63 + ".png",
    ],
)
def test_a_malformed_name_leads_nowhere(store: MediaStore, name: str) -> None:
    assert not store.has(name)
    store.delete(name)
    with pytest.raises(MediaRejected):
        store.path(name)
    with pytest.raises(MediaRejected):
        name_of(f"/media/{name}")


@pytest.mark.parametrize("suffix", ["", "png", ".p", ".PNG", ".../x", ".html\n", ".toolong"])
def test_a_malformed_ending_is_refused(store: MediaStore, source: Path, suffix: str) -> None:
    with pytest.raises(MediaRejected):
        store.keep(source, suffix)


def test_a_reference_and_its_name_belong_together(store: MediaStore, source: Path) -> None:
    name = store.keep(source, ".png")
    assert ref(name) == f"/media/{name}"
    assert name_of(ref(name)) == name
    with pytest.raises(MediaRejected):
        name_of(name)


def test_a_workspace_is_removed_even_after_an_error(store: MediaStore) -> None:
    with pytest.raises(ValueError, match="stop"), store.workspace() as folder:
        (folder / "half").write_bytes(b"x")
        raise ValueError("stop")
    assert not folder.exists()
    assert store.size_bytes() == 0


def test_work_left_by_a_killed_process_is_removed_after_a_day(
    store: MediaStore, tmp_path: Path
) -> None:
    with store.workspace():
        left, fresh = tmp_path / "media/work/left", tmp_path / "media/work/fresh"
        left.mkdir()
        fresh.mkdir()
    (left / "half").write_bytes(b"x")
    os.utime(left, (0, 0))
    with store.workspace():
        assert not left.exists()
        assert fresh.exists()


def test_many_threads_may_keep_the_same_file_at_once(store: MediaStore, source: Path) -> None:
    names: list[str] = []
    threads = [
        threading.Thread(target=lambda: names.append(store.keep(source, ".png"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 8
    assert len(set(names)) == 1
    assert store.path(names[0]).read_bytes() == CONTENT
    assert store.size_bytes() == len(CONTENT)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_sentence(number: int) -> None:
    with pytest.raises(DiskFull, match="no room"), disk_space_watched():
        raise OSError(number, os.strerror(number))


def test_a_truly_full_volume_is_a_full_disk() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(DiskFull), disk_space_watched(), full.open("wb", buffering=0) as file:
        file.write(b"x")


def test_no_content_type_lets_a_browser_run_a_file() -> None:
    assert media_type("a.png") == "image/png"
    assert media_type("a.MP4") == "video/mp4"
    for name in ("a.svg", "a.html", "a.pdf", "a.xml", "a.js", "a", "a.exe"):
        assert media_type(name) == "application/octet-stream"
