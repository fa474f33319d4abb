"""A corpus of odd files, made by code and by real encoders, each with what is expected of it."""

import io
import struct
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from tests.media_files import (
    PNG_SIGNATURE,
    chunk,
    cut,
    drawing,
    noise,
    png_by_hand,
    saved,
    sound_only,
    turned_video,
    video,
)

SHARES = (0.0, 0.25, 0.5, 0.99)


@dataclass(frozen=True)
class Odd:
    """One file; `accepted` says what must come of it, None where either is right."""

    name: str
    make: Callable[[Path], Path]
    accepted: bool | None = True


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


def odd_clips() -> list[Odd]:
    """Return all clips of the corpus, and what only claims to be one."""
    return [*_containers(), *_lengths(), *_rates(), *_sides(), *_pixels(), *_sounds(), *_no_clips()]


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
        yield Odd(name, _written(name, content), accepted=False)
    yield Odd("bomb.png", lambda at: png_by_hand(at / "bomb.png", 30_000, 30_000), accepted=False)
    yield Odd(
        "tall bomb.png", lambda at: png_by_hand(at / "tall bomb.png", 1, 2**31 - 1), accepted=False
    )
    yield Odd("clip.png", lambda at: video(at / "clip.mp4").rename(at / "clip.png"), accepted=False)
    yield Odd("really a jpeg.png", lambda at: _renamed(at, "a.jpg", "really a jpeg.png"))
    yield Odd("no ending", lambda at: _renamed(at, "b.webp", "no ending"))


def _written(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _renamed(folder: Path, before: str, after: str) -> Path:
    return saved(folder / before, drawing()).rename(folder / after)


def _clip(name: str, *, accepted: bool | None = True, **options: Any) -> Odd:
    given = {"size": (64, 64), "seconds": 3, **options}
    return Odd(name, lambda folder: video(folder / name, **given), accepted)


def _containers() -> Iterator[Odd]:
    yield _clip("fits.mp4", size=(720, 720), sound=True)
    yield _clip("fits.mov", size=(720, 720))
    yield _clip("fits.mkv", size=(720, 720), sound=True)
    yield _clip("mpeg4.avi", codec="mpeg4")
    yield _clip("vp9.webm", codec="libvpx-vp9")
    yield _clip("hevc.mov", codec="libx265")
    yield _clip("mjpeg.avi", codec="mjpeg yuvj420p")
    yield _clip("phone.3gp", codec="mpeg4", size=(176, 144))


def _lengths() -> Iterator[Odd]:
    yield _clip("1 s.mp4", seconds=1, accepted=False)
    yield _clip("2.9 s.mp4", seconds=2.9, accepted=False)
    yield _clip("10.05 s.mp4", size=(720, 720), seconds=10.05, sound=True)
    yield _clip("61 s.mp4", seconds=61, fps=1)
    yield _clip("one frame.mp4", seconds=1 / 24, accepted=False)


def _rates() -> Iterator[Odd]:
    yield _clip("120 fps.mp4", fps=120)
    yield _clip("15 fps.mp4", fps=15)
    yield _clip("7 fps.mkv", fps=7)
    yield Odd("varying.mp4", lambda folder: _varying(folder / "varying.mp4"))
    yield Odd("varying.mkv", lambda folder: _varying(folder / "varying.mkv"))


def _sides() -> Iterator[Odd]:
    yield _clip("200 by 200.mp4", size=(200, 200))
    yield _clip("4k.mp4", size=(3840, 2160), fps=3)
    yield _clip("strip.mp4", size=(800, 100))
    yield _clip("pole.mp4", size=(98, 402))
    yield Odd("turned.mp4", lambda at: turned_video(at / "turned.mp4", (96, 64), seconds=3))


def _pixels() -> Iterator[Odd]:
    yield _clip("10 bits.mp4", codec="libx265 yuv420p10le")
    yield _clip("full colour.mp4", codec="libx264 yuv444p")
    yield Odd("hdr.mp4", lambda at: _high_dynamic_range(at / "hdr.mp4"))


def _sounds() -> Iterator[Odd]:
    yield _clip("surround.mkv", sound="ac3")
    yield _clip("96 khz.mov", sound="pcm_s16le")
    yield _clip("opus.webm", codec="libvpx-vp9", sound="libopus")


def _no_clips() -> Iterator[Odd]:
    yield Odd("only sound.mp4", lambda at: sound_only(at / "only sound.mp4"), accepted=False)
    yield Odd("cover.m4a", lambda at: _cover(at / "cover.m4a"), accepted=False)
    yield Odd("tone.wav", lambda at: _wave(at / "tone.wav"), accepted=False)
    yield Odd("picture.mp4", lambda at: _renamed(at, "c.png", "picture.mp4"), accepted=False)
    contents = {
        "empty.mp4": b"",
        "text.mp4": b"hello",
        "head.mp4": b"\0\0\0\x18ftypisom\0\0\0\0isomiso2",
        "head.mkv": b"\x1aE\xdf\xa3" + bytes(60),
        "head.avi": b"RIFF\xff\xff\0\0AVI LIST",
        "list.mp4": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "playlist.mov": b"#EXTM3U\nhttp://127.0.0.1:1/a.ts\n",
        "huge box.mp4": b"\xff\xff\xff\xffmoov" + bytes(40),
    }
    for name, content in contents.items():
        yield Odd(name, _written(name, content), accepted=False)
    for ending in ("mp4", "mov", "mkv", "avi"):
        for share in SHARES[1:]:
            yield _cut_clip(f"cut at {share:.0%}.{ending}", share)


def _cut_clip(name: str, share: float) -> Odd:
    front = {"movflags": "faststart"} if name.endswith(("mp4", "mov")) else None

    def make(folder: Path) -> Path:
        return cut(video(folder / name, seconds=2.5, options=front), share)

    return Odd(name, make, accepted=False)


def _varying(path: Path) -> Path:
    """Write frames that stand for 20 to 200 milliseconds in turn."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=30)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 720, 720, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        stream.codec_context.time_base = Fraction(1, 1000)
        at = 0
        for number in range(70):
            frame = _even(64 + number % 99, (720, 720))
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            at += 200 if number % 7 == 0 else 20 + number % 20
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def _high_dynamic_range(path: Path) -> Path:
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx265", rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p10le"
        stream.options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 9, 16, 9
        for number in range(73):
            frame = _even(number, (64, 64)).reformat(format="yuv420p10le")
            frame.pts = number
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def _even(level: int, size: tuple[int, int]) -> VideoFrame:
    return VideoFrame.from_ndarray(numpy.full((*size, 3), level, numpy.uint8), format="rgb24")


def _cover(path: Path) -> Path:
    """Write sound with the picture of an album, which is no clip."""
    plain = sound_only(path.with_name("sound.m4a"), seconds=4)
    buffer = io.BytesIO()
    drawing().save(buffer, "JPEG")
    with av.open(str(plain)) as source, av.open(str(path), "w", format="mp4") as target:
        sound = target.add_stream_from_template(source.streams.audio[0])
        cover = target.add_stream("mjpeg", rate=1)
        assert isinstance(cover, VideoStream)
        cover.width, cover.height, cover.pix_fmt = 400, 300, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.Packet(buffer.getvalue())
        picture.stream, picture.pts, picture.dts = cover, 0, 0
        picture.time_base = Fraction(1)
        target.mux(picture)
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = sound
                target.mux(packet)
    plain.unlink()
    return path


def _wave(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "NONE"))
        file.writeframes(bytes(16_000))
    return path
