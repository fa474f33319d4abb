"""Turning any readable picture into a plain one: upright, 8 bits, sRGB."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy
from PIL import Image, ImageCms

from components.media.images.inspection import TRANSPOSES, orientation
from components.media.images.jpeg_coding import has_common_coding
from components.media.report import Harmless

_PLAIN_MODES = ("L", "LA", "RGB", "RGBA")
_OTHER_COLOURS = ("CMYK", "YCbCr", "LAB", "HSV")
_PNG_BIT_DEPTH_AT = 24
# Rounding in the curves of profiles that are sRGB by another name.
_INVISIBLE_LEVELS = 3
_QUARTER_TURNS = {TRANSPOSES[it] for it in (5, 6, 7, 8)}


def is_plain(picture: Image.Image, path: Path) -> bool:
    """Tell whether a model would see this file exactly as a person does, without conversion."""
    return (
        picture.mode in _PLAIN_MODES
        and orientation(picture) == 1
        and frame_count(picture) == 1
        and not _has_deep_colour(picture, path)
        and _profile_to_apply(picture) is None
        and has_usual_coding(picture, path)
    )


@dataclass(frozen=True)
class Finish:
    """What is left to do to every part of a picture alike: its colours, then its turn."""

    to_srgb: ImageCms.ImageCmsTransform | None = None
    turn: Image.Transpose | None = None

    def __call__(self, part: Image.Image) -> Image.Image:
        """Return the part in sRGB and turned; the same object when nothing is left to do."""
        if self.to_srgb is not None:
            part = self.to_srgb.apply(part)
        return part if self.turn is None else part.transpose(self.turn)

    def size_px(self, picture: Image.Image) -> tuple[int, int]:
        """Return the upright size."""
        return picture.size[::-1] if self.turn in _QUARTER_TURNS else picture.size


def plain(picture: Image.Image) -> Image.Image:
    """Return the first frame upright, 8 bits a channel, in sRGB: RGB, or RGBA if transparent."""
    flat_picture, finish = flat(picture)
    return finish(flat_picture)


def flat(picture: Image.Image) -> tuple[Image.Image, Finish]:
    """Return the first frame with 8 bits a channel, and what makes it plain.

    Finished, it is RGB, or RGBA if transparent.
    """
    turn = TRANSPOSES.get(orientation(picture))
    profile = _profile_to_apply(picture)
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _to_eight_bits(picture).convert("RGB"), Finish(turn=turn)
    if picture.has_transparency_data:
        layered = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        if layered.getchannel("A").getextrema() != (255, 255):
            return layered, Finish(_transform(layered, profile, "RGBA"), turn)
        picture = layered.convert("RGB")
    if picture.mode == "LAB":
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    if picture.mode not in ("RGB", "CMYK", "LAB"):
        picture = picture.convert("RGB")
    to_srgb = _transform(picture, profile, "RGB")
    # Converting to the same mode would copy the whole picture.
    ready = picture if to_srgb or picture.mode == "RGB" else picture.convert("RGB")
    return ready, Finish(to_srgb, turn)


def conversions(picture: Image.Image, path: Path) -> list[str]:
    """Return a sentence for each thing that `plain` will change."""
    frames = frame_count(picture)
    deep = _has_deep_colour(picture, path) or picture.mode in ("I", "F")
    reasons = {
        f"Took the first of its {frames} frames.": frames > 1,
        Harmless("Turned upright, as its EXIF data say."): orientation(picture) != 1,
        Harmless(
            "Coded in the usual way, as few programs read the one it had."
        ): not has_usual_coding(picture, path),
        "Reduced to 8 bits a colour.": deep or picture.mode.startswith("I;16"),
        "Converted its palette to full colours.": picture.mode in ("P", "PA", "1"),
        f"Converted its colours from {picture.mode} to sRGB.": picture.mode in _OTHER_COLOURS,
        "Converted its wide colours to sRGB.": picture.mode not in _OTHER_COLOURS
        and _profile_to_apply(picture) is not None,
    }
    return [sentence for sentence, applies in reasons.items() if applies]


def has_usual_coding(picture: Image.Image, path: Path) -> bool:
    """Tell whether a JPEG is coded as every reader expects; true for any other format."""
    return picture.format not in ("JPEG", "MPO") or has_common_coding(path)


def frame_count(picture: Image.Image) -> int:
    """Return how many frames would play; what follows in a JPEG is not counted."""
    return 1 if picture.format == "MPO" else getattr(picture, "n_frames", 1)


def _has_deep_colour(picture: Image.Image, path: Path) -> bool:
    """Tell whether a PNG has 16 bits a channel, which Pillow does not say for colour."""
    if picture.format != "PNG":
        return False
    with path.open("rb") as file:
        return file.read(_PNG_BIT_DEPTH_AT + 1)[-1] == 16


def _to_eight_bits(picture: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit and floating-point greys, whose white is not written in the file."""
    values = numpy.asarray(picture)
    if picture.mode.startswith("I;16"):
        return Image.fromarray((values >> 8).astype(numpy.uint8))
    brightest = float(numpy.nanmax(values, initial=1.0))
    white = next((level for level in (1.0, 255.0, 65_535.0) if brightest <= level), brightest)
    scaled = numpy.nan_to_num(values.astype(numpy.float32)).clip(0, white) * (255.0 / white)
    return Image.fromarray(scaled.astype(numpy.uint8))


def _profile_to_apply(picture: Image.Image) -> ImageCms.ImageCmsProfile | None:
    """Return the colour profile, None when there is none, it changes nothing, or it is broken."""
    data = picture.info.get("icc_profile")
    if not data:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(data))
    except (OSError, ValueError, TypeError):
        return None
    match profile.profile.xcolor_space.strip():
        case "CMYK":
            return profile
        case "RGB":
            return None if _changes_nothing(profile) else profile
        case _:
            return None


def _changes_nothing(profile: ImageCms.ImageCmsProfile) -> bool:
    """Tell whether it is sRGB by what it does to colours: names of profiles prove little."""
    steps = numpy.arange(0, 256, 51)
    levels = numpy.stack(numpy.meshgrid(steps, steps, steps), axis=-1).reshape(36, 6, 3)
    probe = Image.fromarray(levels.astype(numpy.uint8))
    to_srgb = _transform(probe, profile, "RGB")
    if to_srgb is None:
        return True
    shown = numpy.asarray(to_srgb.apply(probe)).astype(int)
    return bool(abs(shown - levels).max() <= _INVISIBLE_LEVELS)


def _transform(
    picture: Image.Image, profile: ImageCms.ImageCmsProfile | None, mode: str
) -> ImageCms.ImageCmsTransform | None:
    """Return what turns the picture's colours into sRGB; None where nothing does."""
    if profile is None:
        return None
    try:
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(profile, srgb, picture.mode, mode)
    except ImageCms.PyCMSError:
        return None
