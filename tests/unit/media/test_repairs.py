"""Whatever the size and ratio, what comes out meets every limit, and only what must be changes."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from components.errors import MediaRejected
from components.media.clips.display_matrix import DisplayTurn
from components.media.clips.inspection import VideoInfo
from components.media.clips.limits import VideoLimits
from components.media.clips.repair_plan import frame_rate, frame_sizes, plan_clip
from components.media.images.limits import ImageLimits
from components.media.images.metadata_removal import without_metadata
from components.media.images.preflight import preflight_image
from components.media.images.sizing import shape_for
from components.media.report import ClipChoices, ImageChoices, Preflight
from tests.samples.media_files import drawing, is_red, noise, saved

LIMITS = VideoLimits()
CLIP = VideoInfo("mp4", "h264", 1280, 720, 5.0, 24.0, False, 1_000_000, DisplayTurn.NONE)
WAYS = st.sampled_from((ImageChoices(), ImageChoices(beyond_ratio="crop")))


@given(st.integers(1, 70_000), st.integers(1, 70_000), WAYS)
def test_every_shape_ends_within_sides_and_ratio(
    width: int, height: int, choices: ImageChoices
) -> None:
    shape = shape_for((width, height), choices.beyond_ratio, min_side_px=300, max_ratio=2.5)
    canvas = shape.canvas_px
    assert min(canvas) >= 300
    assert 2 * max(canvas) <= 5 * min(canvas)
    assert all(inner <= outer for inner, outer in zip(shape.content_px, canvas, strict=True))
    if min(width, height) >= 300 and 2 * max(width, height) <= 5 * min(width, height):
        assert shape.crop_px == shape.content_px == canvas == (width, height)


@settings(max_examples=40, deadline=None)
@given(st.integers(32, 1600), st.integers(32, 1600), WAYS, st.sampled_from(["RGB", "RGBA", "P"]))
def test_every_picture_that_comes_out_can_be_sent(
    tmp_path_factory: pytest.TempPathFactory,
    width: int,
    height: int,
    choices: ImageChoices,
    mode: str,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    file = saved(folder / "any.png", drawing(width, height, mode))
    with Image.open(preflight_image(file, folder, choices).path) as picture:
        picture.load()
        assert picture.format in ("JPEG", "PNG")
        assert min(picture.size) >= 300
        assert 2 * max(picture.size) <= 5 * min(picture.size)


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_every_clip_gets_even_sides_within_the_limits(width: int, height: int) -> None:
    content, canvas = frame_sizes((width, height), LIMITS)
    assert 720 <= min(canvas) <= max(canvas) <= 2160
    assert all(side % 2 == 0 for side in (*content, *canvas))
    assert all(inner <= outer for inner, outer in zip(content, canvas, strict=True))


@given(st.floats(0, 2000), st.floats(2.99, 4000), st.floats(), st.booleans())
def test_every_clip_gets_a_rate_and_a_length_within_the_limits(
    fps: float, duration_s: float, start_s: float, is_steady: bool
) -> None:
    info = replace(CLIP, fps=fps, duration_s=duration_s, is_steady=is_steady)
    plan = plan_clip(info, ClipChoices(start_s), LIMITS)
    assert 24 <= plan.rate <= 60
    assert 3 <= plan.length_s <= 10
    assert 0 <= plan.start_s <= max(0.0, duration_s - 3)


@pytest.mark.parametrize(
    ("fps", "rate"), [(15, 30), (12, 24), (10, 30), (120, 60), (240, 60), (100, 50), (23.976, 24)]
)
def test_a_rate_becomes_a_multiple_or_a_part_of_itself(fps: float, rate: int) -> None:
    assert frame_rate(replace(CLIP, fps=fps), LIMITS) == Fraction(rate)


def changes(facts: Preflight) -> str:
    return " ".join(facts.changes)


def test_each_change_to_a_picture_is_said(tmp_path: Path) -> None:
    small = preflight_image(saved(tmp_path / "a.png", drawing(280, 280)), tmp_path)
    assert "Enlarged from 280×280 to 300×300 pixels." in small.changes
    wide = preflight_image(
        saved(tmp_path / "b.webp", drawing(1200, 300)), tmp_path, ImageChoices("#102030")
    )
    assert wide.changes == (
        "Padded from 1200×300 to 1200×480 pixels with #102030.",
        "Saved as JPEG instead of WEBP.",
    )
    assert wide.visible_changes == wide.changes
    white = preflight_image(saved(tmp_path / "d.png", drawing(1200, 300)), tmp_path)
    assert "Padded from 1200×300 to 1200×480 pixels with white." in white.changes
    heavy = preflight_image(saved(tmp_path / "c.png", noise(2000, 1800)), tmp_path)
    assert "Recompressed from 10.9 MB to" in changes(heavy)
    assert [check.label for check in heavy.checks if not check.holds] == ["Size"]


@pytest.mark.parametrize("size", [(600, 400), (400, 1000)])
def test_a_picture_that_no_quality_makes_small_enough_is_shrunk(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    file = saved(tmp_path / "a.png", noise(*size))
    looked = preflight_image(file, tmp_path, limits=ImageLimits(max_size_bytes=70_000))
    width, height = looked.after.width_px, looked.after.height_px
    assert looked.path.stat().st_size == looked.after.size_bytes <= 70_000
    assert min(width, height) >= 300
    assert max(width, height) <= 2.5 * min(width, height)
    assert (width > height) is (size[0] > size[1])
    assert f"Shrunk from {size[0]}×{size[1]} to {width}×{height} pixels." in looked.changes


def test_a_picture_that_nothing_makes_small_enough_is_refused(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.png", noise(600, 400))
    with pytest.raises(MediaRejected, match="cannot be saved small enough; add a smaller one"):
        preflight_image(file, tmp_path, limits=ImageLimits(max_size_bytes=500))


@pytest.mark.parametrize(
    ("background", "red"), [("#ff0000", True), ("rgba(255, 0, 0, 1)", True), ("white", False)]
)
def test_a_transparent_picture_too_large_as_png_is_filled(
    tmp_path: Path, background: str, red: bool
) -> None:
    picture = noise(400, 400)
    picture.putalpha(Image.new("L", picture.size, 0))
    file = saved(tmp_path / "a.png", picture)
    limits = ImageLimits(max_size_bytes=200_000)
    looked = preflight_image(file, tmp_path, ImageChoices(background=background), limits)
    assert looked.path.suffix == ".jpg"
    assert f"Filled the transparent parts with {background}." in looked.changes
    assert is_red(looked.path) is red


def test_a_png_that_came_out_larger_than_its_tiles_is_saved_as_jpeg(tmp_path: Path) -> None:
    """The estimate lets by what is up to a fifth too large; the file itself is measured."""
    picture = noise(400, 400)
    picture.putalpha(Image.new("L", picture.size, 128))
    file = saved(tmp_path / "a.png", picture)
    limits = ImageLimits(max_size_bytes=int(file.stat().st_size * 0.9))
    assert preflight_image(file, tmp_path, limits=limits).path.suffix == ".jpg"
    assert not (tmp_path / "repaired.png").exists()


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_a_place_is_removed_without_a_second_compression(tmp_path: Path, name: str) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 30.0)}
    plain = saved(tmp_path / f"plain {name}", drawing())
    tagged = saved(tmp_path / name, drawing(), exif=exif)
    facts = preflight_image(tagged, tmp_path)
    assert facts.path.read_bytes() == plain.read_bytes()
    assert "metadata" in changes(facts)
    assert facts.visible_changes == ()
    assert facts.harmless_changes == facts.changes


def test_what_follows_the_end_of_a_photo_goes_and_the_profile_stays(tmp_path: Path) -> None:
    plain = saved(tmp_path / "a.jpg", noise(320, 320), progressive=True, icc_profile=b"x" * 200)
    content = plain.read_bytes()
    assert without_metadata(content) == content
    assert without_metadata(content + b"\0\0") == content + b"\0\0"
    assert without_metadata(content + b"a film of the same place") == content


@pytest.mark.parametrize("size", [(320, 320), (1800, 1200)])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_photo_cut_at_99_percent_is_never_passed(
    tmp_path: Path, size: tuple[int, int], progressive: bool
) -> None:
    file = saved(tmp_path / "a.jpg", noise(*size), progressive=progressive)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 99 // 100])
    with pytest.raises(MediaRejected, match="damaged or incomplete"):
        preflight_image(file, tmp_path)
