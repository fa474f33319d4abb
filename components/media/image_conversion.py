"""Turning any readable picture into a plain one: upright, 8 bits, sRGB."""

from io import BytesIO
from pathlib import Path

import numpy
from PIL import Image, ImageCms, ImageOps

from components.media.image_files import orientation

_PLAIN_MODES = ("L", "LA", "RGB", "RGBA")
_OTHER_COLOURS = ("CMYK", "YCbCr", "LAB", "HSV")
_PNG_BIT_DEPTH_AT = 24


def is_plain(picture: Image.Image, path: Path) -> bool:
    """Tell whether a model would see this file exactly as a person does, without conversion."""
    return (
        picture.mode in _PLAIN_MODES
        and orientation(picture) == 1
        and frame_count(picture) == 1
        and not _has_deep_colour(picture, path)
        and _profile_to_apply(picture) is None
    )


def plain(picture: Image.Image) -> Image.Image:
    """Return the first frame upright, 8 bits a channel, in sRGB: RGB, or RGBA if transparent."""
    profile = _profile_to_apply(picture)
    upright = picture if orientation(picture) == 1 else ImageOps.exif_transpose(picture)
    if upright.mode in ("I", "F") or upright.mode.startswith("I;16"):
        return _to_eight_bits(upright).convert("RGB")
    if upright.has_transparency_data:
        layered = upright if upright.mode == "RGBA" else upright.convert("RGBA")
        if layered.getchannel("A").getextrema() != (255, 255):
            return layered if profile is None else _to_srgb(layered, profile)
        return _to_srgb(layered.convert("RGB"), profile)
    if upright.mode == "LAB":
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    return _to_srgb(upright, profile)


def conversions(picture: Image.Image, path: Path) -> list[str]:
    """Return a sentence for each thing that `plain` will change."""
    frames = frame_count(picture)
    deep = _has_deep_colour(picture, path) or picture.mode in ("I", "F")
    reasons = {
        f"Took the first of its {frames} frames.": frames > 1,
        "Turned upright, as its EXIF data say.": orientation(picture) != 1,
        "Reduced to 8 bits a colour.": deep or picture.mode.startswith("I;16"),
        "Converted its palette to full colours.": picture.mode in ("P", "PA", "1"),
        f"Converted its colours from {picture.mode} to sRGB.": picture.mode in _OTHER_COLOURS,
        "Converted its wide colours to sRGB.": picture.mode not in _OTHER_COLOURS
        and _profile_to_apply(picture) is not None,
    }
    return [sentence for sentence, applies in reasons.items() if applies]


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
    """Return the colour profile, None when there is none, it is sRGB already, or it is broken."""
    data = picture.info.get("icc_profile")
    if not data:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(data))
        colours = profile.profile.xcolor_space.strip()
        is_srgb = "srgb" in ImageCms.getProfileDescription(profile).lower()
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return None if is_srgb or colours not in ("RGB", "CMYK") else profile


def _to_srgb(picture: Image.Image, profile: ImageCms.ImageCmsProfile | None) -> Image.Image:
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile is not None:
        srgb = ImageCms.createProfile("sRGB")
        try:
            plain_mode = picture if picture.mode in (mode, "CMYK", "LAB") else picture.convert(mode)
            converted = ImageCms.profileToProfile(plain_mode, profile, srgb, outputMode=mode)
        except ImageCms.PyCMSError:
            converted = None
        if converted is not None:
            return converted
    # Converting to the same mode would copy the whole picture.
    return picture if picture.mode == mode else picture.convert(mode)
