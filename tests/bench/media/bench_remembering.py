"""Handing out a result with its settings in it, against handing it out as it is."""

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy
from PIL import Image

from components.media.clips.encoding import VideoWriter
from components.media.clips.inspection import inspect_video
from components.media.embedded_settings.embedding import read_settings, with_settings
from components.media.embedded_settings.splice import SplicedFile

ROUNDS = 9
SETTINGS = {"version": "0", "model": "klingai/image-o1", "request": {"prompt": "x" * 2000}}


def rows() -> list[tuple[str, ...]]:
    """Best of several rounds, taken in turn so that both meet the same noise."""
    with tempfile.TemporaryDirectory() as name:
        files = (_picture(Path(name) / "a.png"), _clip(Path(name) / "a.mp4"))
        heading = ("file", "plain, ms", "with settings, ms", "until the first byte, ms", "read, ms")
        return [heading, *map(_row, files)]


def _row(file: Path) -> tuple[str, ...]:
    plain, spliced, first, read = [], [], [], []
    remembering = file.with_stem("out")
    remembering.write_bytes(b"".join(with_settings(file, SETTINGS)))
    for _ in range(ROUNDS):
        plain.append(_ms(lambda: _sent(SplicedFile(file))))
        spliced.append(_ms(lambda: _sent(with_settings(file, SETTINGS))))
        first.append(_ms(lambda: next(iter(with_settings(file, SETTINGS)))))
        read.append(_ms(lambda: read_settings(remembering)))
    label = f"{file.suffix[1:].upper()} of {file.stat().st_size / 1e6:.1f} MB"
    return label, *(f"{min(figures):.2f}" for figures in (plain, spliced, first, read))


def _sent(chunks: Iterable[bytes]) -> int:
    return sum(len(chunk) for chunk in chunks)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _picture(path: Path) -> Path:
    Image.fromarray(_noise(1250, 1400)).save(path)
    return path


def _clip(path: Path) -> Path:
    """Noise at 24 frames a second, until there are 10 MB and 5 s of it."""
    with VideoWriter(path, (384, 224)) as writer:
        for number in range(240):
            writer.write(Image.fromarray(_noise(224, 384, number)))
    inspect_video(path)
    return path


def _noise(
    height_px: int, width_px: int, seed: int = 0
) -> "numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.uint8]]":
    return numpy.random.default_rng(seed).integers(0, 256, (height_px, width_px, 3), numpy.uint8)


if __name__ == "__main__":
    for row in rows():
        print("  ".join(cell.ljust(26) for cell in row))
