"""A result carries its settings; the picture in it and the stored file stay what they are."""

import struct
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from components.media.embedded_settings.clip_comments import clip_edits
from components.media.embedded_settings.embedding import APP_NAME, read_settings, with_settings
from components.media.embedded_settings.splice import Edit, SplicedFile
from tests.samples.media_files import chunk, cut, drawing, noise, saved, turned_video, video

SETTINGS = {
    "version": "1.2.3",
    "model": "klingai/image-o1",
    "request": {"prompt": 'Say "naïve" 日本 🎬\n$5 \\', "image_urls": [f"/media/{'a' * 64}.png"]},
    "run_id": "run-1",
}
SIZE = (128, 72)


def described() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "An AI made this"
    exif[ExifTags.Base.Orientation] = 6
    return exif


PICTURES: dict[str, Callable[[Path], Path]] = {
    "png": lambda folder: saved(folder / "a.png", noise(*SIZE)),
    "palette png": lambda folder: saved(folder / "a.png", drawing(mode="P")),
    "jpeg": lambda folder: saved(folder / "a.jpg", drawing()),
    "progressive jpeg": lambda folder: saved(folder / "a.jpg", drawing(), progressive=True),
    "jpeg with EXIF": lambda folder: saved(folder / "a.jpg", drawing(), exif=described()),
    "webp": lambda folder: saved(folder / "a.webp", drawing(401, 300)),
    "lossless webp": lambda folder: saved(folder / "a.webp", drawing(), lossless=True),
    "transparent webp": lambda folder: saved(
        folder / "a.webp", drawing(301, 299, "RGBA"), lossless=True
    ),
    "webp with EXIF": lambda folder: saved(folder / "a.webp", drawing(), exif=described()),
}
CLIPS: dict[str, Callable[[Path], Path]] = {
    "mp4": lambda folder: video(folder / "a.mp4", sound=True),
    "mp4 for the web": lambda folder: video(
        folder / "a.mp4", sound=True, options={"movflags": "+faststart"}
    ),
    "mov": lambda folder: video(folder / "a.mov", sound=True),
    "turned mp4": lambda folder: turned_video(folder / "a.mp4", SIZE),
}
REMEMBERING = {**PICTURES, **CLIPS}


def remembered(source: Path, said: dict[str, Any] | None = None) -> Path:
    """Write the file that would be handed out."""
    spliced = with_settings(source, said or SETTINGS)
    target = source.with_name(f"out{source.suffix}")
    target.write_bytes(b"".join(spliced))
    assert target.stat().st_size == spliced.size_bytes
    return target


def pixels(path: Path) -> Any:
    with Image.open(path) as picture:
        return numpy.asarray(picture.convert("RGBA"))


def packets(path: Path) -> list[tuple[int, int | None, bytes]]:
    with av.open(str(path)) as source:
        return [(it.stream_index, it.pts, bytes(it)) for it in source.demux() if it.size]


@pytest.mark.parametrize("make", REMEMBERING.values(), ids=REMEMBERING.keys())
def test_a_file_gives_back_the_settings_it_was_handed_out_with(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    source = make(tmp_path)
    before = source.read_bytes()
    assert read_settings(source) is None
    assert read_settings(remembered(source)) == {"app": APP_NAME, **SETTINGS}
    assert source.read_bytes() == before


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES.keys())
def test_the_picture_is_the_same_to_the_last_pixel(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    source = make(tmp_path)
    assert numpy.array_equal(pixels(remembered(source)), pixels(source))


@pytest.mark.parametrize("make", CLIPS.values(), ids=CLIPS.keys())
def test_every_packet_of_a_clip_is_the_same(make: Callable[[Path], Path], tmp_path: Path) -> None:
    source = make(tmp_path)
    target = remembered(source)
    assert packets(target) == packets(source)
    with av.open(str(target)) as clip:
        assert str(SETTINGS["run_id"]) in clip.metadata["comment"]
        assert clip.metadata["encoder"]


@pytest.mark.parametrize("name", ["jpeg with EXIF", "webp with EXIF"])
def test_what_a_picture_already_says_about_itself_stays(name: str, tmp_path: Path) -> None:
    with Image.open(remembered(PICTURES[name](tmp_path))) as picture:
        exif = picture.getexif()
    assert exif[ExifTags.Base.ImageDescription] == "An AI made this"
    assert exif[ExifTags.Base.Orientation] == 6


def test_remembering_twice_keeps_the_latest(tmp_path: Path) -> None:
    for name in ("jpeg", "webp", "mp4"):
        first = remembered(REMEMBERING[name](tmp_path))
        again = first.rename(first.with_stem("first"))
        found = read_settings(remembered(again, {**SETTINGS, "run_id": "run-2"}))
        assert found is not None, name
        assert found["run_id"] == "run-2", name


def test_large_offsets_of_a_clip_move_with_it() -> None:
    def box(kind: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return struct.pack(">I4s", len(body) + 8, kind) + body

    offsets = (0, 2**32 + 5)
    table = box(b"co64", bytes(4), struct.pack(">I2Q", 2, *offsets))
    movie = box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table)))))
    (edit,) = clip_edits(BytesIO(movie + box(b"mdat", b"frames")), "settings")
    grown = len(edit.new) - len(movie)
    assert (edit.begin, edit.end, grown > 0) == (0, len(movie), True)
    at = edit.new.index(b"co64") + 12
    assert struct.unpack_from(">2Q", edit.new, at) == (0, offsets[1] + grown)


