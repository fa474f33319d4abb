"""Clips that say in each frame which one it is, so that a test knows what it was given."""

from fractions import Fraction
from pathlib import Path

import av
import numpy
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

SIZE_PX = (128, 32)
_BITS = 8
FPS = 25

CODECS: dict[str, tuple[str, str, dict[str, str]]] = {
    "one key frame": ("a.mp4", "libx264", {"preset": "ultrafast"}),
    "frames out of order": (
        "a.mp4",
        "libx264",
        {"preset": "fast", "g": "12", "bf": "3", "x264-params": "open-gop=1:b-pyramid=normal"},
    ),
    "H.265": ("a.mov", "libx265", {"x265-params": "log-level=none:keyint=15:open-gop=1"}),
    "WebM": ("a.webm", "libvpx-vp9", {"g": "20", "deadline": "realtime", "cpu-used": "8"}),
    "AVI": ("a.avi", "mpeg4", {"g": "10", "bf": "2", "b:v": "1M"}),
}
"""Name, codec and options: containers and orders of frames in which a jump can go wrong."""


def numbered_clip(folder: Path, kind: str, frames: int) -> Path:
    """Write a clip whose frames show their number as eight black or white blocks."""
    name, codec, options = CODECS[kind]
    with av.open(str(folder / name), "w") as target:
        stream = target.add_stream(codec, rate=FPS)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = SIZE_PX
        stream.pix_fmt, stream.options = "yuv420p", {**options}
        for number in range(frames):
            frame = VideoFrame.from_ndarray(_blocks(number), format="gray")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            target.mux(stream.encode(frame.reformat(format="yuv420p")))
        target.mux(stream.encode(None))
    return folder / name


def number_in(path: Path) -> int:
    """Read the number in a picture of a frame."""
    with Image.open(path) as picture:
        grey = numpy.asarray(picture.convert("L").resize((_BITS, 1), Image.Resampling.BOX))
    return sum(1 << bit for bit in range(_BITS) if grey[0, bit] > 128)


def _blocks(number: int) -> "numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.uint8]]":
    bits = numpy.array([[235 if number >> bit & 1 else 16 for bit in range(_BITS)]], numpy.uint8)
    return bits.repeat(SIZE_PX[0] // _BITS, axis=1).repeat(SIZE_PX[1], axis=0)
