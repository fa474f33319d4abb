"""The models' colours can be seen and told apart, in light and dark, by everybody."""

import re
from itertools import combinations
from pathlib import Path

import numpy
import numpy.typing
import pytest

from tests.samples.models import MODELS

Channels = numpy.typing.NDArray[numpy.float64]
# Machado, Oliveira and Fernandes (2009) at full strength on linear RGB; differences in
# OKLab (Ottosson, 2020), where 0.02 can just be seen.
VISION = {
    "usual": numpy.eye(3),
    "without red": numpy.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "without green": numpy.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "without blue": numpy.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_CONES = numpy.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_OKLAB = numpy.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
PANELS = {"light": "#ffffff", "dark": "#141a24"}
STYLESHEET = (Path(__file__).parents[5] / "components/interface/parts/usage/usage.css").read_text(
    "utf-8"
)


def colours(scheme: str) -> list[str]:
    """The models' colours of a scheme, as the stylesheet has them."""
    light, dark = STYLESHEET.split(".dark .gradio-container", 1)
    return re.findall(r"--series-\d: (#\w{6});", light if scheme == "light" else dark)


def linear(colour: str) -> Channels:
    channels = numpy.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    curved = ((channels + 0.055) / 1.055) ** 2.4
    return numpy.asarray(numpy.where(channels <= 0.04045, channels / 12.92, curved))


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("scheme", PANELS)
def test_every_model_stands_out_from_the_panel(scheme: str) -> None:
    assert len(colours(scheme)) == len(MODELS)
    for colour in colours(scheme):
        darker, lighter = sorted([luminance(colour), luminance(PANELS[scheme])])
        assert (lighter + 0.05) / (darker + 0.05) >= 3, colour


@pytest.mark.parametrize("scheme", PANELS)
@pytest.mark.parametrize("vision", VISION)
def test_models_can_be_told_apart_with_every_kind_of_colour_vision(
    scheme: str, vision: str
) -> None:
    def seen(colour: str) -> Channels:
        light = numpy.clip(VISION[vision] @ linear(colour), 0, 1)
        return numpy.asarray(TO_OKLAB @ numpy.cbrt(TO_CONES @ light))

    for one, other in combinations(colours(scheme), 2):
        assert numpy.linalg.norm(seen(one) - seen(other)) >= 0.12, (one, other)
