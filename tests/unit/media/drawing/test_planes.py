"""Frames in planes keep their colours, sizes and places, whatever is done to them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from components.media.clips.encoding import VideoWriter, read_frames
from components.media.clips.frames import save_frame
from components.media.drawing.lettering import Stamp
from components.media.drawing.planes import (
    Planes,
    frame_of,
    grading,
    mix,
    nearer,
    planes_of,
    put,
    stamped,
    view,
    wipe,
)
from tests.samples.media_files import colour, drawing, turned_video, video

SIZE = (160, 90)
RED, BLUE = (Image.new("RGB", SIZE, name) for name in ("red", "blue"))


def shown(planes: Planes) -> Image.Image:
    """Return a frame as a picture."""
    return Image.fromarray(frame_of(planes).to_ndarray(format="rgb24"))


def pixel(planes: Planes, place: tuple[int, int]) -> tuple[int, ...]:
    found = shown(planes).getpixel(place)
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("name", ["red", "green", "blue", "white", "black", "gray"])
def test_a_colour_survives_the_way_into_a_video_and_out(tmp_path: Path, name: str) -> None:
    picture = Image.new("RGB", SIZE, name)
    with VideoWriter(tmp_path / "a.mp4", SIZE) as writer:
        writer.write(picture)
    again = save_frame(tmp_path / "a.mp4", "first", tmp_path / "a.png")
    assert colour(again) == pytest.approx(picture.getpixel((9, 9)), abs=6)


@given(st.floats(0, 16), st.integers(0, 4).map(lambda half: half * 2))
def test_a_view_is_of_the_asked_size_wherever_it_lies(left: float, top: int) -> None:
    stage = planes_of(drawing(176, 98))
    assert view(stage, (left, top), SIZE).size_px == SIZE
    assert view(stage, (top, left), SIZE).size_px == SIZE


def test_a_view_between_two_pixels_is_their_mean() -> None:
    stage = planes_of(drawing(320, 90))
    halves = [view(stage, (left, 0), SIZE).brightness.tobytes()[80] for left in (79, 79.5, 80)]
    assert halves[1] == pytest.approx((halves[0] + halves[2]) / 2, abs=1)


@given(st.floats(0.5, 3.0), st.tuples(st.floats(-1, 2), st.floats(-1, 2)))
def test_the_camera_never_leaves_the_picture(zoom: float, focus: tuple[float, float]) -> None:
    seen = nearer(planes_of(RED), zoom, focus)
    assert seen.size_px == SIZE
    assert seen.red.getextrema() == planes_of(RED).red.getextrema()


def test_a_fade_and_a_wipe_go_from_the_first_to_the_second() -> None:
    red, blue = planes_of(RED), planes_of(BLUE)
    for change in (mix, wipe):
        assert shown(change(red, blue, 0.0)).tobytes() == shown(red).tobytes()
        assert shown(change(red, blue, 1.0)).tobytes() == shown(blue).tobytes()
    half = wipe(red, blue, 0.5)
    assert pixel(half, (10, 10))[2] > 240
    assert pixel(half, (150, 10))[0] > 240
    assert min(pixel(half, (80, 10))) > 200


def test_a_grade_keeps_black_and_leans_to_its_tint() -> None:
    grade = grading((255, 60, 60), 0.8)
    assert max(pixel(grade(planes_of(Image.new("RGB", SIZE, "black"))), (9, 9))) < 6
    red, green, blue = pixel(grade(planes_of(Image.new("RGB", SIZE, "white"))), (9, 9))
    assert red > green + 60
    assert green == pytest.approx(blue, abs=12)


def test_a_stamp_lies_where_it_was_put_and_leaves_the_frame_itself_alone() -> None:
    ground = planes_of(BLUE)
    stamp = stamped(Stamp(Image.new("RGBA", (31, 21), (255, 0, 0, 255)), (50, 40)))
    ready = put(ground, [stamp])
    assert pixel(ready, (60, 50))[0] > 240
    assert pixel(ready, (40, 50))[2] > 240
    assert pixel(ready, (84, 50))[2] > 240
    assert pixel(ground, (60, 50))[2] > 240


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (98, 402), (161, 91), (160, 90)])
def test_frames_of_any_shape_fill_the_asked_size(tmp_path: Path, size: tuple[int, int]) -> None:
    codec = "ffv1 yuv444p" if size[0] % 2 else "libx264"
    file = video(tmp_path / "a.mkv", size=size, codec=codec, seconds=0.25)
    assert {frame.size_px for frame in read_frames(file, SIZE, duration_s=0.25)} == {SIZE}


def test_a_clip_lying_on_its_side_is_read_upright(tmp_path: Path) -> None:
    file = turned_video(tmp_path / "a.mp4", (320, 180))
    upright = next(read_frames(file, (90, 160), duration_s=1))
    assert upright.size_px == (90, 160)
