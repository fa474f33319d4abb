"""A picture is looked at and, where it breaks a limit, repaired with the least change."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageColor

from components.errors import MediaRejected
from components.media.formats.wording import file_label, megabytes, sides
from components.media.images.conversion import Finish, conversions, flat, is_plain
from components.media.images.inspection import ImageInfo, describe_picture, opened, require_all_rows
from components.media.images.limits import (
    DEFAULT_LIMITS,
    ImageLimits,
    check_image,
    image_checks,
)
from components.media.images.metadata_removal import has_jpeg_end, jpeg_start, without_metadata
from components.media.images.saving import jpeg_options, save_within
from components.media.images.sizing import Shape, Size, shape_for
from components.media.report import Check, Harmless, ImageChoices, Preflight
from components.media.store.durable_files import disk_space_watched

# A face of 32 pixels enlarged to the 300 that are needed is a guess; below, nothing is left of it.
MIN_READABLE_SIDE_PX = 32
_TRIED_BYTES = 256 * 1024
_METADATA = {"exif", "xmp", "photoshop", "comment", "XML:com.adobe.xmp"}
_DEFAULT_CHOICES = ImageChoices()
_NAMED_COLOURS = {"#ffffff": "white", "#000000": "black"}


@dataclass(frozen=True)
class _Rules:
    """What holds for one repair; `background` as three numbers from 0 to 255."""

    choices: ImageChoices
    limits: ImageLimits
    background: tuple[int, int, int]
    folder: Path


def preflight_image(
    path: Path,
    folder: Path,
    choices: ImageChoices = _DEFAULT_CHOICES,
    limits: ImageLimits = DEFAULT_LIMITS,
) -> Preflight:
    """Look at a picture and return one the models take: itself, or a repaired copy in `folder`.

    Raises `MediaRejected` for what is beyond repair: no picture, a damaged one, one of more pixels
    than can be read, or a side below 32 px; and `DiskFull`.
    """
    rules = _Rules(choices, limits, _colour(choices.background), folder)
    name = file_label(path)
    with opened(path, limits.max_pixels) as picture:
        before = describe_picture(picture, path)
        if min(picture.size) < MIN_READABLE_SIDE_PX:
            raise MediaRejected(_too_small(before, name))
        require_all_rows(picture, path)
        checks = image_checks(before, limits)
        if all(check.holds for check in checks) and is_plain(picture, path):
            clean = _clean(path)
            if clean is not None:
                return _passed(picture, path, clean, checks, rules)
        return _repaired(picture, path, checks, rules)


def _passed(
    picture: Image.Image, path: Path, clean: bytes, checks: tuple[Check, ...], rules: _Rules
) -> Preflight:
    before = describe_picture(picture, path)
    _require_whole(picture, clean)
    facts = Preflight("image", path, path, before, before, checks, ())
    if len(clean) == before.size_bytes:
        return facts
    ready = rules.folder / f"repaired{before.suffix}"
    with disk_space_watched():
        ready.write_bytes(clean)
    return replace(
        facts,
        path=ready,
        after=replace(before, size_bytes=len(clean)),
        changes=(Harmless("Removed the metadata, such as place and camera; not a pixel changed."),),
    )


def _repaired(
    picture: Image.Image, path: Path, checks: tuple[Check, ...], rules: _Rules
) -> Preflight:
    before = describe_picture(picture, path)
    changes = conversions(picture, path)
    if _METADATA & set(picture.info):
        changes.append(Harmless("Removed the metadata, such as place and camera."))
    made = jpeg_options(picture)
    choices = rules.choices
    shape = shape_for(
        before.size_px,
        choices.beyond_ratio,
        min_side_px=rules.limits.min_side_px,
        max_ratio=rules.limits.max_ratio,
    )
    stored, finish = flat(picture)
    reshapes = not shape.crop_px == shape.content_px == shape.canvas_px == finish.size_px(stored)
    if reshapes:
        stored, finish = _reshaped(finish(stored), shape, rules.background), Finish()
    if shape.content_px != shape.crop_px or before.size_bytes > rules.limits.max_size_bytes:
        made = {}
    ready, after = save_within(
        stored, finish, rules.limits, rules.folder, background=rules.background, made=made
    )
    check_image(after, rules.limits, file_label(path))
    is_clear = stored.mode == "RGBA"
    changes += _shape_changes(
        shape, before, "transparency" if is_clear else _named(choices.background)
    )
    changes += _saving_changes(before, after, shape.canvas_px, is_clear, rules)
    if not changes:
        changes = [Harmless("Saved anew, because the file was not built as its format says.")]
    return Preflight(
        kind="image",
        source=path,
        path=ready,
        before=before,
        after=after,
        checks=checks,
        changes=tuple(changes),
    )


def _reshaped(picture: Image.Image, shape: Shape, background: tuple[int, int, int]) -> Image.Image:
    """Crop, scale and pad; what is transparent is padded with nothing."""
    if picture.size != shape.crop_px:
        width_px, height_px = shape.crop_px
        left, top = (picture.width - width_px) // 2, (picture.height - height_px) // 2
        picture = picture.crop((left, top, left + width_px, top + height_px))
    if picture.size != shape.content_px:
        picture = picture.resize(shape.content_px, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if picture.size != shape.canvas_px:
        fill = (*background, 0) if picture.mode == "RGBA" else background
        ground = Image.new(picture.mode, shape.canvas_px, fill)
        left = (ground.width - picture.width) // 2
        ground.paste(picture, (left, (ground.height - picture.height) // 2))
        picture = ground
    return picture


def _shape_changes(shape: Shape, before: ImageInfo, filling: str) -> list[str]:
    changes = []
    if shape.crop_px != before.size_px:
        changes.append(
            f"Cropped from {_by(before.size_px)} to {sides(*shape.crop_px)}, keeping the middle."
        )
    if shape.content_px != shape.crop_px:
        verb = "Enlarged" if shape.content_px > shape.crop_px else "Shrunk"
        changes.append(f"{verb} from {_by(shape.crop_px)} to {sides(*shape.content_px)}.")
    if shape.canvas_px != shape.content_px:
        changes.append(
            f"Padded from {_by(shape.content_px)} to {sides(*shape.canvas_px)} with {filling}."
        )
    return changes


def _saving_changes(
    before: ImageInfo, after: ImageInfo, shaped_px: Size, is_clear: bool, rules: _Rules
) -> list[str]:
    changes = []
    if is_clear and after.format == "JPEG":
        changes.append(f"Filled the transparent parts with {_named(rules.choices.background)}.")
    if after.size_px != shaped_px:
        changes.append(f"Shrunk from {_by(shaped_px)} to {sides(*after.size_px)}.")
    if after.format != before.format:
        changes.append(f"Saved as {after.format} instead of {before.format}.")
    if before.size_bytes > rules.limits.max_size_bytes:
        change = f"{megabytes(before.size_bytes)} to {megabytes(after.size_bytes)}"
        changes.append(f"Recompressed from {change}.")
    return changes


def _require_whole(picture: Image.Image, content: bytes) -> None:
    """Raise what Pillow raises where data are missing or cannot be decoded.

    A JPEG that is built well to its end has all its data; its decoder would not notice more, so
    trying its tables on the first of them is enough. Anything else is decoded, a JPEG at an
    eighth of its sides.
    """
    if picture.format in ("JPEG", "MPO") and has_jpeg_end(content):
        start = BytesIO(jpeg_start(content, _TRIED_BYTES))
        with suppress(OSError, ValueError, SyntaxError), Image.open(start) as tried:
            tried.draft(None, (1, 1))
            tried.load()
            return
    picture.draft(None, (1, 1))
    picture.load()


def _clean(path: Path) -> bytes | None:
    """Return the content without metadata; None when that takes writing the picture anew."""
    try:
        return without_metadata(path.read_bytes())
    except ValueError:
        return None


def _colour(text: str) -> tuple[int, int, int]:
    """Read "#rrggbb", a name, or "rgba(1, 2.5, 3, 1)" as a colour picker writes it."""
    numbers = re.findall(r"[\d.]+", text) if text.startswith("rgb") else []
    try:
        if len(numbers) >= 3:
            red, green, blue = (min(255, round(float(number))) for number in numbers[:3])
            return red, green, blue
        return ImageColor.getrgb(text)[:3]
    except ValueError as error:
        raise MediaRejected("That background is no colour; choose one like #ffffff.") from error


def _named(colour: str) -> str:
    return _NAMED_COLOURS.get(colour.lower(), colour)


def _too_small(info: ImageInfo, name: str) -> str:
    return (
        f"{name} is {sides(info.width_px, info.height_px)}, too small to be enlarged; "
        f"add one of at least {MIN_READABLE_SIDE_PX} pixels a side."
    )


def _by(size_px: tuple[int, int]) -> str:
    return f"{size_px[0]}\N{MULTIPLICATION SIGN}{size_px[1]}"
