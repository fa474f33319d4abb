"""The drawing tools keep sizes, places and colours."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from components.errors import MediaRejected
from components.media.drawing import canvas, lettering
from components.media.drawing.lettering import Caption
from tests.samples.media_files import drawing

sides = st.integers(8, 300)
SIZE = (160, 90)


@given(sides, sides, sides, sides)
def test_cover_always_fills_the_asked_size(
    width: int, height: int, to_width: int, to_height: int
) -> None:
    picture = drawing(width, height)
    assert canvas.cover(picture, to_width, to_height).size == (to_width, to_height)


def test_contain_shows_the_whole_picture() -> None:
    assert canvas.contain(drawing(400, 200), 100, 100).size == (100, 50)


def test_crop_loss_is_the_share_cut_away() -> None:
    assert canvas.crop_loss(drawing(200, 100), 100, 100) == pytest.approx(0.5)
    assert canvas.crop_loss(drawing(200, 100), 400, 200) == pytest.approx(0.0)


@pytest.mark.parametrize("file_format", ["jpeg", "png", "webp"])
def test_a_picture_is_saved_in_the_asked_format(tmp_path: Path, file_format: str) -> None:
    path = tmp_path / "picture"
    canvas.save_picture(drawing(), path, file_format)
    facts = canvas.picture_facts(path)
    assert (facts.format, facts.width_px, facts.height_px) == (file_format.upper(), 400, 300)


def test_a_photo_lying_on_its_side_is_opened_upright(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    drawing(400, 300).save(path, exif=exif)
    assert canvas.picture_facts(path).upright_px == (300, 400)
    assert canvas.open_picture(path).size == (300, 400)


def test_transparency_is_opened_on_white(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(path)
    assert canvas.open_picture(path).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_a_file_that_is_not_a_picture_is_rejected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    for read in (canvas.picture_facts, canvas.open_picture):
        with pytest.raises(MediaRejected, match="cannot be read as a picture"):
            read(path)


def test_a_truncated_picture_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    drawing().save(path)
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(MediaRejected):
        canvas.open_picture(path)


def test_a_card_has_clear_corners_and_casts_a_shadow() -> None:
    face = canvas.card(drawing(), 60, 40)
    assert face.getpixel((0, 0))[3] == 0  # type: ignore[index]
    ground = Image.new("RGB", SIZE, "white")
    canvas.place(ground, face, (80, 45), angle=5)
    assert ground.getpixel((60, 45)) == (255, 0, 0)
    assert ground.getpixel((80, 70)) != (255, 255, 255)
    assert ground.getpixel((2, 2)) == (255, 255, 255)


def test_the_average_colour_is_of_the_whole_picture() -> None:
    red, green, blue = canvas.average_colour(drawing())
    assert green < red == pytest.approx(blue, abs=40)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (960, 960), (64, 64), (128, 55)])
def test_lettering_fits_into_any_size_and_is_seen(size: tuple[int, int]) -> None:
    ground = Image.new("RGB", size, "grey")
    plain = ground.copy()
    words = Caption("A very long prompt " * 20, "model  ·  16:9")
    stamps = [
        lettering.caption(size, words),
        lettering.watermark(size),
        lettering.label(size, "Image 1"),
    ]
    lettering.put(ground, stamps)
    for stamp in stamps:
        left, top = stamp.place_px
        box = (left, top, left + stamp.piece.width, top + stamp.piece.height)
        assert box[0] >= 0
        assert box[3] <= size[1]
        assert ground.crop(box).tobytes() != plain.crop(box).tobytes()


@given(st.text(max_size=200))
def test_any_prompt_becomes_one_line_that_can_be_drawn(text: str) -> None:
    line = lettering.printable(text)
    assert "\n" not in line
    lettering.caption((64, 64), Caption(text, text))


def test_signs_without_a_shape_become_question_marks() -> None:
    assert lettering.printable("\n  Grüße, Ærø 2×3 – 日本 \n second") == "Grusse, ?ro 2x3 - ??"
