"""Places for files under way: one user at a time, and gone when no run waits for them."""

import os
from pathlib import Path

import pytest

from components.errors import DownloadFailed
from components.media.download.partial_folders import IDLE_S, PartialFolders

NOW = 1_800_000_000.0


def leave(parts: PartialFolders, run_id: str, index: int = 0, *, written_at: float) -> Path:
    """Leave something under way, last written to at a moment; returns its folder."""
    with parts.place(run_id, index) as place:
        (place / "file").write_bytes(b"x")
    for each in (place / "file", place, place.parent):
        os.utime(each, (written_at, written_at))
    return place


def test_what_is_left_in_a_place_is_found_there_again(tmp_path: Path) -> None:
    with PartialFolders(tmp_path / "parts").place("../a run", 1) as place:
        (place / "file").write_bytes(b"some")
    assert place.is_relative_to(tmp_path / "parts")
    with PartialFolders(tmp_path / "parts").place("../a run", 1) as again:
        assert (again / "file").read_bytes() == b"some"


def test_a_place_is_lent_to_one_at_a_time(tmp_path: Path) -> None:
    parts = PartialFolders(tmp_path)
    with (
        parts.place("a", 1),
        parts.place("b", 0),
        parts.place("a", 0),
        pytest.raises(DownloadFailed, match="already"),
        parts.place("a", 0),
    ):
        pass
    with parts.place("a", 0):
        pass


def test_the_place_of_a_file_that_is_kept_leaves_that_of_another(tmp_path: Path) -> None:
    parts = PartialFolders(tmp_path)
    places = [leave(parts, "a", index, written_at=NOW) for index in (0, 1)]
    parts.remove("a", 0)
    assert [place.exists() for place in places] == [False, True]
    parts.remove("a", 1)
    assert list(tmp_path.iterdir()) == []


def test_only_what_no_run_waits_for_goes_and_not_at_once(tmp_path: Path) -> None:
    parts = PartialFolders(tmp_path)
    wanted = leave(parts, "wanted", written_at=NOW - 40 * IDLE_S)
    fresh = leave(parts, "fresh", written_at=NOW - IDLE_S + 1)
    gone = leave(parts, "gone", written_at=NOW - IDLE_S - 1)
    assert parts.expire(lambda: ["wanted"], NOW) == 1
    assert [place.exists() for place in (wanted, fresh, gone)] == [True, True, False]


def test_nobody_is_asked_when_there_is_nothing(tmp_path: Path) -> None:
    def wanted() -> list[str]:
        raise AssertionError

    assert PartialFolders(tmp_path / "none").expire(wanted) == 0
