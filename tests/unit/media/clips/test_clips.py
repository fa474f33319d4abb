"""Videos: what a file is, what a model takes, and that odd files end in a sentence."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.errors import MediaRejected
from components.media.clips.display_matrix import DisplayTurn
from components.media.clips.inspection import VideoInfo, inspect_video
from components.media.clips.limits import check_video, frame_picture
from components.media.images.inspection import inspect_image
from components.media.store.verification import verify_result
from tests.samples.media_files import cut, drawing, sound_only, turned_video, video

FITTING = VideoInfo(
    container="mp4",
    codec="h264",
    width_px=1280,
    height_px=720,
    duration_s=5.0,
    fps=24.0,
    has_audio=False,
    size_bytes=1_000_000,
    turn=DisplayTurn.NONE,
)


def rejection(path: Path) -> str:
    """Return the sentence with which the file is refused."""
    with pytest.raises(MediaRejected) as caught:
        inspect_video(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [
        ("a.mp4", "libx264", "mp4"),
        ("a.mov", "libx264", "mov"),
        ("a.mkv", "libx264", "mkv"),
        ("a.webm", "libvpx", "webm"),
        ("a.avi", "mpeg4", "avi"),
        ("a.3gp", "mpeg4", "3gp"),
    ],
)
def test_a_video_is_described_whatever_its_container(
    tmp_path: Path, name: str, codec: str, container: str
) -> None:
    info = inspect_video(video(tmp_path / name, codec=codec, size=(176, 144)))
    assert (info.container, info.suffix) == (container, f".{container}")
    assert (info.width_px, info.height_px) == (176, 144)
    assert info.duration_s == pytest.approx(1, abs=0.1)
    assert info.fps == pytest.approx(24, abs=0.1)
    assert not info.has_audio


def test_content_and_not_the_ending_decides(tmp_path: Path) -> None:
    file = video(tmp_path / "a.mov").rename(tmp_path / "a.txt")
    assert inspect_video(file).container == "mov"


def test_a_title_in_another_encoding_does_not_spoil_a_good_video(tmp_path: Path) -> None:
    file = video(tmp_path / "a.mkv")
    content = file.read_bytes()
    assert b"Lavf" in content
    file.write_bytes(content.replace(b"Lavf", b"L\xe4\xf6f"))
    assert inspect_video(file).container == "mkv"


def test_sound_is_noticed_and_may_outlast_the_picture(tmp_path: Path) -> None:
    info = inspect_video(video(tmp_path / "a.mp4", sound=True))
    assert info.has_audio
    assert info.codec == "h264"
    assert inspect_video(video(tmp_path / "a.mkv", sound=True)).has_audio


def test_a_turned_video_has_upright_sides_and_poster(tmp_path: Path) -> None:
    file = turned_video(tmp_path / "phone.mp4", size=(320, 180))
    info = inspect_video(file)
    assert (info.width_px, info.height_px) == (180, 320)
    assert info.turn.swaps_sides
    poster = inspect_image(frame_picture(file, tmp_path / "poster.jpg", max_side_px=160))
    assert (poster.format, poster.width_px, poster.height_px) == ("JPEG", 90, 160)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.mp4", b"just some text", "is not a video, whatever its name says"),
        ("empty.mp4", b"", "is empty"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n", "is not a video"),
        ("list.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", "is not a video"),
        ("head.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isomiso2", "damaged or incomplete"),
        ("head.mkv", b"\x1aE\xdf\xa3" + b"\0" * 60, "damaged or incomplete"),
    ],
)
def test_a_file_that_is_no_video_is_rejected_with_one_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    sentence = rejection(file)
    assert sentence.startswith(name)
    assert words in sentence


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.m4a"])
def test_a_file_with_only_sound_is_rejected(tmp_path: Path, name: str) -> None:
    assert "has only sound in it" in rejection(sound_only(tmp_path / name))


def test_a_picture_in_place_of_a_video_is_named(tmp_path: Path) -> None:
    drawing().save(tmp_path / "a.png")
    assert "is a picture; a video is needed here" in rejection(tmp_path / "a.png")


def faststart(path: Path) -> Path:
    """Write a video whose head is at the beginning, so that a cut leaves the head."""
    return video(path, seconds=3, sound=True, options={"movflags": "faststart"})


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_a_truncated_video_is_rejected(tmp_path: Path, name: str, share: float) -> None:
    sentence = rejection(cut(faststart(tmp_path / name), share))
    assert "ends too early" in sentence or "damaged or incomplete" in sentence


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_a_truncated_matroska_file_is_rejected(tmp_path: Path, share: float) -> None:
    rejection(cut(video(tmp_path / "a.mkv", seconds=3, sound=True), share))


def test_a_whole_video_with_its_head_in_front_is_taken(tmp_path: Path) -> None:
    assert inspect_video(faststart(tmp_path / "a.mp4")).duration_s == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"container": "mov"},
        {"duration_s": 3.0},
        {"duration_s": 10.0},
        {"fps": 23.976},
        {"fps": 60.0},
        {"width_px": 720, "height_px": 2160},
        {"size_bytes": 200_000_000},
    ],
)
def test_a_video_within_the_limits_is_taken(change: dict[str, Any]) -> None:
    check_video(replace(FITTING, **change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"container": "webm"}, "is WEBM, and the model takes MP4 or MOV; export it"),
        ({"duration_s": 2.0}, "lasts 2.00 seconds, shorter than the 3 seconds"),
        ({"duration_s": 2.99}, "lasts 2.99 seconds, shorter than the 3 seconds"),
        ({"duration_s": 10.05}, "lasts 10.05 seconds, longer than the 10 seconds"),
        ({"duration_s": 10.2}, "lasts 10.20 seconds, longer than the 10 seconds"),
        ({"duration_s": 0.0}, "shorter than"),
        ({"width_px": 640}, "needs at least 720 a side; scale it up"),
        ({"height_px": 719}, "needs at least 720 a side"),
        ({"width_px": 3840}, "takes at most 2160 a side; scale it down"),
        ({"fps": 15.0}, "has 15 frames a second, and the model takes 24 to 60"),
        ({"fps": 120.0}, "has 120 frames a second"),
        ({"fps": 0.0}, "has 0 frames a second"),
        ({"size_bytes": 200_000_001}, "is 200.1 MB, more than the 200 MB"),
    ],
)
def test_a_video_outside_a_limit_is_named_with_its_measure(
    change: dict[str, Any], words: str
) -> None:
    with pytest.raises(MediaRejected) as caught:
        check_video(replace(FITTING, **change), file_name="clip.mp4")
    assert str(caught.value).startswith("clip.mp4 ")
    assert words in str(caught.value)
    assert str(caught.value).endswith("and add it again.")


def test_a_two_second_clip_is_rejected_from_the_file_on(tmp_path: Path) -> None:
    info = inspect_video(video(tmp_path / "short.mp4", seconds=2))
    with pytest.raises(MediaRejected, match=r"short\.mp4 lasts 2\.00 seconds"):
        check_video(info, file_name="short.mp4")


def test_a_result_is_judged_by_its_content(tmp_path: Path) -> None:
    drawing().save(tmp_path / "answer", "WEBP")
    video(tmp_path / "clip.mp4").rename(tmp_path / "clip")
    (tmp_path / "error").write_bytes(b"<html>not found</html>")
    assert verify_result(tmp_path / "answer").suffix == ".webp"
    assert verify_result(tmp_path / "clip").suffix == ".mp4"
    with pytest.raises(MediaRejected, match="neither a picture nor a video"):
        verify_result(tmp_path / "error")


def test_a_video_is_read_in_little_time(tmp_path: Path) -> None:
    file = video(tmp_path / "a.mp4", size=(1280, 720), seconds=3)
    begun_s = time.monotonic()
    inspect_video(file)
    assert time.monotonic() - begun_s < 10


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1))
def test_a_damaged_video_is_read_or_rejected_and_never_raises_anything_else(
    small_video: bytes, tmp_path: Path, changes: list[tuple[float, int]]
) -> None:
    content = bytearray(small_video)
    for place, value in changes:
        content[int(place * len(content))] = value
    file = tmp_path / "f.mp4"
    file.write_bytes(content)
    try:
        inspect_video(file)
    except MediaRejected as error:
        assert str(error).endswith(".")


@pytest.fixture(scope="module")
def small_video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return video(tmp_path_factory.mktemp("video") / "a.mp4", size=(64, 48)).read_bytes()
