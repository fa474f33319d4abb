"""What the largest files take of memory while they are looked at and repaired, and keep."""

import json
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy
from PIL import Image

from components.media.capacity.footprint import footprint_bytes
from components.media.capacity.memory_budget import BUDGET_BYTES
from tests.samples.media_files import PNG_SIGNATURE, chunk, video

MB = 1_000_000


def rows() -> list[tuple[str, ...]]:
    """Each file in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {
            "PNG, 63 megapixels, 16-bit RGBA": _deep_png(folder / "deep.png", 9000, 7000),
            "JPEG, 48 megapixels": _photo(folder / "photo.jpg", 8000, 6000),
            "clip of 1920x1080, encoded anew": _clip(folder / "hd.mp4", (1920, 1080)),
            "clip of 3840x2160, encoded anew": _clip(folder / "uhd.mp4", (3840, 2160)),
        }
        return [
            ("file", "peak, MB", "target", "left, MB"),
            *(_row(label, file, folder / f"{file.stem}-kept") for label, file in files.items()),
        ]


def _row(label: str, file: Path, folder: Path) -> tuple[str, ...]:
    """A file that needs more than the budget by itself is alone, and may have it."""
    command = [sys.executable, "-m", "tests.bench.workers.file_examiner", str(file), str(folder)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    grown = json.loads(said.stdout)
    allowed_bytes = max(BUDGET_BYTES, footprint_bytes(file))
    peak, left = (str(grown[name] // MB) for name in ("peak_bytes", "left_bytes"))
    return label, peak, str(allowed_bytes // MB), left


def _deep_png(path: Path, width_px: int, height_px: int) -> Path:
    """Rows of noise, one as the other, so that the file is small and its pixels are many."""
    row = b"\0" + numpy.random.default_rng(1).bytes(800) * (width_px * 8 // 800)
    packing = zlib.compressobj(1)
    data = b"".join(packing.compress(row) for _ in range(height_px)) + packing.flush()
    size = width_px.to_bytes(4, "big") + height_px.to_bytes(4, "big")
    header = size + bytes((16, 6, 0, 0, 0))
    path.write_bytes(
        PNG_SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
    return path


def _photo(path: Path, width_px: int, height_px: int) -> Path:
    Image.effect_noise((width_px, height_px), 50).convert("RGB").save(path, quality=85)
    return path


def _clip(path: Path, size: tuple[int, int]) -> Path:
    """Of fewer frames a second than the provider takes: each is encoded anew."""
    return video(path, size=size, seconds=9.6, fps=10)


if __name__ == "__main__":
    for row in rows():
        print("  ".join(cell.ljust(36 if at == 0 else 9) for at, cell in enumerate(row)))
