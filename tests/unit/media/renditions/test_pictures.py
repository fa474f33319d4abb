"""Pictures in sizes that a screen needs: upright, on white, and nothing but the picture."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from components.errors import MediaRejected
from components.media.renditions.pictures import (
    CODINGS,
    LADDER_PX,
    widths_for,
    write_original,
    write_picture,
)
from components.media.renditions.preview_card import SIZE_PX, write_preview_card
from tests.samples.media_corpus import Odd
from tests.samples.media_files import colour, cut, drawing, is_red, noise, saved, video
from tests.samples.odd_pictures import odd_pictures

SECRET = "a lighthouse nobody may know of"
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><prompt>{SECRET}</prompt></x:xmpmeta>'.encode()


def exif(turn: int = 1) -> Image.Exif:
    said = Image.Exif()
    said[ExifTags.Base.ImageDescription] = SECRET
    said[ExifTags.Base.UserComment] = b"ASCII\0\0\0" + SECRET.encode()
    said[ExifTags.Base.Orientation] = turn
    return said


def png_text() -> PngImagePlugin.PngInfo:
    said = PngImagePlugin.PngInfo()
    said.add_text("comment", SECRET)
    said.add_text("parameters", SECRET, zip=True)
    said.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return said


TALKING: dict[str, Callable[[Path], Path]] = {
    "png": lambda at: saved(at / "a.png", drawing(), pnginfo=png_text(), exif=exif()),
    "turned png": lambda at: saved(at / "a.png", drawing(), pnginfo=png_text(), exif=exif(6)),
    "palette png": lambda at: saved(at / "a.png", drawing(mode="P"), pnginfo=png_text()),
    "jpeg": lambda at: saved(at / "a.jpg", drawing(), exif=exif(), comment=SECRET, xmp=XMP),
    "turned jpeg": lambda at: saved(at / "a.jpg", drawing(), exif=exif(6), comment=SECRET),
    "webp": lambda at: saved(at / "a.webp", drawing(), exif=exif(), xmp=XMP),
    "avif": lambda at: saved(at / "a.avif", drawing(), exif=exif(), xmp=XMP),
    "gif": lambda at: saved(at / "a.gif", drawing(mode="P"), comment=SECRET.encode()),
}


def written(source: Path, width_px: int, coding: str) -> Path:
    target = source.with_name(f"out.{coding}")
    write_picture(source, target, width_px, coding)
    return target


def size_px(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def says_nothing(path: Path) -> bool:
    with Image.open(path) as picture:
        picture.load()
        said = {str(it) for it in picture.info.values()} | {str(dict(picture.getexif()))}
    return SECRET.encode() not in path.read_bytes() and not any(SECRET in it for it in said)


@pytest.mark.parametrize("width_px", [1, 319, 320, 700, 1920, 2560, 8000])
def test_widths_are_never_beyond_the_picture_and_the_largest_is_all_of_it(width_px: int) -> None:
    offered = widths_for(width_px)
    assert list(offered) == sorted(set(offered))
    assert offered[-1] == min(width_px, LADDER_PX[-1])


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("width_px", [100, 400, 900])
def test_a_picture_is_as_wide_as_asked_and_never_wider_than_it_is(
    width_px: int, coding: str, tmp_path: Path
) -> None:
    out = written(saved(tmp_path / "a.png", drawing(400, 300)), width_px, coding)
    expected = min(width_px, 400)
    assert size_px(out) == (expected, round(expected * 3 / 4))
    assert is_red(out)


@pytest.mark.parametrize("width_px", [160, 240, 320, 480, 960])
@pytest.mark.parametrize("turn", [1, 3, 6, 8])
def test_a_photo_is_turned_upright_and_as_wide_as_asked(
    turn: int, width_px: int, tmp_path: Path
) -> None:
    """A JPEG is read at a fraction of its size, and its sides change places when it is turned."""
    source = saved(tmp_path / "a.jpg", noise(2560, 1920), exif=exif(turn))
    long, short = (4, 3) if turn < 5 else (3, 4)
    assert size_px(written(source, width_px, "jpg")) == (width_px, round(width_px * short / long))


def test_what_can_be_seen_through_stands_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    palette = drawing(64, 64, "P")
    for source in (
        saved(tmp_path / "a.png", clear),
        saved(tmp_path / "b.webp", clear, lossless=True),
        saved(tmp_path / "c.png", clear.convert("LA")),
    ):
        assert colour(written(source, 64, "webp")) == (255, 255, 255)
    seen_through = saved(tmp_path / "d.png", palette, transparency=palette.getpixel((1, 1)))
    assert colour(written(seen_through, 64, "webp")) == (255, 255, 255)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("make", TALKING.values(), ids=TALKING.keys())
def test_a_rendition_says_nothing_but_its_picture(
    make: Callable[[Path], Path], coding: str, tmp_path: Path
) -> None:
    source = make(tmp_path)
    assert not says_nothing(source)
    assert says_nothing(written(source, 200, coding))


@pytest.mark.parametrize("make", TALKING.values(), ids=TALKING.keys())
def test_an_original_is_the_whole_picture_upright_and_says_nothing(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    source = make(tmp_path)
    target = tmp_path / f"clean{source.suffix if source.suffix in ('.png', '.jpg') else '.jpg'}"
    write_original(source, target)
    assert says_nothing(target)
    with Image.open(source) as before, Image.open(target) as after:
        is_turned = before.getexif().get(ExifTags.Base.Orientation, 1) == 6
        assert after.size == (before.size[::-1] if is_turned else before.size)
        assert after.format == ("PNG" if target.suffix == ".png" else "JPEG")
        assert not after.getexif()


def test_an_original_that_is_upright_keeps_every_pixel(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.png", noise(90, 60), pnginfo=png_text())
    write_original(source, tmp_path / "clean.png")
    with Image.open(source) as before, Image.open(tmp_path / "clean.png") as after:
        assert before.tobytes() == after.tobytes()


def test_a_clip_shows_its_first_frame(tmp_path: Path) -> None:
    clip = video(tmp_path / "a.mp4", size=(320, 180))
    out = written(clip, 160, "webp")
    assert size_px(out) == (160, 90)
    assert sorted(it.name for it in tmp_path.iterdir()) == ["a.mp4", "out.webp"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("odd", odd_pictures(), ids=lambda odd: odd.name)
def test_any_picture_becomes_a_rendition_or_is_refused_in_a_sentence(
    odd: Odd, tmp_path: Path
) -> None:
    source = odd.make(tmp_path)
    target = tmp_path / "out.webp"
    try:
        write_picture(source, target, 64, "webp")
    except MediaRejected as error:
        assert str(error)
        assert not target.exists()
    else:
        assert 0 < size_px(target)[0] <= 64


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_cut_file_is_refused_and_leaves_nothing(ending: str, tmp_path: Path) -> None:
    source = cut(saved(tmp_path / f"a.{ending}", noise(300, 200)), 0.4)
    with pytest.raises(MediaRejected):
        write_picture(source, tmp_path / "out.jpg", 100, "jpg")
    assert not (tmp_path / "out.jpg").exists()


@pytest.mark.parametrize("accent", ["", "#00ff00"])
@pytest.mark.parametrize("title", ["Harbour", "Ein sehr langer Titel " * 12, "港の灯り 🎬", ""])
def test_a_preview_card_has_the_size_that_chat_apps_show(
    title: str, accent: str, tmp_path: Path
) -> None:
    picture = saved(tmp_path / "a.png", drawing(400, 300), pnginfo=png_text())
    for shown in (picture, None):
        target = tmp_path / "card.jpg"
        write_preview_card(target, title, "Five pictures", shown, accent)
        assert size_px(target) == SIZE_PX
        assert says_nothing(target)
        assert target.stat().st_size < 300_000
