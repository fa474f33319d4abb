"""Pictures and videos for the tests, ordinary and odd, all made by code."""

import struct
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy
import pillow_heif
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
UPRIGHT_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
QUARTER_TURN_MATRIX = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)


def drawing(width_px: int = 400, height_px: int = 300, mode: str = "RGB") -> Image.Image:
    """Return a picture with a red left half and a blue right half."""
    picture = Image.new("RGB", (width_px, height_px), "red")
    picture.paste("blue", (width_px // 2, 0, width_px, height_px))
    return picture.convert(mode)


def saved(path: Path, picture: Image.Image, **options: Any) -> Path:
    """Write a picture in the format its ending names."""
    if path.suffix == ".heic":
        pillow_heif.from_pillow(picture).save(path)
    else:
        picture.save(path, **options)
    return path


def colour(path: Path, across: float = 0.25, down: float = 0.5) -> tuple[int, ...]:
    """Return the colour at a place given as shares of the sides."""
    with Image.open(path) as picture:
        rgb = picture.convert("RGB")
        pixel = rgb.getpixel((int(rgb.width * across), int(rgb.height * down)))
    assert isinstance(pixel, tuple)
    return pixel


def is_red(path: Path) -> bool:
    """Tell whether the left half still is red."""
    red, green, blue = colour(path)
    return red > 200 and green < 60 and blue < 60


def noise(width_px: int, height_px: int) -> Image.Image:
    """Return a picture that hardly compresses."""
    values = numpy.random.default_rng(1).integers(0, 256, (height_px, width_px, 3), numpy.uint8)
    return Image.fromarray(values)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one PNG chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_by_hand(path: Path, width_px: int, height_px: int, depth: int = 8, rows: int = 1) -> Path:
    """Write an RGB PNG whose header may promise far more rows than there are."""
    header = struct.pack(">IIBBBBB", width_px, height_px, depth, 2, 0, 0, 0)
    row = b"\0" + b"\x80" * (width_px * 3 * depth // 8)
    data = zlib.compress(row * rows)
    path.write_bytes(
        PNG_SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
    return path


def video(
    path: Path,
    *,
    size: tuple[int, int] = (128, 72),
    seconds: float = 1.0,
    fps: int = 24,
    codec: str = "libx264",
    sound: bool = False,
    options: dict[str, str] | None = None,
) -> Path:
    """Write a clip whose brightness rises, in the container its ending names."""
    with av.open(str(path), "w", options=options or {}) as target:
        stream = target.add_stream(codec, rate=fps)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
        if codec == "libx264":
            stream.options = {"preset": "ultrafast"}
        tones = [_sound_track(target)] if sound else []
        for number in range(round(seconds * fps)):
            pixels = numpy.full((size[1], size[0], 3), number * 2 % 256, numpy.uint8)
            target.mux(stream.encode(VideoFrame.from_ndarray(pixels, format="rgb24")))
        target.mux(stream.encode(None))
        for tone in tones:
            _add_silence(target, tone, seconds)
    return path


def sound_only(path: Path, seconds: float = 1.0) -> Path:
    """Write a file that has sound and no picture track."""
    with av.open(str(path), "w") as target:
        _add_silence(target, _sound_track(target), seconds)
    return path


def turned_video(path: Path, size: tuple[int, int]) -> Path:
    """Write an MP4 that says "turn me by a quarter", as phones do."""
    content = video(path, size=size).read_bytes()
    at = content.index(UPRIGHT_MATRIX, content.index(b"tkhd"))
    path.write_bytes(content[:at] + QUARTER_TURN_MATRIX + content[at + len(UPRIGHT_MATRIX) :])
    return path


def cut(path: Path, share: float = 0.5) -> Path:
    """Keep only the first part of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def _sound_track(target: OutputContainer) -> AudioStream:
    stream = target.add_stream("aac", rate=44_100)
    assert isinstance(stream, AudioStream)
    return stream


def _add_silence(target: OutputContainer, stream: AudioStream, seconds: float) -> None:
    samples = 1024
    for number in range(round(seconds * 44_100 / samples)):
        frame = AudioFrame.from_ndarray(
            numpy.zeros((2, samples), numpy.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = 44_100, number * samples
        frame.time_base = Fraction(1, 44_100)
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))
