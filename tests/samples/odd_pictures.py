"""Odd pictures, made by code and by real encoders."""

import struct
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy
from PIL import Image

from tests.samples.media_corpus import SHARES, Odd, renamed, written
from tests.samples.media_files import (
    PNG_SIGNATURE,
    chunk,
    cut,
    drawing,
    noise,
    png_by_hand,
    saved,
    video,
)


def odd_pictures() -> list[Odd]:
    """Return all pictures of the corpus, and what only claims to be one."""
    return [
        *_formats(),
        *_modes(),
        *_shapes(),
        *_turned(),
        *_moving(),
        *_cut_pictures(),
        *_broken_pictures(),
    ]


def _picture(name: str, picture: Callable[[], Image.Image], **options: Any) -> Odd:
    return Odd(name, lambda folder: saved(folder / name, picture(), **options))


def _formats() -> Iterator[Odd]:
    for ending in ("jpg", "png", "webp", "gif", "tif", "bmp", "avif", "heic"):
        yield _picture(f"plain.{ending}", drawing)
        yield _picture(f"small.{ending}", lambda: drawing(90, 70))
        yield _picture(f"banner.{ending}", lambda: drawing(1200, 200))
    yield _picture("lossless.webp", lambda: drawing(mode="RGBA"), lossless=True)
    yield _picture("progressive.jpg", lambda: noise(400, 400), progressive=True)
    yield _picture("restarts.jpg", lambda: noise(400, 400), restart_marker_blocks=2)
    yield _picture("full colour.jpg", lambda: noise(400, 400), subsampling=0)
    yield _picture("interlaced.png", drawing, interlace=1)
    for packing in ("tiff_lzw", "tiff_deflate", "packbits", "jpeg"):
        yield _picture(f"{packing}.tif", drawing, compression=packing)
    yield _picture("64 bits.tif", drawing, big_tiff=True)
    yield _picture("big.png", lambda: noise(2000, 1800))
    yield _picture("big.bmp", lambda: noise(2100, 1700))
    yield _picture("big.jpg", lambda: noise(2600, 2600), quality=100, subsampling=0)


def _modes() -> Iterator[Odd]:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        yield _picture(f"{mode[:2].strip(';')} mode.png", partial(_in_mode, mode))
    for mode in ("1", "L", "P", "RGBA", "CMYK", "LAB", "I;16", "F"):
        yield _picture(f"{mode[:3].strip(';')} mode.tif", partial(_in_mode, mode))
    yield _picture("cmyk.jpg", lambda: drawing(mode="CMYK"))
    yield _picture("grey.jpg", lambda: drawing(mode="L"))
    yield _picture("clear.png", lambda: Image.new("RGBA", (320, 320), (0, 0, 0, 0)))
    yield _picture("half clear.webp", lambda: Image.new("RGBA", (320, 100), (9, 99, 9, 99)))
    yield Odd("deep.png", lambda folder: png_by_hand(folder / "deep.png", 320, 320, 16, 320))
    yield _picture("no profile.jpg", drawing, icc_profile=b"nothing of the kind")


def _in_mode(mode: str) -> Image.Image:
    if mode in ("LAB", "I;16", "F"):
        kind = {"I;16": numpy.uint16, "F": numpy.float32}.get(mode)
        grey = numpy.arange(320 * 320).reshape(320, 320)
        return Image.new("LAB", (320, 320)) if kind is None else Image.fromarray(grey.astype(kind))
    return drawing(mode=mode)


def _shapes() -> Iterator[Odd]:
    sizes = [(300, 300), (299, 300), (750, 300), (751, 300), (300, 751), (32, 32), (2000, 33)]
    sizes += [(33, 2000), (30_000, 40), (30_000, 400), (999, 401), (401, 999), (40, 30_000)]
    for size in sizes:
        yield _picture(f"{size[0]} by {size[1]}.png", partial(drawing, *size))
    for size in ((1, 1), (31, 400), (5000, 1)):
        made = _picture(f"{size[0]} by {size[1]}.png", partial(drawing, *size))
        yield Odd(made.name, made.make, accepted=False)


