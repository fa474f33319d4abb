"""Pictures: unreadable ones end in a sentence, fitting ones stay, others become plain."""

import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import MediaRejected
from components.media.images.inspection import ImageInfo, inspect_image
from components.media.images.limits import ImageLimits, check_image, thumbnail
from tests.samples.media_files import (
    chunk,
    cut,
    drawing,
    is_red,
    noise,
    png_by_hand,
    repaired,
    saved,
    video,
)


def rejection(path: Path) -> str:
    """Return the sentence with which both ways of reading refuse the file."""
    with pytest.raises(MediaRejected):
        inspect_image(path)
    with pytest.raises(MediaRejected) as caught:
        repaired(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.png", b"just some text\n", "notes.png is not a picture, whatever its name says"),
        ("empty.png", b"", "empty.png is empty"),
        ("page.jpg", b"<svg onload='alert(1)'/>", "page.jpg is a vector drawing; add a picture."),
        ("drawing.svg", b"<?xml version='1.0'?>\n<!-- x --><svg/>", "is a vector drawing"),
        ("page.png", b"\xef\xbb\xbf<!DOCTYPE html><p>", "is a web page"),
        ("paper.png", b"%PDF-1.7\n", "is a PDF document"),
        ("song.png", b"ID3\4\0", "is a sound file"),
        ("new.jxl", b"\0\0\0\x0cJXL \r\n\x87\n", "is a JPEG XL picture, which cannot be read"),
        ("a.ppm", b"P6\n2 2\n255\n" + bytes(12), "is a Netpbm picture (PPM, PGM, PBM), which"),
        ("a.qoi", b"qoif" + bytes(20), "is a QOI picture, which cannot be read here; save it as"),
        ("a.icns", b"icns" + bytes(20), "is a set of icons (ICNS), which cannot be read here"),
        ("a.png", bytes(60) + b"TRUEVISION-XFILE.\0", "is a TGA picture, which cannot be read"),
        ("a.tga", b"\0\0\2" + bytes(40), "a.tga is a TGA file, which cannot be read here"),
        ("a.cr3", b"\0\0\0\x18ftypcrx \0\0\0\1", "is a raw camera file, which cannot be read"),
        ("start.jpg", b"\xff\xd8\xff\xe0", "damaged or incomplete"),
        ("start.png", b"\x89PNG\r\n\x1a\n", "damaged or incomplete"),
        ("script.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", "is a PostScript file"),
        ("odd.tif", b"II*\0" + b"\xff" * 40, "damaged or incomplete"),
        ("odd.webp", b"RIFF\x10\0\0\0WEBPVP8 aaaaaaaa", "damaged or incomplete"),
        ("odd.gif", b"GIF89a\x00", "damaged or incomplete"),
        ("odd.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "damaged or incomplete"),
    ],
)
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Possibly corrupt EXIF")
def test_a_file_that_is_no_picture_is_rejected_with_one_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    sentence = rejection(file)
    assert words in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.avif", "a.bmp", "a.heic"])
def test_a_truncated_picture_is_rejected_with_one_sentence(tmp_path: Path, name: str) -> None:
    sentence = rejection(cut(saved(tmp_path / name, noise(400, 300)), 0.6))
    assert sentence.startswith(f"{name} is damaged or incomplete")


def test_a_missing_file_a_folder_and_a_video_are_told_apart(tmp_path: Path) -> None:
    assert "not a file that can be read" in rejection(tmp_path / "gone.png")
    assert "not a file that can be read" in rejection(tmp_path)
    assert "is a video; a picture is needed" in rejection(video(tmp_path / "clip.mp4"))


def test_a_bomb_is_rejected_by_its_header(tmp_path: Path) -> None:
    begun_s = time.monotonic()
    assert "megapixels" in rejection(png_by_hand(tmp_path / "bomb.png", 30_000, 30_000))
    assert "9000\N{MULTIPLICATION SIGN}9000 pixels" in rejection(
        png_by_hand(tmp_path / "small bomb.png", 9_000, 9_000)
    )
    assert time.monotonic() - begun_s < 5


def test_a_bomb_in_the_text_of_a_picture_is_rejected(tmp_path: Path) -> None:
    file = saved(tmp_path / "text.png", drawing())
    content = file.read_bytes()
    packed = b"k\0\0" + zlib.compress(b"x" * 100_000_000)
    file.write_bytes(content[:33] + chunk(b"zTXt", packed) + content[33:])
    assert "damaged" in rejection(file)


@pytest.mark.parametrize("size", [(300, 300), (750, 300), (300, 750), (301, 700)])
@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_fitting_picture_stays_byte_for_byte(
    tmp_path: Path, size: tuple[int, int], name: str, mode: str
) -> None:
    file = saved(tmp_path / name, drawing(*size, mode=mode))
    content = file.read_bytes()
    assert repaired(file) == file
    assert file.read_bytes() == content
    assert list((tmp_path / "work").iterdir()) == []


def test_limits_are_checked_on_plain_values() -> None:
    check_image(ImageInfo("PNG", 300, 750, 10_000_000))
    with pytest.raises(MediaRejected, match="is WEBP, and the model takes JPEG or PNG"):
        check_image(ImageInfo("WEBP", 300, 300, 1))
    with pytest.raises(MediaRejected, match=r"a\.png is 10\.1 MB"):
        check_image(ImageInfo("PNG", 300, 300, 10_000_001), file_name="a.png")
    check_image(ImageInfo("WEBP", 10, 10, 1), ImageLimits(formats=("WEBP",), min_side_px=1))


@pytest.mark.parametrize("name", ["small.jpg", "small.webp"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK"])
def test_a_thumbnail_is_small_and_keeps_the_shape(tmp_path: Path, name: str, mode: str) -> None:
    suffix = ".tif" if mode == "CMYK" else ".png"
    file = saved(tmp_path / f"a{suffix}", drawing(1200, 600, mode=mode))
    small = thumbnail(file, tmp_path / name)
    info = inspect_image(small)
    assert (info.width_px, info.height_px) == (480, 240)
    assert info.format == {".jpg": "JPEG", ".webp": "WEBP"}[small.suffix]
    assert is_red(small)


def test_a_long_or_sly_file_name_does_not_break_the_sentence(tmp_path: Path) -> None:
    file = tmp_path / ("a\nb\u202e" + "x" * 200 + ".png")
    file.write_bytes(b"text")
    sentence = rejection(file)
    assert "\n" not in sentence
    assert "\u202e" not in sentence
    assert len(sentence) < 160


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_picture_is_read_or_rejected_and_never_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    name = data.draw(st.sampled_from(["f.jpg", "f.png", "f.webp", "f.gif", "f.tif", "f.avif"]))
    content = bytearray(
        saved(
            folder / name,
            drawing(320, 320),
        ).read_bytes()
    )
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / name).write_bytes(content)
    try:
        repaired(folder / name)
    except MediaRejected as error:
        assert str(error).endswith(".")