UNTOUCHED: dict[str, Callable[[Path], Path]] = {
    "gif": lambda folder: saved(folder / "a.gif", drawing()),
    "webm": lambda folder: video(folder / "a.webm", codec="libvpx-vp9"),
    "fragmented mp4": lambda folder: video(
        folder / "a.mp4", options={"movflags": "+frag_keyframe+empty_moov"}
    ),
    "cut mp4": lambda folder: cut(video(folder / "a.mp4")),
    "cut png": lambda folder: cut(saved(folder / "a.png", drawing()), 0.02),
    "empty jpeg": lambda folder: cut(saved(folder / "a.jpg", drawing()), 0.0),
    "text": lambda folder: _text(folder / "a.webp"),
}


def _text(path: Path) -> Path:
    path.write_text("no picture at all")
    return path


@pytest.mark.parametrize("make", UNTOUCHED.values(), ids=UNTOUCHED.keys())
def test_a_file_that_cannot_carry_settings_comes_as_it_is(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    source = make(tmp_path)
    assert b"".join(with_settings(source, SETTINGS)) == source.read_bytes()


def test_settings_too_long_for_the_file_are_left_out(tmp_path: Path) -> None:
    said = {**SETTINGS, "note": "x" * 70_000}
    for name in ("jpeg", "mp4"):
        source = REMEMBERING[name](tmp_path)
        assert b"".join(with_settings(source, said)) == source.read_bytes()
    assert with_settings(PICTURES["png"](tmp_path), {"note": "x" * 200_000}).edits == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just a comment",
        "[" * 20_000,
        '{"app": "Another", "model": "x", "request": {}}',
        '{"app": "Kling O1 Playground"}',
        '{"app": "Kling O1 Playground", "model": 1, "request": {}}',
        '{"app": "Kling O1 Playground", "model": "x", "request": []}',
        '{"app": "Kling O1 Playground", "model": "x", "request": {}, "n": "' + "x" * 200_000 + '"}',
        '{"app": "Kling O1 Playground", "model": "x", "request": {}, "n": 1' + "0" * 9_000 + "}",
    ],
)
def test_what_is_not_ours_or_not_whole_is_not_read(text: str, tmp_path: Path) -> None:
    content = saved(tmp_path / "a.png", drawing()).read_bytes()
    at = content.index(b"IDAT") - 4
    comment = chunk(b"tEXt", b"Comment\0" + text.encode())
    (tmp_path / "b.png").write_bytes(content[:at] + comment + content[at:])
    assert read_settings(tmp_path / "b.png") is None


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One small remembering file of each format."""
    names = ("png", "jpeg with EXIF", "webp", "mp4")
    return [remembered(REMEMBERING[name](tmp_path_factory.mktemp("sample"))) for name in names]


# Pillow warns of what it repairs; a warning is no failure here.
@pytest.mark.filterwarnings("ignore")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_file_is_read_and_written_without_an_error(
    data: st.DataObject, samples: list[Path], tmp_path: Path
) -> None:
    sample = data.draw(st.sampled_from(samples))
    content = bytearray(sample.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        # Near the beginning there is more to break.
        at = data.draw(st.integers(0, min(len(content) - 1, 1200)))
        content[at] = data.draw(st.integers(0, 255))
    damaged = tmp_path / f"damaged{sample.suffix}"
    damaged.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    found = read_settings(damaged)
    assert found is None or found["app"] == APP_NAME
    spliced = with_settings(damaged, SETTINGS)
    assert len(b"".join(spliced)) == spliced.size_bytes


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=60),
    places=st.lists(st.integers(0, 60), max_size=6),
    new=st.binary(max_size=5),
)
def test_edits_change_what_they_name_and_nothing_else(
    content: bytes, places: list[int], new: bytes, tmp_path: Path
) -> None:
    ends = sorted({min(place, len(content)) for place in places})
    edits = tuple(Edit(begin, end, new) for begin, end in pairwise(ends))[::2]
    expected, done = b"", 0
    for edit in edits:
        expected += content[done : edit.begin] + new
        done = edit.end
    file = tmp_path / "file"
    file.write_bytes(content)
    spliced = SplicedFile(file, edits)
    assert b"".join(spliced) == expected + content[done:]
    assert spliced.size_bytes == len(expected + content[done:])