def _turned() -> Iterator[Odd]:
    for orientation in range(2, 10):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield _picture(f"turned {orientation}.jpg", drawing, exif=exif)
    for orientation in (3, 6):
        yield _picture(f"turned {orientation}.tif", drawing, tiffinfo={0x0112: orientation})
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 30.0)}
    yield _picture("place.jpg", drawing, exif=exif)
    yield _picture("place.png", drawing, exif=exif)
    yield _picture("place.webp", drawing, exif=exif)
    yield _picture("comment.jpg", drawing, comment=b"hello")


def _moving() -> Iterator[Odd]:
    for ending in ("gif", "webp", "png", "tif", "avif"):
        others = [drawing().rotate(180), drawing(mode="L").convert("RGB")]
        yield _picture(f"moving.{ending}", drawing, save_all=True, append_images=others)
    yield _picture("phone.jpg", drawing, format="MPO", save_all=True, append_images=[drawing()])


def _cut_pictures() -> Iterator[Odd]:
    for ending in ("jpg", "png", "webp", "gif", "tif", "bmp", "avif", "heic"):
        for share in SHARES:
            name = f"cut at {share:.0%}.{ending}"
            # The end of a TIFF or a GIF may hold nothing that is needed.
            accepted = None if share > 0.9 else False
            yield Odd(name, _cut_picture(name, share), accepted=accepted)
    yield Odd("long cut.jpg", _cut_picture("long cut.jpg", 0.99, (1500, 1500)), accepted=False)


def _cut_picture(
    name: str, share: float, size: tuple[int, int] = (320, 320)
) -> Callable[[Path], Path]:
    return lambda folder: cut(saved(folder / name, noise(*size)), share)


def _broken_pictures() -> Iterator[Odd]:
    contents = {
        "text.png": b"hello",
        "page.jpg": b"<!doctype html><p>not found",
        "vector.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "only zeros.jpg": bytes(4096),
        "only the start.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        "no tables.jpg": b"\xff\xd8\xff\xda\0\x0c" + bytes(500) + b"\xff\xd9",
        "only the start.png": PNG_SIGNATURE,
        "no data.png": PNG_SIGNATURE
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 320, 320, 8, 2, 0, 0, 0))
        + chunk(b"IEND", b""),
        "odd.webp": b"RIFF\x10\0\0\0WEBPVP8 aaaaaaaa",
        "odd.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "odd.tif": b"MM\0*" + b"\xff" * 60,
        "odd.bmp": b"BM" + b"\xff" * 60,
        "odd.gif": b"GIF89a" + b"\xff" * 60,
        "program.png": b"\x7fELF" + bytes(60),
    }
    for name, content in contents.items():
        yield Odd(name, written(name, content), accepted=False)
    yield Odd("one wrong byte.png", lambda at: _spoilt(at / "one wrong byte.png"), accepted=False)
    yield Odd("bomb.png", lambda at: png_by_hand(at / "bomb.png", 30_000, 30_000), accepted=False)
    yield Odd(
        "tall bomb.png", lambda at: png_by_hand(at / "tall bomb.png", 1, 2**31 - 1), accepted=False
    )
    yield Odd("clip.png", lambda at: video(at / "clip.mp4").rename(at / "clip.png"), accepted=False)
    yield Odd("really a jpeg.png", lambda at: renamed(at, "a.jpg", "really a jpeg.png"))
    yield Odd("no ending", lambda at: renamed(at, "b.webp", "no ending"))


def _spoilt(path: Path) -> Path:
    """Write a PNG in whose picture one byte has changed."""
    content = bytearray(saved(path, noise(320, 320)).read_bytes())
    content[content.index(b"IDAT") + 1000] ^= 0xFF
    path.write_bytes(content)
    return path
