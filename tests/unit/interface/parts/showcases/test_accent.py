"""The accent of a showcase: whatever colour somebody chose, words on it and in it can be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.interface.parts.showcases.public_page.drawing.accent import (
    DARK_GROUND,
    LIGHT_GROUND,
    contrast,
    look_css,
)
from components.interface.widgets.templating import INTERFACE

COLOURS = st.integers(0, 0xFFFFFF).map(lambda it: f"#{it:06x}")
READABLE = 4.5
PROPERTY = re.compile(r"--([\w-]+):(#[0-9a-f]{6})")


def looks(accent: str) -> tuple[dict[str, str], dict[str, str]]:
    light, dark = look_css(accent).split("@media", 1)
    return dict(PROPERTY.findall(light)), dict(PROPERTY.findall(dark))


@given(COLOURS)
def test_every_accent_is_readable(accent: str) -> None:
    for look, ground in zip(looks(accent), (LIGHT_GROUND, DARK_GROUND), strict=True):
        assert contrast(look["accent"], look["on-accent"]) >= READABLE
        assert contrast(look["accent-text"], ground) >= READABLE


@pytest.mark.parametrize("accent", ["#4338ca", "#0b6b46", "#9a3412"])
def test_a_readable_accent_stays_as_it_is(accent: str) -> None:
    light, _ = looks(accent)
    assert light == {"accent": accent, "on-accent": "#ffffff", "accent-text": accent}


def test_the_grounds_are_those_of_the_page() -> None:
    css = (INTERFACE / "parts/showcases/public_page/page/public_page.css").read_text("utf-8")
    assert f"light-dark({LIGHT_GROUND}, {DARK_GROUND})" in css
