"""Formats that are not taken, and that people try: what such a file is, by its first bytes."""

import re
from pathlib import Path

UNREADABLE = ", which cannot be read here"
RAW_BRAND = b"crx "
"""Of Canon's raw files, which are boxes like those of a video."""
_NAMES = {
    b"%pdf": "a PDF document",
    b"<svg": "a vector drawing",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"id3": "a sound file",
    b"\xff\xfb": "a sound file",
    b"flac": "a sound file",
    b"pk\3\4": "a ZIP archive",
    b"at&tform": "a DjVu document",
}
# In lower case, as the beginning is compared.
_PICTURES = {
    b"\0\0\0\x0cjxl ": "a JPEG XL picture",
    b"\xff\n": "a JPEG XL picture",
    b"\0\0\0\x0cjp  ": "a JPEG 2000 picture",
    b"\xffo\xffq": "a JPEG 2000 picture",
    b"8bps": "a Photoshop file",
    b"%!ps": "a PostScript file",
    b"\0\0\1\0": "an icon",
    b"qoif": "a QOI picture",
    b"icns": "a set of icons (ICNS)",
    b"dds ": "a texture (DDS)",
    b"v/1\1": "an OpenEXR picture",
    b"#?radiance": "a Radiance HDR picture",
    b"#?rgbe": "a Radiance HDR picture",
    b"simple  =": "a FITS picture",
    b"gimp xcf": "a GIMP file",
    b"bpg\xfb": "a BPG picture",
    b"flif": "a FLIF picture",
    b"\1\xda": "an SGI picture",
    b"y\xa6j\x95": "a Sun raster picture",
    b"\x8amng": "an MNG animation",
    b"\x8bjng": "a JNG picture",
    b"fujifilmccd-raw": "a raw camera file",
    b"iiu\0": "a raw camera file",
    b"iirs": "a raw camera file",
}
_NETPBM = re.compile(rb"p[1-7f][\s#]")
_TGA_END = b"TRUEVISION-XFILE.\0"
# Pictures without a sign of their own at the beginning.
_SUFFIXES = {".tga", ".pcx", ".pict", ".pct", ".xbm", ".xpm", ".wmf", ".emf", ".dcm", ".dpx"}


def known_as(path: Path, head: bytes) -> str:
    """What a file with this beginning is, as in "it is …"; "" where that cannot be told.

    Ends with `UNREADABLE` for a picture that would do in another format.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "a sound file"
    text = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if text.startswith(b"<?xml") and b"<svg" in text:
        return "a vector drawing"
    named = next((name for start, name in _NAMES.items() if text.startswith(start)), "")
    if named:
        return named
    picture = _picture(path, head, text)
    return f"{picture}{UNREADABLE}" if picture else ""


def _picture(path: Path, head: bytes, text: bytes) -> str:
    for start, name in _PICTURES.items():
        # What begins with a line break has lost it in `text`.
        if text.startswith(start) or head.lower().startswith(start):
            return name
    if head[4:12] == b"ftyp" + RAW_BRAND:
        return "a raw camera file"
    if _NETPBM.match(text):
        return "a Netpbm picture (PPM, PGM, PBM)"
    suffix = path.suffix.lower()
    if suffix in _SUFFIXES:
        return f"a {suffix[1:].upper()} file"
    return "a TGA picture" if _ends_with(path, _TGA_END) else ""


def _ends_with(path: Path, end: bytes) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(end)))
        return file.read() == end
