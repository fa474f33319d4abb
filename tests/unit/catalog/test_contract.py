"""The catalogue says what the provider's published schema says, written out here by hand."""

from dataclasses import dataclass
from typing import Any, get_args

import pytest
from pydantic_core import PydanticUndefined

from components.catalog.fields import Count, Element, Elements, ImageRefs, Prompt, parameters_of
from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.reference_to_video import ReferenceToVideo
from components.catalog.models.video_edit import VideoEdit
from components.catalog.models.video_reference import VideoReference
from components.catalog.request import ModelRequest
from tests.samples.models import MODELS, model_by_id

REQUIRED = PydanticUndefined
VIDEO_RATIOS = ("16:9", "9:16", "1:1")


@dataclass(frozen=True)
class Expected:
    """One model of the contract: its path, its fields with their defaults, the values offered."""

    model: type[ModelRequest]
    model_id: str
    api_name: str
    endpoint: str
    defaults: dict[str, Any]
    offered: dict[str, tuple[object, ...]]
    prompt_max_chars: int
    images: dict[str, tuple[int, int]]
    reference_limit: int | None


EXPECTED = [
    Expected(
        ImageO1,
        "klingai/image-o1",
        "image_o1",
        "/v1/images/generations",
        {
            "prompt": REQUIRED,
            "image_urls": REQUIRED,
            "aspect_ratio": "16:9",
            "resolution": "1K",
            "num_images": 1,
            "output_format": "png",
            "provider": "auto",
        },
        {
            "aspect_ratio": ("21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16"),
            "resolution": ("1K", "2K"),
            "output_format": ("jpeg", "png", "webp"),
            "provider": ("auto", "kling", "fal"),
        },
        4000,
        {"image_urls": (1, 10)},
        None,
    ),
    Expected(
        ReferenceToVideo,
        "klingai/video-o1-reference-to-video",
        "reference_to_video",
        "/v2/video/generations",
        {
            "prompt": REQUIRED,
            "image_list": (),
            "elements": (),
            "aspect_ratio": "16:9",
            "duration": 5,
            "provider": "auto",
        },
        {
            "aspect_ratio": VIDEO_RATIOS,
            "duration": (5, 10),
            "provider": ("auto", "kling", "fal"),
        },
        2500,
        {"image_list": (1, 7)},
        7,
    ),
    Expected(
        ImageToVideo,
        "klingai/video-o1-image-to-video",
        "image_to_video",
        "/v2/video/generations",
        {
            "prompt": REQUIRED,
            "image_url": REQUIRED,
            "last_image_url": None,
            "duration": 5,
            "provider": "auto",
        },
        {"duration": (5, 10), "provider": ("auto", "kling", "fal")},
        2500,
        {},
        None,
    ),
    Expected(
        VideoEdit,
        "klingai/video-o1-video-to-video-edit",
        "video_edit",
        "/v2/video/generations",
        {
            "prompt": REQUIRED,
            "video_url": REQUIRED,
            "image_list": (),
            "elements": (),
            "keep_audio": False,
            "provider": "auto",
        },
        {"provider": ("auto", "kling", "fal")},
        2500,
        {"image_list": (1, 7)},
        4,
    ),
    Expected(
        VideoReference,
        "klingai/video-o1-video-to-video-reference",
        "video_reference",
        "/v2/video/generations",
        {
            "prompt": REQUIRED,
            "video_url": REQUIRED,
            "image_list": (),
            "elements": (),
            "aspect_ratio": "16:9",
            "duration": 5,
            "keep_audio": False,
            "provider": "auto",
        },
        {
            "aspect_ratio": VIDEO_RATIOS,
            "duration": (5, 10),
            "provider": ("auto", "kling", "fal"),
        },
        2500,
        {"image_list": (1, 4)},
        4,
    ),
]
each_model = pytest.mark.parametrize("expected", EXPECTED, ids=lambda item: item.api_name)


def test_the_catalogue_has_the_five_models_in_tab_order() -> None:
    assert [model.model_id for model in MODELS] == [expected.model_id for expected in EXPECTED]


@each_model
def test_a_model_is_found_by_the_id_of_the_contract(expected: Expected) -> None:
    model = model_by_id(expected.model_id)
    assert model is expected.model
    assert (model.api_name, model.endpoint()) == (expected.api_name, expected.endpoint)


def test_an_unknown_model_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        model_by_id("klingai/video-o9")


@each_model
def test_fields_and_defaults_are_those_of_the_contract(expected: Expected) -> None:
    defaults = {name: info.default for name, info in expected.model.model_fields.items()}
    assert defaults == expected.defaults
    assert set(expected.model.parameters()) == set(expected.defaults)


@each_model
def test_the_values_offered_are_those_of_the_contract(expected: Expected) -> None:
    fields = expected.model.model_fields
    offered = {name: get_args(info.annotation) for name, info in fields.items()}
    literals = {name: values for name, values in offered.items() if name in expected.offered}
    assert literals == expected.offered


@each_model
def test_prompts_and_picture_lists_have_the_limits_of_the_contract(expected: Expected) -> None:
    parameters = expected.model.parameters()
    prompt = parameters["prompt"]
    assert isinstance(prompt, Prompt)
    assert prompt.max_chars == expected.prompt_max_chars
    images = {
        name: (parameter.min_items, parameter.max_items)
        for name, parameter in parameters.items()
        if isinstance(parameter, ImageRefs)
    }
    assert images == expected.images
    assert expected.model.reference_limit() == expected.reference_limit


def test_one_to_nine_pictures_may_be_asked_for() -> None:
    count = ImageO1.parameters()["num_images"]
    assert isinstance(count, Count)
    assert (count.minimum, count.maximum) == (1, 9)


def test_up_to_four_elements_have_one_front_view_and_one_to_four_others() -> None:
    for model in (ReferenceToVideo, VideoEdit, VideoReference):
        elements = model.parameters()["elements"]
        assert isinstance(elements, Elements)
        assert elements.max_items == 4
    others = parameters_of(Element)["reference_image_urls"]
    assert isinstance(others, ImageRefs)
    assert (others.min_items, others.max_items) == (1, 4)
    assert set(Element.model_fields) == {"frontal_image_url", "reference_image_urls"}
    assert all(info.is_required() for info in Element.model_fields.values())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.api_name)
def test_every_example_is_a_request_the_model_takes(model: type[ModelRequest]) -> None:
    assert model.examples
    for example in model.examples:
        model.parse(example.values)
