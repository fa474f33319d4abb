"""A quote is what the price list says, in money and in words; what it does not say is unknown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.request import ModelRequest
from components.provider.answers.answer_models import Pricing
from components.runs.money.quote import quote
from components.runs.wording import money
from tests.samples.models import MODELS, model_by_id

IMAGE = model_by_id("klingai/image-o1")
FRAMES = model_by_id("klingai/video-o1-image-to-video")
EDIT = model_by_id("klingai/video-o1-video-to-video-edit")
RESTAGE = model_by_id("klingai/video-o1-video-to-video-reference")


def fixed(name: str, price: Any, per: Any = 1, **more: Any) -> Pricing:
    unit = {"name": name, "content": "video", "origin": "generated", "price": price, "per": per}
    return Pricing.model_validate({"kind": "fixed", "units": [unit], **more})


def variants(*dimensions: str, rates: list[dict[str, Any]]) -> Pricing:
    return Pricing.model_validate(
        {"kind": "variants", "currency": "USD", "dimensions": dimensions, "variants": rates}
    )


BY_RESOLUTION = variants(
    "resolution",
    rates=[
        {"when": {"resolution": "1K"}, "price": 0.028, "unit": "image", "per": 1},
        {"when": {"resolution": "2K"}, "price": "0.05", "unit": "image", "per": 1},
    ],
)
BY_LENGTH_AND_SOUND = variants(
    "duration",
    "keep_audio",
    rates=[
        {"when": {"duration": "5", "keep_audio": False}, "price": 0.5, "unit": "video", "per": 1},
        {"when": {"duration": "5", "keep_audio": True}, "price": 0.6, "unit": "video", "per": 1},
        {"when": {"duration": 10.0}, "price": 0.09, "unit": "second", "per": 1},
    ],
)


@pytest.mark.parametrize(
    ("model", "values", "pricing", "usd", "basis"),
    [
        (IMAGE, {"num_images": 3}, fixed("image", 0.028), 0.084, "3 pictures × $0.028"),
        (IMAGE, {}, BY_RESOLUTION, 0.028, "1 picture × $0.028 (resolution 1K)"),
        (IMAGE, {"resolution": "2K", "num_images": "9"}, BY_RESOLUTION, 0.45,
         "9 pictures × $0.05 (resolution 2K)"),
        (FRAMES, {"duration": 10}, fixed("second", 0.168), 1.68, "10 s × $0.168"),
        (FRAMES, {"duration": ""}, fixed("second", 168, 1000), 0.84, "5 s × $0.168"),
        (FRAMES, {}, fixed("video", 0.5), 0.5, "1 video × $0.50"),
        (RESTAGE, {"keep_audio": True}, BY_LENGTH_AND_SOUND, 0.6,
         "1 video × $0.60 (duration 5, keep audio True)"),
        (RESTAGE, {"keep_audio": True, "duration": "10"}, BY_LENGTH_AND_SOUND, 0.9,
         "10 s × $0.09 (duration 10.0)"),
        (EDIT, {"video_url": "/media/x.mp4"}, fixed("second", 0.168), 1.344,
         "8 s × $0.168, the clip's seconds rounded"),
        (IMAGE, {"num_images": 2}, fixed("image", 0), 0.0, "2 pictures × $0.00"),
    ],
)  # fmt: skip
def test_a_price_is_counted_and_explained(
    model: type[ModelRequest], values: dict[str, Any], pricing: Pricing, usd: float, basis: str
) -> None:
    told = quote(model, values, pricing, clip_s=7.5)
    assert (told.usd, told.basis) == (usd, basis)


@pytest.mark.parametrize(
    ("model", "values", "pricing", "why"),
    [
        (IMAGE, {}, None, "no price for this model"),
        (IMAGE, {}, Pricing(kind="variable"), "only after the run"),
        (IMAGE, {}, Pricing(kind="by the moon"), "cannot be read"),
        (IMAGE, {}, Pricing(kind="fixed"), "no price for these settings"),
        (IMAGE, {"resolution": "4K"}, BY_RESOLUTION, "no price for these settings"),
        (FRAMES, {}, BY_RESOLUTION, "no price for these settings"),
        (IMAGE, {"num_images": "two"}, fixed("image", 0.1), "every field is filled in"),
        (IMAGE, {}, fixed("second", 0.1), "by the second"),
        (FRAMES, {}, fixed("image", 0.1), "by the image"),
        (FRAMES, {}, fixed("megapixel", 0.1), "by the megapixel"),
        (FRAMES, {}, fixed("", 0.1), "a unit it does not name"),
        (FRAMES, {}, fixed("second", 0.1, 0), "cannot be read"),
        (FRAMES, {}, fixed("second", 0.1, None), "cannot be read"),
        (FRAMES, {}, fixed("second", "a lot"), "cannot be read"),
        (FRAMES, {}, fixed("second", "nan"), "cannot be read"),
        (FRAMES, {}, fixed("second", True), "cannot be read"),
        (FRAMES, {}, fixed("second", -1), "cannot be read"),
        (FRAMES, {}, fixed("second", 0.1, currency="EUR"), "in EUR"),
        (FRAMES, {}, variants("duration", rates=[{"duration": 5, "unit": "video", "price": 1}]),
         "cannot be read"),
        (FRAMES, {}, variants(rates=[{"when": {"tier": 1}, "unit": "video", "price": 1}]),
         "cannot be read"),
        (EDIT, {}, fixed("second", 0.1), "add it"),
        (EDIT, {"video_url": "https://example.com/a.mp4"}, fixed("second", 0.1), "not known here"),
    ],
)  # fmt: skip
def test_what_the_list_does_not_say_for_sure_is_unknown(
    model: type[ModelRequest], values: dict[str, Any], pricing: Pricing | None, why: str
) -> None:
    told = quote(model, values, pricing)
    assert told.usd is None
    assert why in told.basis
    assert told.basis.endswith(".")


def test_two_rates_at_once_are_not_chosen_between() -> None:
    units = [
        {"name": "second", "origin": origin, "price": price, "per": 1}
        for origin, price in (("provided", 0.1), ("generated", 0.2))
    ]
    both = Pricing.model_validate({"kind": "fixed", "units": units})
    assert quote(FRAMES, {}, both).usd is None
    same = Pricing.model_validate({"kind": "fixed", "units": [units[0], units[0]]})
    assert quote(FRAMES, {}, same).usd == 0.5


plain = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8)
anything = plain | st.lists(plain, max_size=2)
whens = st.dictionaries(st.sampled_from(["duration", "resolution", "mode"]), plain, max_size=2)
rates = st.fixed_dictionaries(
    {},
    optional={
        "unit": st.sampled_from(["second", "image", "video"]) | plain,
        "name": st.sampled_from(["second", "image", "video"]) | plain,
        "price": plain,
        "per": plain,
        "when": whens | plain,
    },
)
pricings = st.builds(
    Pricing,
    kind=st.sampled_from(["fixed", "variants", "variable", "other"]),
    units=st.tuples(rates),
    dimensions=st.just(("duration", "resolution")),
    variants=st.tuples(rates, rates),
)
forms = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(["duration", "num_images", "resolution", "video_url"], anything)
)


@given(st.sampled_from(MODELS), forms, pricings, st.none() | st.floats(0, 1e6))
def test_whatever_a_form_and_a_list_hold_there_is_an_answer(
    model: type[ModelRequest], values: dict[str, Any], pricing: Pricing, clip_s: float | None
) -> None:
    told = quote(model, values, pricing, clip_s)
    assert told.basis
    assert told.usd is None or told.usd >= 0


@pytest.mark.parametrize(
    ("usd", "words"),
    [(0, "$0.00"), (5, "$5.00"), (0.5, "$0.50"), (0.0364, "$0.0364"), (1 / 3, "$0.333333")],
)
def test_money_is_written_as_people_write_it(usd: float, words: str) -> None:
    assert money(usd) == words
