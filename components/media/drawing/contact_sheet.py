"""A contact sheet: pictures in a grid with named rows and columns, as one picture to pass on."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path
from statistics import median

from PIL import Image, ImageDraw

from components.errors import MediaRejected
from components.media.drawing.canvas import (
    Picture,
    contain,
    open_picture,
    picture_facts,
    rounded,
)
from components.media.drawing.lettering import font_of_height
from components.media.drawing.text_block import TextBlock, text_block
from components.media.store.durable_files import disk_space_watched

_GROUND = (246, 246, 249)
_EMPTY = (233, 234, 239)
_INK = (24, 26, 34)
_QUIET = (98, 102, 116)
_MARGIN_PX = 56
_GAP_PX = 28
_CORNER_PX = 14
_PICTURES_WIDTH_PX = 2200
_MIN_CELL_PX, _MAX_CELL_PX = 220, 480
_ROW_NAMES_PX = 260
_TITLE_PX, _DETAILS_PX, _GROUP_PX, _NAME_PX, _NOTE_PX = 44, 24, 32, 24, 20
_MOST_SIDE_PX = 20_000
"""Far above any plan; a picture beyond it could not be opened elsewhere."""


@dataclass(frozen=True)
class Cell:
    """What stands at a place, counted from 0: pictures, or a few words why there are none.

    Several pictures of one run share their cell. `length_s` marks them as frames of a video.
    """

    row: int
    column: int
    pictures: tuple[Path, ...] = ()
    note: str = ""
    length_s: float | None = None


@dataclass(frozen=True)
class Grid:
    """Cells under one heading; a name may be empty where nothing varies."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]
    title: str = ""


@dataclass(frozen=True)
class _Layout:
    """Where things are, the same for all grids of a sheet."""

    left_px: int
    cell_px: tuple[int, int]
    width_px: int

    def centre(self, column: int) -> int:
        """The middle of a column."""
        return self.left_px + column * (self.cell_px[0] + _GAP_PX) + self.cell_px[0] // 2


def save_contact_sheet(title: str, details: str, grids: Sequence[Grid], target: Path) -> Path:
    """Write the sheet as PNG or JPEG, by the ending of `target`, and return `target`.

    A picture that cannot be read is told in its place. Raises `DiskFull`, and `MediaRejected` when
    the sheet would be too large.
    """
    layout = _layout(grids)
    parts = [_heading(title, details, layout), *(_drawn(grid, layout) for grid in grids)]
    height_px = sum(part.height for part in parts) + _MARGIN_PX
    if height_px > _MOST_SIDE_PX:
        raise MediaRejected("This grid is too large for one picture; save a part of it.")
    sheet = Image.new("RGB", (layout.width_px, height_px), _GROUND)
    top = 0
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    with disk_space_watched():
        sheet.save(target, quality=92, optimize=target.suffix == ".png")
    return target


def _layout(grids: Sequence[Grid]) -> _Layout:
    columns = max((len(grid.columns) for grid in grids), default=1)
    names = [_row_name(text, 1) for grid in grids for text in grid.rows if text]
    left_px = _MARGIN_PX + max((name.width_px + _GAP_PX for name in names), default=0)
    room_px = (_PICTURES_WIDTH_PX - (columns - 1) * _GAP_PX) // columns
    width_px = min(max(room_px, _MIN_CELL_PX), _MAX_CELL_PX)
    ratio = median(_ratios(grids) or [16 / 9])
    height_px = round(width_px / min(max(ratio, 0.6), 2.2))
    sheet_px = left_px + columns * (width_px + _GAP_PX) - _GAP_PX + _MARGIN_PX
    return _Layout(left_px, (width_px, height_px), max(sheet_px, 2 * _MAX_CELL_PX))


def _ratios(grids: Sequence[Grid]) -> list[float]:
    """Width by height of every picture that can be read."""
    ratios = []
    for grid in grids:
        for path in (path for cell in grid.cells for path in cell.pictures):
            try:
                width_px, height_px = picture_facts(path).upright_px
            except MediaRejected:
                continue
            ratios.append(width_px / height_px)
    return ratios


def _heading(title: str, details: str, layout: _Layout) -> Picture:
    room_px = layout.width_px - 2 * _MARGIN_PX
    above = text_block(title, room_px, _TITLE_PX, _INK, 3)
    below = text_block(details, room_px, _DETAILS_PX, _QUIET, 2)
    canvas = _ground(layout, _MARGIN_PX + above.height_px + 12 + below.height_px + _GAP_PX)
    above.draw(canvas, _MARGIN_PX, _MARGIN_PX)
    below.draw(canvas, _MARGIN_PX, _MARGIN_PX + above.height_px + 12)
    return canvas


