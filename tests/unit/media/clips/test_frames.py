"""A frame taken from a video is the very one that was asked for, with the colours one saw."""

from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from components.errors import MediaRejected
from components.media.clips.frames import keep_frame, save_frame
from components.media.store.media_store import FolderStore, name_of, ref
from tests.samples.media_files import colour, cut, sound_only, turned_video, video
from tests.samples.numbered_clips import CODECS, FPS, number_in, numbered_clip

FRAMES = 67


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A clip of each kind."""
    return {kind: numbered_clip(tmp_path_factory.mktemp("clip"), kind, FRAMES) for kind in CODECS}


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the frame goes."""
    return tmp_path_factory.mktemp("frame") / "frame.png"


@pytest.mark.parametrize("kind", CODECS)
def test_the_first_and_the_last_frame_are_really_these(
    kind: str, clips: dict[str, Path], picture: Path
) -> None:
    assert number_in(save_frame(clips[kind], "first", picture)) == 0
    assert number_in(save_frame(clips[kind], "last", picture)) == FRAMES - 1


@pytest.mark.parametrize("kind", CODECS)
def test_every_frame_is_found_by_its_own_time(
    kind: str, clips: dict[str, Path], picture: Path
) -> None:
    found = [number_in(save_frame(clips[kind], number / FPS, picture)) for number in range(FRAMES)]
    assert found == list(range(FRAMES))


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(sorted(CODECS)), at_s=st.floats(-1, 5, width=32))
def test_a_frame_stands_until_the_next_is_due(
    kind: str, at_s: float, clips: dict[str, Path], picture: Path
) -> None:
    expected = min(max(int((at_s + 0.002) * FPS), 0), FRAMES - 1)
    assert number_in(save_frame(clips[kind], at_s, picture)) == expected


@pytest.mark.parametrize("at_s", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_moment_is_refused(at_s: float, clips: dict[str, Path], picture: Path) -> None:
    with pytest.raises(MediaRejected, match="in seconds"):
        save_frame(clips["AVI"], at_s, picture)


def test_a_frame_is_kept_beside_its_video(clips: dict[str, Path], tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "media")
    kept = ref(store.keep(clips["H.265"], ".mov"))
    for suffix, kind in ((".png", "PNG"), (".jpg", "JPEG")):
        frame = store.path(name_of(keep_frame(store, kept, "last", suffix)))
        assert number_in(frame) == FRAMES - 1
        with Image.open(frame) as opened:
            assert opened.format == kind
    assert keep_frame(store, kept, "last") == keep_frame(store, kept, 99.0)


def test_a_turned_video_gives_an_upright_frame(tmp_path: Path) -> None:
    source = turned_video(tmp_path / "a.mp4", (128, 72))
    with Image.open(save_frame(source, "last", tmp_path / "frame.png")) as frame:
        assert frame.size == (72, 128)


@pytest.mark.parametrize(
    ("height_px", "marked", "matrix"),
    [(720, True, Colorspace.ITU709), (720, False, Colorspace.ITU709),
     (360, True, Colorspace.ITU709), (360, False, Colorspace.ITU601)],
)  # fmt: skip
def test_colours_are_those_a_browser_shows(
    height_px: int, marked: bool, matrix: Colorspace, tmp_path: Path
) -> None:
    rgb = (190, 60, 40)
    pixels = numpy.full((height_px, 128, 3), rgb, numpy.uint8)
    with av.open(str(tmp_path / "a.mp4"), "w") as target:
        stream: Any = target.add_stream("libx264", rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 128, height_px, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "5"}
        stream.codec_context.colorspace = int(matrix) if marked else 2
        frame = VideoFrame.from_ndarray(pixels, format="rgb24")
        stored = frame.reformat(format="yuv420p", dst_colorspace=matrix)
        target.mux(stream.encode(stored))
        target.mux(stream.encode(None))
    found = colour(save_frame(tmp_path / "a.mp4", "last", tmp_path / "frame.png"))
    assert max(abs(one - other) for one, other in zip(found, rgb, strict=True)) <= 3


def test_a_file_without_a_frame_is_refused(tmp_path: Path) -> None:
    for broken in (sound_only(tmp_path / "s.mp4"), cut(video(tmp_path / "c.mp4"), 0.3)):
        with pytest.raises(MediaRejected):
            save_frame(broken, "last", tmp_path / "frame.png")
