"""Clips are repaired with the least change: what can stay as it is stored is not encoded again."""

from pathlib import Path

import av
import pytest

from components.errors import MediaRejected
from components.media.clips.inspection import inspect_video
from components.media.clips.preflight import preflight_video
from components.media.report import ClipChoices
from tests.samples.media_files import video
from tests.samples.odd_clips import varying_video
from tests.samples.odd_streams import FRAGMENTS, remuxed, stretched_video, with_hole


@pytest.fixture(scope="module")
def fitting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fitting")
    return video(folder / "fitting.mp4", size=(720, 720), seconds=3.2, sound=True)


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as source:
        return [bytes(packet) for packet in source.demux(video=0) if packet.size]


def test_a_clip_in_another_container_keeps_its_picture_as_it_is_stored(tmp_path: Path) -> None:
    file = video(tmp_path / "a.mov", size=(720, 720), seconds=3.2, sound=True)
    other = video(tmp_path / "a.mkv", size=(720, 720), seconds=3.2, sound=True)
    facts = preflight_video(other, tmp_path)
    assert facts.changes == ("Saved as MP4 (H.264) instead of MKV (H.264).",)
    assert len(packets(facts.path)) == len(packets(file))
    assert packets(facts.path)[-1] == packets(other)[-1]


def test_a_long_clip_is_cut_where_it_was_asked_for(tmp_path: Path) -> None:
    file = video(tmp_path / "a.mp4", size=(64, 64), seconds=14, fps=24)
    facts = preflight_video(file, tmp_path, ClipChoices(start_s=2))
    assert "Cut to 10 s, from 0:02 to 0:12." in facts.changes
    with av.open(str(facts.path)) as source:
        first = next(source.decode(video=0)).to_ndarray(format="rgb24")
    assert first.mean() == pytest.approx(2 * 24 * 2, abs=4)


def test_a_clip_whose_first_frame_is_due_late_begins_at_once_and_keeps_its_picture(
    tmp_path: Path, fitting: Path
) -> None:
    for name in ("later.mp4", "later.mkv", "later.ts"):
        facts = preflight_video(remuxed(fitting, tmp_path / name, later_s=70), tmp_path)
        assert len(packets(facts.path)) == len(packets(fitting))
        assert "Encoded" not in " ".join(facts.changes)
        after = inspect_video(facts.path)
        assert after.start_s == pytest.approx(0, abs=0.05)
        assert after.total_s == pytest.approx(3.2, abs=0.1)


def test_a_recording_in_fragments_keeps_its_picture_and_its_rate(tmp_path: Path) -> None:
    file = video(tmp_path / "a.mp4", size=(720, 720), seconds=3.2, sound=True, options=FRAGMENTS)
    facts = preflight_video(file, tmp_path)
    assert packets(facts.path) == packets(file)
    after = inspect_video(facts.path)
    assert (after.fps, after.stated_fps) == (24, 24)


def test_a_second_picture_track_is_left_out(tmp_path: Path, fitting: Path) -> None:
    facts = preflight_video(remuxed(fitting, tmp_path / "two.mp4", copies=2), tmp_path)
    assert "Kept the first of its 2 picture tracks." in facts.changes
    assert packets(facts.path) == packets(fitting)
    assert inspect_video(facts.path).picture_tracks == 1


def test_the_sound_of_a_long_clip_ends_with_its_picture_so_that_neither_is_encoded(
    tmp_path: Path,
) -> None:
    options = {"movflags": "faststart"}
    file = video(tmp_path / "a.mp4", size=(720, 720), seconds=10.6, sound=True, options=options)
    facts = preflight_video(file, tmp_path)
    assert facts.changes == ("Cut to 10 s, from 0:00 to 0:10.",)
    assert inspect_video(facts.path).total_s <= 10


def test_stretched_pixels_become_square(tmp_path: Path) -> None:
    facts = preflight_video(stretched_video(tmp_path / "a.mp4"), tmp_path)
    assert [check.value for check in facts.checks if not check.holds] == [
        "960×720 pixels, stretched"
    ]
    assert "Made its pixels square." in facts.changes
    after = inspect_video(facts.path)
    assert (after.width_px, after.height_px, after.pixel_aspect) == (1280, 720, 1)


def test_a_varying_rate_becomes_the_next_usual_one(tmp_path: Path) -> None:
    facts = preflight_video(varying_video(tmp_path / "a.mp4"), tmp_path)
    assert "Made its varying frame rate a steady 50 a second." in facts.changes


def test_a_clip_with_a_hole_is_refused_and_not_passed_on(tmp_path: Path, fitting: Path) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(fitting.read_bytes())
    with pytest.raises(MediaRejected, match=r"copy\.mp4 has a hole in it"):
        preflight_video(with_hole(copy), tmp_path)
