"""The samples the playground offers are files a browser shows and every model accepts."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

import av
import numpy
import pytest
from PIL import Image

from tests.samples.models import MODELS

ASSETS = Path(__file__).parents[2] / "assets"
SAMPLES = ASSETS / "samples"
PICTURES = {
    "character-front.jpg": (1024, 1024),
    "character-left.jpg": (1024, 1024),
    "character-right.jpg": (1024, 1024),
    "character-back.jpg": (1024, 1024),
    "object-front.jpg": (1024, 1024),
    "object-side.jpg": (1024, 1024),
    "object-top.jpg": (1024, 1024),
    "place.jpg": (1536, 864),
    "place-night.jpg": (1536, 864),
    "style.jpg": (1024, 1024),
}
CLIP = SAMPLES / "clip.mp4"


def test_the_folder_holds_the_promised_samples_and_nothing_else() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == {*PICTURES, CLIP.name}


def test_the_folder_stays_small_enough_for_a_checkout() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 2_500_000


@pytest.mark.parametrize(("name", "size_px"), PICTURES.items())
def test_a_picture_decodes_and_is_inside_the_limits_of_every_model(
    name: str, size_px: tuple[int, int]
) -> None:
    path = SAMPLES / name
    with Image.open(path) as image:
        image.load()
        assert image.format == "JPEG"
        assert image.mode == "RGB"
        assert image.size == size_px
        assert min(image.size) >= 300
        assert 1 / 2.5 <= image.width / image.height <= 2.5
        assert not image.getexif()
    assert path.stat().st_size < 200_000


def test_every_picture_has_a_small_one_for_the_card_of_an_example() -> None:
    small = {path.stem: path for path in (ASSETS / "thumbnails").iterdir()}
    assert small.keys() == {Path(name).stem for name in PICTURES}
    for path in small.values():
        assert path.stat().st_size < 20_000
        with Image.open(path) as image:
            assert (image.format, image.size) == ("WEBP", (300, 152))
    shown = {Path(example.picture).stem for model in MODELS for example in model.examples}
    assert shown <= small.keys()


def test_the_picture_beside_a_link_has_the_size_that_previews_ask_for() -> None:
    path = ASSETS / "preview.jpg"
    assert path.stat().st_size < 80_000
    with Image.open(path) as image:
        assert (image.format, image.size) == ("JPEG", (1200, 630))


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_not_blank(name: str) -> None:
    with Image.open(SAMPLES / name) as image:
        assert numpy.asarray(image.convert("L")).std() > 10


def test_the_clip_is_five_seconds_of_h264_at_24_frames_a_second() -> None:
    with av.open(str(CLIP)) as container:
        video = container.streams.video[0]
        assert video.codec_context.name == "h264"
        assert video.codec_context.pix_fmt == "yuv420p"
        assert (video.width, video.height) == (1280, 720)
        assert video.average_rate == 24
        assert sum(1 for packet in container.demux(video) if packet.size) == 120
    assert CLIP.stat().st_size < 1_200_000


def test_the_clip_has_five_seconds_of_stereo_sound_that_fades_in_and_out() -> None:
    with av.open(str(CLIP)) as container:
        audio = container.streams.audio[0]
        assert audio.codec_context.name == "aac"
        assert audio.codec_context.layout.nb_channels == 2
        frames = cast("Iterable[av.AudioFrame]", container.decode(audio))
        sound = numpy.abs(numpy.concatenate([frame.to_ndarray() for frame in frames], axis=1))
    rate_hz = 48_000
    assert sound.shape[1] / rate_hz == pytest.approx(5, abs=0.1)
    assert 0.3 < sound.max() < 1
    assert sound[:, : rate_hz // 100].max() < 0.05
    assert sound[:, 5 * rate_hz - rate_hz // 100 :].max() < 0.05


def test_the_clip_starts_playing_before_it_is_loaded() -> None:
    content = CLIP.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("path", [ASSETS / "logo.svg", *sorted(ASSETS.glob("sources/*.svg"))])
def test_a_drawing_is_one_svg_that_loads_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    links = re.findall(r'(?:href|src)="([^"]*)"|url\(([^)]*)\)', text)
    assert all(target.startswith("#") for pair in links for target in pair if target)
    assert "<script" not in text


def test_the_icons_are_the_sizes_a_browser_asks_for() -> None:
    with Image.open(ASSETS / "favicon.png") as icon:
        assert icon.size == (64, 64)
        assert icon.mode == "RGBA"
    with Image.open(ASSETS / "favicon.ico") as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (64, 64)}
