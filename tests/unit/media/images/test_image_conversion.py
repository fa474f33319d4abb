"""Pictures of other formats, depths, colours and turns become plain ones that look the same."""

import struct
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image, ImageCms

from components.media.images.inspection import inspect_image
from tests.samples.media_files import colour, drawing, is_red, png_by_hand, repaired, saved

ROTATED = Image.Exif()
ROTATED[0x0112] = 6


@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("a.webp", "RGB", {}),
        ("a.heic", "RGB", {}),
        ("a.avif", "RGB", {}),
        ("a.gif", "P", {}),
        ("a.tif", "RGB", {}),
        ("lzw.tif", "CMYK", {"compression": "tiff_lzw"}),
        ("a.bmp", "RGB", {}),
        ("cmyk.jpg", "CMYK", {}),
        ("palette.png", "P", {}),
        ("mpo.jpg", "RGB", {"format": "MPO", "save_all": True, "append_images": [drawing()]}),
        ("moving.png", "RGB", {"save_all": True, "append_images": [drawing().rotate(180)]}),
        ("moving.gif", "P", {"save_all": True, "append_images": [drawing().rotate(180)]}),
    ],
)
def test_another_format_becomes_a_jpeg_that_looks_the_same(
    tmp_path: Path, name: str, mode: str, options: dict[str, Any]
) -> None:
    file = saved(tmp_path / name, drawing(mode=mode), **options)
    ready = repaired(file)
    info = inspect_image(ready)
    assert (info.format, info.suffix, info.mime) == ("JPEG", ".jpg", "image/jpeg")
    assert (info.width_px, info.height_px) == (400, 300)
    assert ready != file
    assert is_red(ready)


@pytest.mark.parametrize("name", ["a.webp", "a.avif", "palette.png"])
def test_transparency_is_kept_as_png(tmp_path: Path, name: str) -> None:
    picture = drawing(mode="RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size).point(lambda it: it & 128))
    if name == "palette.png":
        picture = picture.quantize(16)
    ready = repaired(saved(tmp_path / name, picture))
    with Image.open(ready) as converted:
        assert (converted.format, converted.mode) == ("PNG", "RGBA")
        assert converted.getchannel("A").getextrema()[0] == 0


@pytest.mark.parametrize("name", ["deep.png", "deep.tif"])
def test_sixteen_bit_grey_keeps_its_brightness(tmp_path: Path, name: str) -> None:
    values = numpy.full((300, 400), 0x8000, numpy.uint16)
    ready = repaired(saved(tmp_path / name, Image.fromarray(values)))
    assert colour(ready)[0] == pytest.approx(128, abs=2)


def test_a_picture_in_floating_point_keeps_its_brightness(tmp_path: Path) -> None:
    values = numpy.full((300, 400), 0.5, numpy.float32)
    values[0, 0] = numpy.nan
    ready = repaired(saved(tmp_path / "float.tif", Image.fromarray(values)))
    assert colour(ready)[0] == pytest.approx(127, abs=2)


def test_sixteen_bit_colour_becomes_eight_bits(tmp_path: Path) -> None:
    file = png_by_hand(tmp_path / "deep.png", 400, 300, depth=16, rows=300)
    ready = repaired(file)
    assert inspect_image(ready).format == "JPEG"
    assert colour(ready)[0] == pytest.approx(128, abs=2)


def test_an_exif_rotated_photo_is_turned_upright(tmp_path: Path) -> None:
    file = saved(tmp_path / "phone.jpg", drawing(400, 300), exif=ROTATED)
    assert inspect_image(file).width_px == 300
    ready = repaired(file)
    info = inspect_image(ready)
    assert (info.width_px, info.height_px) == (300, 400)
    assert colour(ready, 0.5, 0.25)[0] > 200
    with Image.open(ready) as turned:
        assert not turned.getexif()


@pytest.mark.parametrize(("orientation", "at"), [(3, (0.75, 0.5)), (6, (0.5, 0.25))])
def test_a_turned_tiff_is_turned_once(
    tmp_path: Path, orientation: int, at: tuple[float, float]
) -> None:
    file = saved(tmp_path / "scan.tif", drawing(400, 300), tiffinfo={0x0112: orientation})
    ready = repaired(file)
    sides = (400, 300) if orientation == 3 else (300, 400)
    assert inspect_image(file).size_px == inspect_image(ready).size_px == sides
    assert colour(ready, *at)[0] > 200


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_does_not_spoil_a_good_picture(tmp_path: Path) -> None:
    plain = saved(tmp_path / "plain.jpg", drawing())
    file = saved(tmp_path / "a.jpg", drawing(), exif=b"Exif\0\0II*\0\xff\xff\xff\x7f")
    assert repaired(file).read_bytes() == plain.read_bytes()


def test_a_wide_colour_space_becomes_srgb(tmp_path: Path) -> None:
    wide = swapped_primaries(srgb_profile())
    ready = repaired(saved(tmp_path / "wide.png", drawing(), icc_profile=wide))
    assert inspect_image(ready).format == "JPEG"
    red, _green, blue = colour(ready)
    assert blue > 200
    assert red < 60


def test_a_profile_is_judged_by_its_colours_and_not_by_its_name(tmp_path: Path) -> None:
    other_name = renamed(srgb_profile())
    for name, profile in (("named.jpg", srgb_profile()), ("other.png", other_name)):
        file = saved(tmp_path / name, drawing(), icc_profile=profile)
        assert repaired(file) == file
    liar = renamed(swapped_primaries(srgb_profile()), "Wide", "sRGB")
    ready = repaired(saved(tmp_path / "liar.jpg", drawing(), icc_profile=liar))
    assert colour(ready)[2] > 200


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def renamed(profile: bytes, before: str = "sRGB", after: str = "Wide") -> bytes:
    return profile.replace(before.encode("utf-16-be"), after.encode("utf-16-be"))


def swapped_primaries(profile: bytes) -> bytes:
    """Return a profile of another name in which red and blue have changed places."""
    marked = renamed(profile)
    count = struct.unpack(">I", marked[128:132])[0]
    table = marked[132 : 132 + 12 * count]
    table = table.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    return marked[:132] + table + marked[132 + 12 * count :]


def test_a_broken_profile_is_ignored(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.png", drawing(), icc_profile=b"no profile at all")
    assert repaired(file) == file
