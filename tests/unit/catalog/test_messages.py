"""A value that is not taken is answered with one sentence: the field, and what to change."""

from typing import Any

import pytest

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.reference_to_video import ReferenceToVideo
from components.catalog.models.video_edit import VideoEdit
from components.catalog.models.video_reference import VideoReference
from components.catalog.request import ModelRequest
from components.errors import InvalidRequest
from tests.samples.models import MODELS

PICTURE = "https://example.com/a.png"
CLIP = "https://example.com/a.mp4"
ELEMENT = {"frontal_image_url": PICTURE, "reference_image_urls": [PICTURE]}


def problems(model: type[ModelRequest], **values: Any) -> dict[str, str]:
    """What is wrong with a request that lacks nothing but what `values` spoil."""
    whole = {"prompt": "A boat", "image_urls": [PICTURE], "image_url": PICTURE, "video_url": CLIP}
    given = {name: value for name, value in whole.items() if name in model.model_fields}
    with pytest.raises(InvalidRequest) as caught:
        model.parse({**given, **values})
    return caught.value.problems


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.api_name)
def test_everything_required_is_asked_for_at_once(model: type[ModelRequest]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        model.parse({})
    required = {name for name, info in model.model_fields.items() if info.is_required()}
    assert set(caught.value.problems) == required
    for name, sentence in caught.value.problems.items():
        assert sentence.startswith(model.parameters()[name].label)


@pytest.mark.parametrize("prompt", ["", " ", "\n\t", None])
def test_an_empty_prompt_asks_for_a_description(prompt: str | None) -> None:
    found = problems(ImageO1, prompt=prompt)
    assert found == {"prompt": "Prompt is empty: describe what you want to see."}


@pytest.mark.parametrize(
    ("model", "most"),
    [(ImageO1, 4000)] + [(model, 2500) for model in MODELS[1:]],
    ids=lambda value: getattr(value, "api_name", str(value)),
)
def test_a_prompt_beyond_the_limit_says_by_how_much(model: type[ModelRequest], most: int) -> None:
    assert problems(model, prompt="x" * (most + 1)) == {
        "prompt": f"Prompt has {most + 1:,} characters, 1 more than the {most:,} the model reads: "
        "shorten it."
    }


@pytest.mark.parametrize(
    ("model", "name", "most"),
    [
        (ImageO1, "image_urls", 10),
        (ReferenceToVideo, "image_list", 7),
        (VideoEdit, "image_list", 7),
        (VideoReference, "image_list", 4),
    ],
)
def test_too_many_pictures_say_how_many_to_remove(
    model: type[ModelRequest], name: str, most: int
) -> None:
    assert problems(model, **{name: [PICTURE] * (most + 2)}) == {
        name: f"Reference images: {most + 2} pictures, but the model takes at most {most}; "
        "remove 2."
    }


@pytest.mark.parametrize("count", [-1, 0, 10])
def test_a_count_outside_its_limits_names_both(count: int) -> None:
    assert problems(ImageO1, num_images=count) == {
        "num_images": f"Number of images is {count}: choose between 1 and 9."
    }


def test_a_value_that_is_not_offered_lists_those_that_are() -> None:
    assert problems(ImageToVideo, duration=7) == {
        "duration": "Duration: 7 is not offered; choose one of 5, 10."
    }
    assert problems(VideoEdit, provider="other") == {
        "provider": "Provider route: other is not offered; choose one of auto, kling, fal."
    }


def test_a_field_the_model_has_not_lists_those_it_has() -> None:
    assert problems(ImageToVideo, aspect_ratio="1:1") == {
        "aspect_ratio": "There is no field aspect_ratio; the fields are prompt, image_url, "
        "last_image_url, duration, provider."
    }
    assert problems(ReferenceToVideo, elements=[{**ELEMENT, "name": "Fox"}]) == {
        "elements": "There is no field name; the fields are frontal_image_url, "
        "reference_image_urls."
    }


@pytest.mark.parametrize(
    ("element", "sentence"),
    [
        ({"reference_image_urls": [PICTURE]}, "Front view is missing: add it."),
        ({**ELEMENT, "frontal_image_url": ""}, "Front view is missing: add it."),
        ({"frontal_image_url": PICTURE}, "Other views: add at least one picture."),
        ({**ELEMENT, "reference_image_urls": []}, "Other views: add at least one picture."),
        (
            {**ELEMENT, "reference_image_urls": [PICTURE] * 5},
            "Other views: 5 pictures, but the model takes at most 4; remove 1.",
        ),
    ],
)
def test_an_incomplete_element_is_named_by_its_place(
    element: dict[str, Any], sentence: str
) -> None:
    found = problems(ReferenceToVideo, elements=[ELEMENT, element])
    assert found == {"elements": f"Elements 2, {sentence}"}


def test_five_elements_are_one_too_many() -> None:
    assert problems(ReferenceToVideo, elements=[ELEMENT] * 5) == {
        "elements": "Elements: 5 given, but the model takes at most 4; remove 1."
    }


@pytest.mark.parametrize(
    ("model", "images", "elements", "most"),
    [(ReferenceToVideo, 4, 4, 7), (VideoEdit, 5, 0, 4), (VideoReference, 3, 2, 4)],
)
def test_images_and_elements_together_have_a_limit(
    model: type[ModelRequest], images: int, elements: int, most: int
) -> None:
    found = problems(model, image_list=[PICTURE] * images, elements=[ELEMENT] * elements)
    assert found == {
        "": f"{images + elements} references in all (images plus elements), but the model reads "
        f"at most {most}: remove {images + elements - most}."
    }


def test_reference_to_video_needs_something_to_refer_to() -> None:
    assert problems(ReferenceToVideo) == {"": "Add at least one reference: an image or an element."}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("image_urls", "abc", "Reference images: give a list."),
        ("image_urls", [PICTURE, 1], "Reference images 2: input should be a valid string."),
        ("image_urls", [""], "Reference images: one of the pictures is empty; remove it."),
        ("prompt", 7, "Prompt: input should be a valid string."),
    ],
)
def test_a_value_of_the_wrong_kind_is_said_so_plainly(name: str, value: Any, sentence: str) -> None:
    assert problems(ImageO1, **{name: value}) == {name: sentence}


def test_each_wrong_field_has_its_own_sentence_and_the_error_reads_as_all_of_them() -> None:
    with pytest.raises(InvalidRequest) as caught:
        ImageO1.parse({"prompt": "", "image_urls": [PICTURE], "num_images": 0})
    assert set(caught.value.problems) == {"prompt", "num_images"}
    assert str(caught.value) == " ".join(caught.value.problems.values())