def _drawn(grid: Grid, layout: _Layout) -> Picture:
    width_px, height_px = layout.cell_px
    title = text_block(grid.title, layout.width_px - 2 * _MARGIN_PX, _GROUP_PX, _INK, 2)
    names = [text_block(name, width_px, _NAME_PX, _INK, 3) for name in grid.columns]
    names_px = max((name.height_px for name in names), default=0)
    names_top = title.height_px + (2 * _GAP_PX if title.lines else 0)
    top = names_top + names_px + (_GAP_PX // 2 if names_px else 0)
    canvas = _ground(layout, top + len(grid.rows) * (height_px + _GAP_PX))
    title.draw(canvas, _MARGIN_PX, _GAP_PX)
    for column, name in enumerate(names):
        name.draw(canvas, layout.centre(column), names_top + names_px - name.height_px, "m")
    middles = [top + row * (height_px + _GAP_PX) + height_px // 2 for row in range(len(grid.rows))]
    for row, text in zip(middles, grid.rows, strict=True):
        name = _row_name(text, height_px // _NAME_PX // 2)
        name.draw(canvas, layout.left_px - _GAP_PX, row - name.height_px // 2, "r")
    for cell in grid.cells:
        _draw_cell(canvas, cell, (layout.centre(cell.column), middles[cell.row]), layout.cell_px)
    return canvas


def _row_name(text: str, most_lines: int) -> TextBlock:
    return text_block(text, _ROW_NAMES_PX, _NAME_PX, _INK, most_lines)


def _draw_cell(
    canvas: Picture, cell: Cell, centre: tuple[int, int], size_px: tuple[int, int]
) -> None:
    """Put the pictures of a cell side by side, or say why there are none."""
    across = ceil(sqrt(len(cell.pictures))) or 1
    down = ceil(len(cell.pictures) / across) or 1
    gap_px = 0 if across == 1 else 10
    width_px, height_px = (size_px[0] - gap_px) // across, (size_px[1] - gap_px) // down
    if not cell.pictures:
        _draw_note(canvas, cell.note, centre, size_px)
    for number, path in enumerate(cell.pictures):
        row, column = divmod(number, across)
        middle = (
            centre[0] + round((column - (across - 1) / 2) * (width_px + gap_px)),
            centre[1] + round((row - (down - 1) / 2) * (height_px + gap_px)),
        )
        try:
            picture = open_picture(path, longest_side_px=2 * max(size_px))
        except MediaRejected:
            _draw_note(canvas, "cannot be read", middle, (width_px, height_px))
            continue
        fitting = contain(picture, width_px, height_px)
        piece = rounded(fitting, _CORNER_PX)
        canvas.paste(piece, (middle[0] - piece.width // 2, middle[1] - piece.height // 2), piece)
        if cell.length_s is not None:
            corner = (middle[0] - fitting.width // 2 + 14, middle[1] + fitting.height // 2 - 14)
            _draw_length(canvas, cell.length_s, corner)


def _draw_note(
    canvas: Picture, note: str, centre: tuple[int, int], size_px: tuple[int, int]
) -> None:
    left, top = centre[0] - size_px[0] // 2, centre[1] - size_px[1] // 2
    box = (left, top, left + size_px[0] - 1, top + size_px[1] - 1)
    # An outline: a filled box could be taken for a picture.
    ImageDraw.Draw(canvas).rounded_rectangle(box, _CORNER_PX, outline=_EMPTY, width=2)
    words = text_block(note, size_px[0] - 32, _NOTE_PX, _QUIET, 5)
    words.draw(canvas, centre[0], centre[1] - words.height_px // 2, "m")


def _draw_length(canvas: Picture, length_s: float, lower_left: tuple[int, int]) -> None:
    """Mark a frame as one of a video: a triangle, as on a player's button, and the seconds."""
    text = f"{length_s:g} s"
    words = TextBlock((text,), _NOTE_PX, (255, 255, 255))
    height_px, left = 34, lower_left[0]
    top = lower_left[1] - height_px
    pen = ImageDraw.Draw(canvas)
    width_px = 46 + round(pen.textlength(text, font=font_of_height(_NOTE_PX)))
    pen.rounded_rectangle(
        (left, top, left + width_px, top + height_px), height_px // 2, fill=(20, 22, 28)
    )
    pen.polygon([(left + 14, top + 10), (left + 14, top + 24), (left + 26, top + 17)], fill="white")
    words.draw(canvas, left + 34, top + (height_px - words.height_px) // 2)


def _ground(layout: _Layout, height_px: int) -> Picture:
    return Image.new("RGB", (layout.width_px, height_px), _GROUND)
