"""Turning any readable picture into a plain one: upright, 8 bits, sRGB, as JPEG or PNG."""

import tempfile
from io import BytesIO
from pathlib import Path

import numpy
from PIL import Image, ImageCms, ImageOps

from components.media.image_files import orientation
from components.media.store import disk_space_watched

_PLAIN_MODES = ("L", "LA", "RGB", "RGBA")
_PNG_BIT_DEPTH_AT = 24
_JPEG_QUALITY = 95


def is_plain(picture: Image.Image, path: Path) -> bool:
    """Tell whether a model would see this file exactly as a person does, without conversion."""
    return (
        picture.mode in _PLAIN_MODES
        and orientation(picture) == 1
        and getattr(picture, "n_frames", 1) == 1
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
    if upright.mode == "CMYK":
        return _to_srgb(upright, profile)
    return _to_srgb(upright.convert("RGB"), profile)


def save_plain(picture: Image.Image, folder: Path) -> Path:
    """Write a new file into the folder: PNG when the picture has transparency, else JPEG.

    Neither carries EXIF, so no place or camera leaves with it. Raises `DiskFull`.
    """
    has_alpha = picture.mode == "RGBA"
    suffix = ".png" if has_alpha else ".jpg"
    with (
        disk_space_watched(),
        tempfile.NamedTemporaryFile(dir=folder, suffix=suffix, delete=False) as file,
    ):
        if has_alpha:
            picture.save(file, "PNG", icc_profile=None)
        else:
            picture.save(file, "JPEG", quality=_JPEG_QUALITY, subsampling=0, icc_profile=None)
    return Path(file.name)


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
            converted = ImageCms.profileToProfile(picture, profile, srgb, outputMode=mode)
        except ImageCms.PyCMSError:
            converted = None
        if converted is not None:
            return converted
    return picture.convert(mode)
