"""Ten photos of 24 megapixels through preflight, against Pillow's decoding and encoding alone."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy
from PIL import Image, ImageOps

from components.media.images.preflight import preflight_image

PHOTOS = 10
ROUNDS = 3
QUALITY = 92
WIDTH_PX, HEIGHT_PX = 6000, 4000


def rows() -> list[tuple[str, ...]]:
    """Best of several rounds, taken in turn so that both meet the same noise."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        turned = Image.Exif()
        turned[0x0112] = 6
        fitting = _photos(folder, "fitting", quality=QUALITY, exif=b"")
        rotated = _photos(folder, "rotated", quality=QUALITY, exif=turned.tobytes())
        tagged = _photos(folder, "tagged", quality=QUALITY, exif=_tags())
        heavy = _photos(folder, "heavy", quality=98, exif=b"")
        sizes = [file.stat().st_size / 1e6 for file in (*fitting, *heavy)]
        span = f"{min(sizes):.1f} to {max(sizes):.1f} MB"
        return [
            (f"ten 24-megapixel JPEGs, {span}", "ours, s", "Pillow, s", "ratio", "target"),
            _row("within every limit", fitting, folder, "0.15"),
            _row("within every limit, with EXIF to strip", tagged, folder, "0.15"),
            _row("lying on their side", rotated, folder, "1.3"),
            _row("lying on their side, Pillow turns too", rotated, folder, "", turn=True),
            _row("over 10 MB", heavy, folder, "1.3"),
        ]


def _row(
    label: str, files: list[Path], folder: Path, target: str, *, turn: bool = False
) -> tuple[str, ...]:
    ours, pillow = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda file: preflight_image(file, folder), files))
        pillow.append(_seconds(lambda file: _decode_and_encode(file, folder, turn), files))
    best, other = min(ours), min(pillow)
    return label, f"{best:.2f}", f"{other:.2f}", f"{best / other:.2f}", target


def _seconds(work: Callable[[Path], object], files: list[Path]) -> float:
    began = time.perf_counter()
    for file in files:
        work(file)
    return time.perf_counter() - began


def _decode_and_encode(file: Path, folder: Path, turn: bool) -> None:
    target = folder / "pillow.jpg"
    with Image.open(file) as picture:
        if turn:
            ImageOps.exif_transpose(picture).save(target, quality=QUALITY)
        else:
            picture.save(target, quality="keep")


def _tags() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    return exif.tobytes()


def _photos(folder: Path, name: str, *, quality: int, exif: bytes) -> list[Path]:
    """Soft light with the grain of a sensor, each from another seed."""
    files = []
    for number in range(PHOTOS):
        file = folder / f"{name}-{number}.jpg"
        _photo(number).save(file, quality=quality, subsampling=2, exif=exif)
        files.append(file)
    return files


def _photo(seed: int) -> Image.Image:
    random = numpy.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(40, 216, (40, 60, 3), numpy.uint8))
    light = coarse.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.BICUBIC)
    grain = random.integers(0, 14, (HEIGHT_PX, WIDTH_PX, 1), numpy.uint8)
    return Image.fromarray(numpy.asarray(light) + grain)


if __name__ == "__main__":
    for row in rows():
        print("  ".join(cell.ljust(44 if at == 0 else 9) for at, cell in enumerate(row)))
