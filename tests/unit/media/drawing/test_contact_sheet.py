"""A contact sheet shows every picture in its place, with names, and says what is missing."""

from pathlib import Path

import numpy
import pytest
from PIL import Image

from components.errors import MediaRejected
from components.media.drawing.contact_sheet import Cell, Grid, save_contact_sheet
from components.media.drawing.text_block import text_block
from tests.samples.media_files import saved

COLOURS = {"red": (200, 30, 30), "green": (30, 160, 60), "blue": (30, 60, 200)}
INK = (0, 0, 0)


def picture(folder: Path, name: str, size: tuple[int, int] = (320, 180)) -> Path:
    return saved(folder / f"{name}.png", Image.new("RGB", size, COLOURS[name]))


def boxes(sheet: Path) -> dict[str, tuple[int, int, int, int]]:
    """Where each of the colours is: left, top, right, bottom."""
    with Image.open(sheet) as opened:
        pixels = numpy.asarray(opened.convert("RGB")).astype(int)
    found = {}
    for name, colour in COLOURS.items():
        rows, columns = numpy.nonzero((abs(pixels - numpy.array(colour)) < 8).all(axis=2))
        if rows.size:
            box = (columns.min(), rows.min(), columns.max(), rows.max())
            found[name] = (int(box[0]), int(box[1]), int(box[2]), int(box[3]))
    return found


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_pictures_stand_in_their_rows_and_columns(suffix: str, tmp_path: Path) -> None:
    cells = (
        Cell(0, 0, (picture(tmp_path, "red"),)),
        Cell(0, 1, (picture(tmp_path, "green"),)),
        Cell(1, 1, (picture(tmp_path, "blue"),), length_s=5.0),
    )
    grid = Grid(("a row", "another"), ("a column", "another"), cells)
    found = boxes(save_contact_sheet("A title", "Details", [grid], tmp_path / f"sheet{suffix}"))
    red, green, blue = found["red"], found["green"], found["blue"]
    assert red[1] == green[1]
    assert red[2] < green[0] == blue[0]
    assert green[3] < blue[1]
    assert 1.7 < (red[2] - red[0]) / (red[3] - red[1]) < 1.9


def test_the_pictures_of_one_run_share_a_cell(tmp_path: Path) -> None:
    pictures = tuple(picture(tmp_path, name) for name in COLOURS)
    alone = Grid(("",), ("",), (Cell(0, 0, pictures[:1]),))
    together = Grid(("",), ("",), (Cell(0, 0, pictures),))
    one = boxes(save_contact_sheet("", "", [alone], tmp_path / "one.png"))["red"]
    three = boxes(save_contact_sheet("", "", [together], tmp_path / "three.png"))
    assert len(three) == 3
    for left, top, right, bottom in three.values():
        assert one[0] <= left < right <= one[2]
        assert one[1] <= top < bottom <= one[3]


def test_each_group_has_a_grid_below_the_one_before(tmp_path: Path) -> None:
    grids = [
        Grid(("",), ("",), (Cell(0, 0, (picture(tmp_path, name),)),), title=f"Run {name}")
        for name in COLOURS
    ]
    found = boxes(save_contact_sheet("A title", "", grids, tmp_path / "sheet.png"))
    assert found["red"][3] < found["green"][1] < found["green"][3] < found["blue"][1]
    assert found["red"][0] == found["green"][0]


def test_a_missing_or_broken_picture_leaves_the_others_in_place(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_text("no picture")
    cells = (
        Cell(0, 0, note="failed: the provider declined it"),
        Cell(0, 1, (broken,)),
        Cell(0, 2, (picture(tmp_path, "blue"),)),
    )
    grid = Grid(("",), ("a", "b", "c"), cells)
    found = boxes(save_contact_sheet("A title", "", [grid], tmp_path / "sheet.png"))
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert found["blue"][0] > sheet.width / 2


def test_a_sheet_that_nothing_could_open_is_refused(tmp_path: Path) -> None:
    grid = Grid(tuple(map(str, range(90))), ("",), ())
    with pytest.raises(MediaRejected, match="too large"):
        save_contact_sheet("", "", [grid], tmp_path / "sheet.png")


def test_long_text_is_wrapped_and_cut() -> None:
    block = text_block("one two  three\nfour " + "x" * 400 + " end", 120, 20, INK, 3)
    assert block.lines[0] == "one two"
    assert len(block.lines) == 3
    assert block.lines[2].endswith("...")
    assert block.width_px <= 120
    assert text_block("", 120, 20, INK, 3).lines == ()
