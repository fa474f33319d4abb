"""The film: the courier sails through the harbour in the evening, five seconds with sound."""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy
from harbour import EVENING, FRAME_WIDTH, WATERLINE, clouds, mountains, sky
from PIL import Image, ImageFilter
from shore import glitter, lighthouse, quay, streaks
from sound import SAMPLE_RATE_HZ, melody
from svg import rect
from town import town

WIDTH, HEIGHT = 1280, 720
FRAMES_PER_SECOND = 24
DURATION_S = 5
SCALE = WIDTH / FRAME_WIDTH
HORIZON = round(WATERLINE * SCALE)
BLINK = range(64, 69)
Render = Callable[[str, int], Image.Image]


def strip(render: Render, body: str, pixels_per_frame: float) -> Image.Image:
    """A layer wide enough for the whole journey at this speed."""
    travel = pixels_per_frame * DURATION_S * FRAMES_PER_SECOND / SCALE
    return render(body, math.ceil(FRAME_WIDTH + travel))


def window(layer: Image.Image, left: float) -> Image.Image:
    """The part of a layer the camera sees; `left` may lie between two pixels."""
    if left == int(left):
        return layer.crop((int(left), 0, int(left) + WIDTH, layer.height))
    shift = (1, 0, left, 0, 1, 0)
    return layer.transform(
        (WIDTH, layer.height), Image.Transform.AFFINE, shift, Image.Resampling.BICUBIC
    )


def rippled(layer: Image.Image, time_s: float, strength: float) -> Image.Image:
    """Shift each row sideways as small waves do, more towards the viewer."""
    pixels = numpy.asarray(layer)
    rows = numpy.arange(layer.height)
    reach = strength * (0.3 + rows / layer.height)
    phase = rows / (5 + rows * 0.03)
    offsets = reach * (
        numpy.sin(phase + 3.1 * time_s) + 0.5 * numpy.sin(phase * 0.43 - 2.3 * time_s)
    )
    columns = numpy.arange(WIDTH)[None, :] + offsets.round().astype(int)[:, None]
    return Image.fromarray(pixels[rows[:, None], numpy.clip(columns, 0, WIDTH - 1)])


def mirrored(land: Image.Image) -> Image.Image:
    """The land upside down in the water, fading towards the viewer."""
    depth = HEIGHT - HORIZON
    flipped = land.crop((0, 0, land.width, HORIZON)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    small = flipped.resize((land.width // 3, round(HORIZON * 0.8 / 2)), Image.Resampling.BOX)
    soft = small.resize((land.width, round(HORIZON * 0.8)), Image.Resampling.BICUBIC)
    soft = soft.crop((0, 0, land.width, depth))
    fade = numpy.linspace(0.6, 0.12, depth)[:, None] * numpy.asarray(soft.getchannel("A"))
    soft.putalpha(Image.fromarray(fade.astype(numpy.uint8)))
    return soft


def frames(render: Render, boats: tuple[Image.Image, Image.Image]) -> Iterator[Image.Image]:
    """Every picture of the film; `boats` are the courier with open and with closed eyes."""
    light, total = EVENING, DURATION_S * FRAMES_PER_SECOND
    backdrop = render(sky(light, night=False), FRAME_WIDTH)
    sea = render(rect(0, WATERLINE, FRAME_WIDTH, 280, "url(#water-fill)"), FRAME_WIDTH)
    # Layers that move by half pixels are a little soft, or every second picture would look sharper.
    haze = ImageFilter.GaussianBlur(0.7)
    drifting = strip(render, clouds(light, 2200), 0.5).filter(haze)
    hills = strip(render, mountains(light, 2200), 0.5).filter(haze)
    shore = strip(render, town(light, 2000) + lighthouse(light, night=False), 2)
    shine = render(glitter(light, 1040), FRAME_WIDTH).crop((0, HORIZON, WIDTH, HEIGHT))
    lines = strip(render, streaks(light, 2200), 4)
    pier = strip(render, quay(light, 3200, (150, 1790), 0.55), 9)
    reflections = (mirrored(hills), mirrored(shore))
    for index in range(total):
        time_s = index / FRAMES_PER_SECOND
        picture = backdrop.copy()
        for layer, speed in ((drifting, 0.5), (hills, 0.5), (shore, 2)):
            picture.alpha_composite(window(layer, speed * index))
        picture.alpha_composite(sea)
        for layer, speed in zip(reflections, (0.5, 2), strict=True):
            picture.alpha_composite(rippled(window(layer, speed * index), time_s, 5), (0, HORIZON))
        picture.alpha_composite(rippled(shine, time_s, 9), (0, HORIZON))
        picture.alpha_composite(window(lines, 4 * index))
        sail(picture, boats[index in BLINK], index)
        picture.alpha_composite(window(pier, 9 * index))
        yield picture.convert("RGB")


def sail(picture: Image.Image, boat: Image.Image, index: int) -> None:
    """Put the boat on the waves: it advances, rises and sinks, and leans a little."""
    time_s = index / FRAMES_PER_SECOND
    lean = 1.4 * math.sin(time_s * math.tau / 2.5)
    turned = boat.rotate(lean, Image.Resampling.BICUBIC, center=(boat.width / 2, boat.height * 0.9))
    left = 250 + 1.6 * index
    top = 664 - boat.height + 5 * math.sin(time_s * math.tau / 2.5 + 1)
    shift = (1, 0, -left, 0, 1, -top)
    size = picture.size
    picture.alpha_composite(
        turned.transform(size, Image.Transform.AFFINE, shift, Image.Resampling.BICUBIC)
    )


def write(path: Path, pictures: Iterator[Image.Image]) -> None:
    """Encode H.264 and AAC into an MP4 that starts playing before it is loaded."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.options = {"crf": "22", "preset": "slow", "profile": "high", "threads": "2"}
        audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="stereo")
        audio.bit_rate = 112_000
        for picture in pictures:
            container.mux(video.encode(av.VideoFrame.from_image(picture)))
        container.mux(video.encode(None))
        waves = melody(DURATION_S)
        for start in range(0, waves.shape[1], 1024):
            block = numpy.ascontiguousarray(waves[:, start : start + 1024])
            samples = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            samples.sample_rate, samples.pts = SAMPLE_RATE_HZ, start
            samples.time_base = Fraction(1, SAMPLE_RATE_HZ)
            container.mux(audio.encode(samples))
        container.mux(audio.encode(None))
