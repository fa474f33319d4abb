"""A JPEG written in strips is, pixel for pixel, the one that a single encoder writes."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from components.media.images.conversion import Finish
from components.media.images.jpeg_strips import write_jpeg
from components.media.images.preflight import preflight_image
from tests.samples.media_files import drawing, noise, saved

# Large enough to be worth strips, and no multiple of them.
SIZE = (1711, 1203)
TURNS: list[Image.Transpose | None] = [None, *Image.Transpose]


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return noise(107, 76).resize(SIZE, Image.Resampling.BICUBIC)


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(
    "options",
    [{"quality": 95, "subsampling": 0}, {"quality": 80, "subsampling": 2}],
    ids=["full colour", "halved colour"],
)
def test_strips_make_the_same_picture_whatever_the_turn(
    tmp_path: Path,
    picture: Image.Image,
    options: dict[str, Any],
    turn: Image.Transpose | None,
) -> None:
    write_jpeg(picture, tmp_path / "strips.jpg", Finish(turn=turn), options)
    whole = picture if turn is None else picture.transpose(turn)
    whole.save(tmp_path / "whole.jpg", **options)
    with Image.open(tmp_path / "strips.jpg") as ours, Image.open(tmp_path / "whole.jpg") as other:
        assert ours.size == other.size
        assert ImageChops.difference(ours, other).getbbox() is None
    assert sorted(file.name for file in tmp_path.iterdir()) == ["strips.jpg", "whole.jpg"]


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_large_photo_is_turned_as_a_viewer_would(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = saved(tmp_path / "photo.jpg", drawing(*SIZE), exif=exif, comment=b"here")
    ready = preflight_image(file, tmp_path).path
    with Image.open(file) as given, Image.open(ready) as turned:
        upright = ImageOps.exif_transpose(given)
        assert turned.size == upright.size
        assert "comment" not in turned.info
        small = [each.convert("RGB").resize((16, 16)) for each in (turned, upright)]
        assert max(ImageStat.Stat(ImageChops.difference(*small)).mean) < 3
