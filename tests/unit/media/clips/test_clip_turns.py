"""Clips whose head says how to hold them, and clips whose beginning no player can show."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from components.media.clips.display_matrix import DisplayTurn, turn_by
from components.media.clips.encoding import read_frames, video_facts
from components.media.clips.frames import save_frame
from components.media.clips.inspection import inspect_video
from components.media.clips.limits import frame_picture
from components.media.clips.preflight import preflight_video
from components.media.drawing.planes import frame_of
from tests.samples.media_files import UPRIGHT_MATRIX

COLOURS = {"R": (255, 0, 0), "G": (0, 255, 0), "B": (0, 0, 255), "W": (255, 255, 255)}
MATRICES = {
    (1, 0, 0, 1): ("RGBW", DisplayTurn.NONE),
    (-1, 0, 0, 1): ("GRWB", DisplayTurn.MIRRORED),
    (1, 0, 0, -1): ("BWRG", DisplayTurn.MIRRORED_HALF),
    (-1, 0, 0, -1): ("WBGR", DisplayTurn.HALF),
    (0, 1, 1, 0): ("RBGW", DisplayTurn.TRANSPOSED),
    (0, 1, -1, 0): ("BRWG", DisplayTurn.QUARTER_RIGHT),
    (0, -1, 1, 0): ("GWRB", DisplayTurn.QUARTER_LEFT),
    (0, -1, -1, 0): ("WGBR", DisplayTurn.TRANSVERSED),
}
"""What the four numbers of a display matrix make of red, green, blue and white corners."""
STORED_PX = (1280, 720)


def in_corners(path: Path, matrix: tuple[int, ...]) -> Path:
    """Write a clip of 3 s with a colour in each corner, and a matrix in its head."""
    width, height = STORED_PX
    picture = numpy.zeros((height, width, 3), numpy.uint8)
    halves = (slice(0, height // 2), slice(height // 2, height))
    sides = (slice(0, width // 2), slice(width // 2, width))
    for name, (row, column) in zip("RGBW", ((0, 0), (0, 1), (1, 0), (1, 1)), strict=True):
        picture[halves[row], sides[column]] = COLOURS[name]
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(72):
            target.mux(stream.encode(VideoFrame.from_ndarray(picture, format="rgb24")))
        target.mux(stream.encode(None))
    content = path.read_bytes()
    at = content.index(UPRIGHT_MATRIX, content.index(b"tkhd"))
    a, b, c, d = (number * 0x10000 for number in matrix)
    head = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(content[:at] + head + content[at + len(head) :])
    return path


def corners(picture: Image.Image) -> str:
    """The names of the colours in the corners, row by row."""
    width, height = picture.size
    places = ((9, 9), (width - 10, 9), (9, height - 10), (width - 10, height - 10))
    found = []
    for place in places:
        seen = numpy.asarray(picture.convert("RGB").getpixel(place), int)
        found.append(min(COLOURS, key=lambda it: int(abs(seen - COLOURS[it]).sum())))
    return "".join(found)


@pytest.mark.parametrize(("matrix", "shown"), MATRICES.items(), ids=str)
def test_a_clip_goes_out_as_its_head_says_it_is_held(
    matrix: tuple[int, ...], shown: tuple[str, DisplayTurn], tmp_path: Path
) -> None:
    letters, turn = shown
    file = in_corners(tmp_path / "clip.mp4", matrix)
    facts = preflight_video(file, tmp_path)
    assert inspect_video(file).turn is turn
    assert facts.untouched is (turn is DisplayTurn.NONE)
    assert inspect_video(facts.path).turn is DisplayTurn.NONE
    wanted_px = STORED_PX[::-1] if turn.swaps_sides else STORED_PX
    assert (facts.after.width_px, facts.after.height_px) == wanted_px
    said = " ".join(facts.changes)
    assert ("Mirrored" in said) is turn.is_mirrored
    for made in (facts.path, file):
        with Image.open(frame_picture(made, tmp_path / "poster.jpg")) as poster:
            assert corners(poster) == letters
        with Image.open(save_frame(made, "last", tmp_path / "last.png")) as last:
            assert corners(last) == letters
            assert last.size == wanted_px


@pytest.mark.parametrize(("matrix", "shown"), MATRICES.items(), ids=str)
def test_stand_ins_are_made_of_a_clip_as_it_is_held(
    matrix: tuple[int, ...], shown: tuple[str, DisplayTurn], tmp_path: Path
) -> None:
    letters, turn = shown
    file = in_corners(tmp_path / "clip.mp4", matrix)
    size_px = (180, 320) if turn.swaps_sides else (320, 180)
    facts = video_facts(file)
    assert (facts.width_px > facts.height_px) is not turn.swaps_sides
    frame = frame_of(next(iter(read_frames(file, size_px, duration_s=1.0))))
    assert corners(Image.fromarray(frame.to_ndarray(format="rgb24"))) == letters


def test_a_turn_in_between_counts_as_the_nearest_quarter() -> None:
    assert turn_by((60_000, 9_000, 0, -9_000, 60_000, 0, 0, 0, 1)) is DisplayTurn.NONE
    assert turn_by((9_000, 60_000, 0, -60_000, 9_000, 0, 0, 0, 1)) is DisplayTurn.QUARTER_RIGHT


def without_first_key_frame(path: Path) -> Path:
    """Write 5 s whose brightness rises, a key frame a second, and drop the first second's one."""
    whole = path.with_name("whole.mp4")
    with av.open(str(whole), "w") as target:
        options = {"g": "24", "bf": "0", "preset": "ultrafast", "sc_threshold": "0"}
        stream = target.add_stream("libx264", rate=24, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = *STORED_PX, "yuv420p"
        for number in range(120):
            level = numpy.full((*STORED_PX[::-1], 3), 2 * number, numpy.uint8)
            target.mux(stream.encode(VideoFrame.from_ndarray(level, format="rgb24")))
        target.mux(stream.encode(None))
    with av.open(str(whole)) as source, av.open(str(path), "w") as target:
        kept = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(source.streams.video[0])):
            if number > 0 and packet.dts is not None:
                packet.stream = kept
                target.mux(packet)
    return path


def test_a_beginning_without_its_key_frame_is_not_counted_and_left_out(tmp_path: Path) -> None:
    file = without_first_key_frame(tmp_path / "clip.mp4")
    with av.open(str(file)) as source:
        decoded = sum(1 for _ in source.decode(video=0))
    info = inspect_video(file)
    assert info.duration_s == pytest.approx(decoded / 24, abs=0.05)
    assert info.undecodable_s == pytest.approx(23 / 24, abs=0.05)
    facts = preflight_video(file, tmp_path)
    assert "which no player can show" in facts.changes[0]
    with av.open(str(facts.path)) as source:
        levels = [int(it.to_ndarray(format="gray").mean()) for it in source.decode(video=0)]
    assert len(levels) == pytest.approx(decoded, abs=1)
    # It moves from its first frame on, and begins where the key frame is.
    assert levels[0] == pytest.approx(2 * 24, abs=8)
    assert levels[12] > levels[0] + 10
    assert Fraction(len(levels), 24) >= 3
