"""Pictures that decode and yet would not arrive as they look: rows missing, rare codes."""

import base64
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from components.errors import MediaRejected
from components.media.images.inspection import inspect_image
from components.media.images.jpeg_coding import has_common_coding
from components.media.images.metadata_removal import without_metadata
from components.media.images.png_rows import lacks_rows
from components.media.images.preflight import preflight_image
from tests.samples.media_files import PNG_SIGNATURE, chunk, drawing, png_by_hand, saved

ARITHMETIC_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERX"
    "RTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj"
    "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/yQARCAEwATADASIAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIR"
    "AxEAPwD+691Kg+krgZ3/2Q=="
)
"""Plain red, 304 by 304, with the arithmetic codes of ITU-T T.81, annex D."""


@contextmanager
def _written(content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.png"
        file.write_bytes(content)
        yield file


@pytest.mark.parametrize("rows", [1, 150, 299])
def test_a_png_that_lacks_rows_is_never_passed(tmp_path: Path, rows: int) -> None:
    file = png_by_hand(tmp_path / "short.png", 320, 300, rows=rows)
    with pytest.raises(MediaRejected, match=r"short\.png is damaged or incomplete"):
        preflight_image(file, tmp_path)
    with pytest.raises(MediaRejected, match="damaged or incomplete"):
        inspect_image(file)


def test_a_png_with_all_its_rows_goes_out_as_it_came_be_they_black(tmp_path: Path) -> None:
    assert preflight_image(png_by_hand(tmp_path / "a.png", 320, 300, rows=300), tmp_path).untouched
    black = saved(tmp_path / "black.png", Image.new("RGB", (320, 300)))
    assert preflight_image(black, tmp_path).untouched


@given(
    st.sampled_from([(0, 1), (0, 8), (0, 16), (2, 8), (2, 16), (3, 2), (4, 8), (6, 8), (6, 16)]),
    st.integers(1, 40),
    st.integers(2, 40),
    st.booleans(),
    st.integers(0, 3),
)
def test_missing_data_are_noticed_in_every_kind_of_png(
    kind: tuple[int, int], width: int, height: int, interlaced: bool, missing: int
) -> None:
    colour, depth = kind
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)]
        passes += [(0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = []
    for left, top, across, down in passes:
        columns = len(range(left, width, across))
        row = b"\0" + b"\x55" * -(-columns * depth * channels // 8)
        rows += [row] * (len(range(top, height, down)) if columns else 0)
    data = zlib.compress(b"".join(rows[: len(rows) - missing]))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    palette = chunk(b"PLTE", bytes(range(12))) if colour == 3 else b""
    parts = (chunk(b"IHDR", header), palette, chunk(b"IDAT", data), chunk(b"IEND", b""))
    with _written(PNG_SIGNATURE + b"".join(parts)) as file, Image.open(file) as picture:
        try:
            picture.load()
            is_noticed = lacks_rows(picture, file)
        except OSError:
            # Pillow misses a picture without any row by itself.
            is_noticed = True
        assert is_noticed is (missing > 0)


def test_arithmetic_codes_are_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "rare.jpg"
    file.write_bytes(ARITHMETIC_JPEG)
    assert not has_common_coding(file)
    facts = preflight_image(file, tmp_path)
    assert facts.changes == ("Coded in the usual way, as few programs read the one it had.",)
    assert has_common_coding(facts.path)
    with Image.open(facts.path) as ready:
        red, green, blue = ready.convert("RGB").getpixel((150, 150))  # type: ignore[misc]
    assert red > 190
    assert max(green, blue) < 50


@pytest.mark.parametrize("progressive", [False, True])
def test_the_usual_codes_go_out_as_they_came(tmp_path: Path, progressive: bool) -> None:
    file = saved(tmp_path / "a.jpg", drawing(), progressive=progressive)
    assert has_common_coding(file)
    assert preflight_image(file, tmp_path).untouched


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0", b"x"]
)
def test_what_has_no_frame_has_no_usual_coding(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(content)
    assert not has_common_coding(file)


@pytest.mark.parametrize("kind", [b"caBX", b"prVt", b"tEXt", b"eXIf", b"tIME", b"vpAg", b"iDOT"])
def test_a_png_keeps_only_what_it_is_shown_by(tmp_path: Path, kind: bytes) -> None:
    plain = saved(tmp_path / "plain.png", drawing()).read_bytes()
    begin = 8 + 25
    told = plain[:begin] + chunk(kind, b"signed by somebody at home") + plain[begin:]
    assert without_metadata(told) == plain


@pytest.mark.parametrize("kind", [b"gAMA", b"sRGB", b"pHYs", b"tRNS", b"cICP"])
def test_a_png_keeps_what_changes_how_it_is_shown(tmp_path: Path, kind: bytes) -> None:
    plain = saved(tmp_path / "plain.png", drawing()).read_bytes()
    begin = 8 + 25
    told = plain[:begin] + chunk(kind, b"\0\0\0\1") + plain[begin:]
    assert without_metadata(told) == told
