"""A bucket that refuses, stalls and cuts; the files of it that are here as well; its garbage."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.errors import MediaRejected, StorageError
from components.media.store.object_bucket import PART_BYTES
from components.media.store.object_store import ObjectStore
from tests.apps.object_stores import PREFIX, QUICK, object_store
from tests.samples.run_samples import Clock
from tests.servers.cutting_proxy import CuttingProxy
from tests.servers.s3_server import ROOT, S3Server

pytestmark = pytest.mark.cluster
CONTENT = os.urandom(2 * PART_BYTES + 12_345)
NAME = f"{hashlib.sha256(CONTENT).hexdigest()}.mp4"
LARGE_BYTES = 200 << 20
KEY = f"{PREFIX}/{NAME}"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    file = tmp_path / "clip.mp4"
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000_000.0)


@pytest.fixture
def store(bucket: str, proxy: CuttingProxy, tmp_path: Path, clock: Clock) -> Iterator[ObjectStore]:
    """A store behind the proxy."""
    behind = S3Server(proxy.url)
    with object_store(behind, bucket, tmp_path / "one", clock=clock, timeouts=QUICK) as opened:
        yield opened


def cached(folder: Path) -> list[Path]:
    return [file for file in (folder / "media/cache").glob("*/*") if file.is_file()]


def forgotten(folder: Path) -> None:
    for file in cached(folder):
        file.unlink()


def test_a_large_file_goes_up_in_parts_under_its_name(
    store: ObjectStore, s3: S3Server, bucket: str, clip: Path
) -> None:
    assert store.keep(clip, ".mp4") == NAME
    assert s3.keys(bucket) == [KEY]
    assert s3.uploads(bucket) == []


@pytest.mark.parametrize("after_bytes", [0, 100_000, PART_BYTES + 1, 2 * PART_BYTES + 5_000])
def test_an_upload_that_is_cut_is_done_again(
    store: ObjectStore, proxy: CuttingProxy, clip: Path, tmp_path: Path, after_bytes: int
) -> None:
    proxy.cut_after(after_bytes)
    store.keep(clip, ".mp4")
    assert proxy.cuts == 1
    forgotten(tmp_path / "one")
    assert store.path(NAME).read_bytes() == CONTENT


def test_what_cannot_be_sent_up_is_said_and_not_kept(
    store: ObjectStore, proxy: CuttingProxy, clip: Path
) -> None:
    proxy.refuse()
    with pytest.raises(StorageError, match="object store does not answer just now"):
        store.keep(clip, ".mp4")
    assert not store.has(NAME)
    proxy.pass_on()
    store.keep(clip, ".mp4")
    assert store.has(NAME)


def test_a_server_that_stalls_is_given_up(
    store: ObjectStore, proxy: CuttingProxy, clip: Path
) -> None:
    proxy.stall()
    with pytest.raises(StorageError, match="object store does not answer just now"):
        store.keep(clip, ".mp4")
    proxy.pass_on()
    assert store.keep(clip, ".mp4") == NAME


@pytest.mark.parametrize("after_bytes", [500, 300_000, PART_BYTES])
def test_a_file_that_is_cut_on_its_way_here_is_fetched_on(
    store: ObjectStore, proxy: CuttingProxy, clip: Path, tmp_path: Path, after_bytes: int
) -> None:
    store.keep(clip, ".mp4")
    forgotten(tmp_path / "one")
    proxy.cut_after(after_bytes)
    assert store.path(NAME).read_bytes() == CONTENT
    assert proxy.cuts == 1


def test_a_file_that_cannot_be_fetched_is_said_and_never_half_here(
    store: ObjectStore, proxy: CuttingProxy, clip: Path, tmp_path: Path
) -> None:
    store.keep(clip, ".mp4")
    forgotten(tmp_path / "one")
    pieces = store.pieces(NAME, 0, len(CONTENT))
    assert next(pieces) == CONTENT[: 256 << 10]
    proxy.refuse()
    with pytest.raises(StorageError, match="does not answer"):
        store.path(NAME)
    with pytest.raises(StorageError, match="does not answer"):
        list(pieces)
    assert cached(tmp_path / "one") == []
    proxy.pass_on()
    assert store.path(NAME).read_bytes() == CONTENT


def test_a_damaged_object_is_not_taken_for_what_was_kept(
    store: ObjectStore, s3: S3Server, bucket: str, clip: Path, tmp_path: Path
) -> None:
    store.keep(clip, ".mp4")
    forgotten(tmp_path / "one")
    s3.put(bucket, KEY, bytes(len(CONTENT)))
    with pytest.raises(StorageError, match="not what was kept"):
        store.path(NAME)
    s3.put(bucket, KEY, CONTENT[:1000])
    with pytest.raises(StorageError):
        store.path(NAME)
    assert cached(tmp_path / "one") == []
    assert store.keep(clip, ".mp4") == NAME
    assert store.path(NAME).read_bytes() == CONTENT


def test_an_object_that_somebody_removed_is_put_there_again(
    store: ObjectStore, s3: S3Server, bucket: str, clip: Path, tmp_path: Path
) -> None:
    store.keep(clip, ".mp4")
    forgotten(tmp_path / "one")
    s3.delete(bucket, KEY)
    with pytest.raises(MediaRejected, match="no longer kept here"):
        store.path(NAME)
    store.keep(clip, ".mp4")
    assert s3.keys(bucket) == [KEY]


def test_threads_that_want_the_same_file_fetch_it_once(
    store: ObjectStore, proxy: CuttingProxy, clip: Path, tmp_path: Path
) -> None:
    store.keep(clip, ".mp4")
    forgotten(tmp_path / "one")
    proxy.carried_bytes = 0
    threads = [threading.Thread(target=store.path, args=(NAME,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.path(NAME).read_bytes() == CONTENT
    assert len(CONTENT) < proxy.carried_bytes < 1.5 * len(CONTENT)


def test_what_is_here_as_well_is_bounded_by_what_nobody_read_for_an_hour(
    s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    with object_store(s3, bucket, tmp_path, cache_bytes=2500) as store:
        names = []
        for number in range(5):
            file = tmp_path / "file.png"
            file.write_bytes(bytes([number]) * 1000)
            names.append(store.keep(file, ".png"))
        assert len(cached(tmp_path)) == 5
        for name in names[:4]:
            os.utime(store.path(name), (0, 0))
        still_read = store.path(names[1])
        file.write_bytes(bytes([9]) * 1000)
        names.append(store.keep(file, ".png"))
        assert {it.name for it in cached(tmp_path)} == {names[1], names[4], names[5]}
        assert still_read.read_bytes() == bytes([1]) * 1000
        assert store.path(names[0]).read_bytes() == bytes(1000)


def test_a_file_deleted_elsewhere_is_gone_here_too(
    store: ObjectStore, s3: S3Server, bucket: str, clip: Path
) -> None:
    store.keep(clip, ".mp4")
    store.delete(NAME)
    assert not store.has(NAME)
    with pytest.raises(MediaRejected):
        store.path(NAME)
    assert s3.keys(bucket) == [KEY]
    store.finish_removals()
    assert s3.keys(bucket) == []


def test_what_others_put_beside_is_none_of_ours(
    store: ObjectStore, s3: S3Server, bucket: str, clip: Path
) -> None:
    other = "a" * 64 + ".png"
    s3.put(bucket, f"{PREFIX}/{other}", b"theirs")
    store.keep(clip, ".mp4")
    assert [file.name for file in store.kept()] == [NAME]
    assert store.size_bytes() == len(CONTENT)


def test_what_a_lost_table_told_of_can_still_be_read(
    store: ObjectStore, s3: S3Server, bucket: str, clip: Path, tmp_path: Path
) -> None:
    store.keep(clip, ".mp4")
    with object_store(s3, bucket, tmp_path / "other") as other:
        assert other.path(NAME).read_bytes() == CONTENT
        assert list(other.kept()) == []


def test_a_removal_without_an_answer_is_waited_out_before_the_file_is_kept_again(
    store: ObjectStore, proxy: CuttingProxy, clock: Clock, clip: Path
) -> None:
    store.keep(clip, ".mp4")
    store.delete(NAME)
    proxy.stall()
    store.finish_removals()
    proxy.pass_on()
    with pytest.raises(StorageError, match=r"was being removed.*Try again in two minutes"):
        store.keep(clip, ".mp4")
    clock.now += 61
    assert store.keep(clip, ".mp4") == NAME
    assert b"".join(store.pieces(NAME, 0, len(CONTENT))) == CONTENT


def test_an_object_that_could_not_be_removed_goes_later(
    store: ObjectStore, proxy: CuttingProxy, clock: Clock, clip: Path
) -> None:
    store.keep(clip, ".mp4")
    store.delete(NAME)
    proxy.refuse()
    store.finish_removals()
    proxy.pass_on()
    assert b"".join(store.pieces(NAME, 0, 100)) == CONTENT[:100]
    clock.now += 61
    store.finish_removals()
    with pytest.raises(MediaRejected, match="no longer kept"):
        next(store.pieces(NAME, 0, 100))


def test_a_clock_that_was_set_back_keeps_a_file_no_longer_than_usual(
    store: ObjectStore, clock: Clock, clip: Path
) -> None:
    store.keep(clip, ".mp4")
    clock.now -= 500_000
    assert not store.delete(NAME, idle_s=3000)
    clock.now += 3001
    assert store.delete(NAME, idle_s=3000)


def test_a_large_file_goes_there_and_comes_back_in_constant_memory(
    s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    arguments = [s3.url, bucket, str(tmp_path), str(LARGE_BYTES >> 20)]
    command = [sys.executable, "-m", "tests.processes.media.kept_clip", *arguments]
    grown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(grown.stdout) < LARGE_BYTES // 3
    s3.delete(bucket, s3.keys(bucket)[0])
    s3.delete(bucket, s3.keys(bucket)[0])
