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

from components.media.images.preflight import preflight_image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
UPRIGHT_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
QUARTER_TURN_MATRIX = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)

_QUICK = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
_SOUNDS = {
    "aac": (44_100, "stereo", "fltp"),
    "ac3": (48_000, "5.1", "fltp"),
    "pcm_s16le": (96_000, "stereo", "s16"),
    "libopus": (48_000, "mono", "s16"),
}


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


def repaired(path: Path) -> Path:
    """Return the file that would be sent for a picture; copies are made in a folder beside it."""
    folder = path.parent / "work"
    folder.mkdir(exist_ok=True)
    return preflight_image(path, folder).path


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
    sound: bool | str = False,
    options: dict[str, str] | None = None,
) -> Path:
    """Write a clip whose brightness rises, in the container its ending names.

    A codec may be followed by a pixel format, "libx265 yuv420p10le"; sound may name a codec.
    """
    with av.open(str(path), "w", options=options or {}) as target:
        codec, _, layout = codec.partition(" ")
        stream = target.add_stream(codec, rate=fps)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], layout or "yuv420p"
        stream.options = {**_QUICK.get(codec, {})}
        tones = [_sound_track(target, sound if isinstance(sound, str) else "aac")] if sound else []
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
        _add_silence(target, _sound_track(target, "aac"), seconds)
    return path


def turned_video(path: Path, size: tuple[int, int], seconds: float = 1.0) -> Path:
    """Write an MP4 that says "turn me by a quarter", as phones do."""
    content = video(path, size=size, seconds=seconds).read_bytes()
    at = content.index(UPRIGHT_MATRIX, content.index(b"tkhd"))
    path.write_bytes(content[:at] + QUARTER_TURN_MATRIX + content[at + len(UPRIGHT_MATRIX) :])
    return path


def even_frame(level: int, size: tuple[int, int]) -> VideoFrame:
    """Return a grey frame of so many rows and columns."""
    return VideoFrame.from_ndarray(numpy.full((*size, 3), level, numpy.uint8), format="rgb24")


def cut(path: Path, share: float = 0.5) -> Path:
    """Keep only the first part of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def _sound_track(target: OutputContainer, codec: str) -> AudioStream:
    rate_hz, layout, _ = _SOUNDS[codec]
    stream = target.add_stream(codec, rate=rate_hz, layout=layout)
    assert isinstance(stream, AudioStream)
    return stream


def _add_silence(target: OutputContainer, stream: AudioStream, seconds: float) -> None:
    rate_hz, layout, sample_format = _SOUNDS[stream.codec_context.name]
    samples = 960
    for number in range(round(seconds * rate_hz / samples)):
        frame = AudioFrame(sample_format, layout, samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = rate_hz, number * samples
        frame.time_base = Fraction(1, rate_hz)
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))
