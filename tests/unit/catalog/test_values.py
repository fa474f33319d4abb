"""What is taken, is kept: over all requests a model accepts, and in every spelling."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.catalog.fields import Choice, MediaKind
from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.reference_to_video import ReferenceToVideo
from components.catalog.models.video_edit import VideoEdit
from components.catalog.models.video_reference import VideoReference
from components.catalog.request import ModelRequest
from components.errors import InvalidRequest
from tests.samples.models import MODELS

ADDRESSES = st.from_regex(r"https://[a-z]{1,8}\.example/[a-z]{1,8}", fullmatch=True)
SENDABLE = st.characters(codec="utf-8", exclude_characters="\x00")
PROMPTS = st.text(SENDABLE, min_size=1, max_size=60).filter(lambda text: text.strip() != "")
ELEMENTS = st.fixed_dictionaries(
    {
        "frontal_image_url": ADDRESSES,
        "reference_image_urls": st.lists(ADDRESSES, min_size=1, max_size=4),
    }
)
ROUTE = {"provider": st.sampled_from(["auto", "kling", "fal"])}
DURATION = {"duration": st.sampled_from([5, 10])}
RATIO = {"aspect_ratio": st.sampled_from(["16:9", "9:16", "1:1"])}
FEW_REFERENCES = {
    "image_list": st.lists(ADDRESSES, min_size=1, max_size=2),
    "elements": st.lists(ELEMENTS, min_size=1, max_size=2),
}
OVER_VIDEO = {"prompt": PROMPTS, "video_url": ADDRESSES}
SOUND = {"keep_audio": st.booleans()}
REQUESTS: dict[type[ModelRequest], st.SearchStrategy[dict[str, Any]]] = {
    ImageO1: st.fixed_dictionaries(
        {"prompt": PROMPTS, "image_urls": st.lists(ADDRESSES, min_size=1, max_size=10)},
        optional={
            "aspect_ratio": st.sampled_from(["21:9", "3:2", "9:16"]),
            "resolution": st.sampled_from(["1K", "2K"]),
            "num_images": st.integers(1, 9),
            "output_format": st.sampled_from(["jpeg", "png", "webp"]),
            **ROUTE,
        },
    ),
    ReferenceToVideo: st.fixed_dictionaries(
        {"prompt": PROMPTS, "image_list": st.lists(ADDRESSES, min_size=1, max_size=3)},
        optional={"elements": st.lists(ELEMENTS, max_size=4), **RATIO, **DURATION, **ROUTE},
    ),
    ImageToVideo: st.fixed_dictionaries(
        {"prompt": PROMPTS, "image_url": ADDRESSES},
        optional={"last_image_url": ADDRESSES, **DURATION, **ROUTE},
    ),
    VideoEdit: st.fixed_dictionaries(OVER_VIDEO, optional={**FEW_REFERENCES, **SOUND, **ROUTE}),
    VideoReference: st.fixed_dictionaries(
        OVER_VIDEO, optional={**FEW_REFERENCES, **SOUND, **RATIO, **DURATION, **ROUTE}
    ),
}
any_request = st.sampled_from(MODELS).flatmap(
    lambda model: st.tuples(st.just(model), REQUESTS[model])
)


def as_it_is(reference: str, kind: MediaKind) -> str:
    del kind
    return reference


@settings(max_examples=50, deadline=None)
@given(any_request)
def test_a_request_survives_being_written_down_and_read_again(
    request: tuple[type[ModelRequest], dict[str, Any]],
) -> None:
    model, values = request
    parsed = model.parse(values)
    assert model.parse(parsed.plain()) == parsed
    assert values.items() <= {**values, **parsed.plain()}.items()


@settings(max_examples=50, deadline=None)
@given(any_request)
def test_a_payload_carries_the_values_given_under_contract_names_alone(
    request: tuple[type[ModelRequest], dict[str, Any]],
) -> None:
    model, values = request
    payload = model.parse(values).payload(as_it_is)
    assert payload["model"] == model.model_id
    assert payload.keys() <= {"model", *model.model_fields}
    assert {name: payload.get(name, []) for name in values} == values


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(MODELS),
    st.dictionaries(
        st.sampled_from(
            ["prompt", "image_urls", "image_list", "elements", "duration", "video_url"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["frontal_image_url", "x"]), inner, max_size=2)
            ),
            max_leaves=6,
        ),
    ),
)
def test_any_value_is_taken_or_answered_with_sentences(
    model: type[ModelRequest], values: dict[str, Any]
) -> None:
    try:
        model.parse(values)
    except InvalidRequest as error:
        assert error.problems
        assert all(sentence.endswith(".") for sentence in error.problems.values())


@pytest.mark.parametrize(
    ("name", "spelling", "meaning"),
    [
        ("duration", "5", 5),
        ("duration", " 10 ", 10),
        ("provider", "klingai", "kling"),
        ("provider", "KlingAI", "kling"),
        ("provider", "AUTO", "auto"),
    ],
)
def test_other_spellings_are_understood(name: str, spelling: str, meaning: object) -> None:
    request = ImageToVideo.parse(
        {"prompt": "A boat", "image_url": "https://a.example/b", name: spelling}
    )
    assert request.plain()[name] == meaning


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.api_name)
def test_every_offered_value_is_taken_in_capitals_too(model: type[ModelRequest]) -> None:
    choices = [name for name, item in model.parameters().items() if isinstance(item, Choice)]
    base = dict(model.examples[0].values)
    for name in choices:
        default = model.model_fields[name].default
        assert model.parse({**base, name: str(default).upper()}).plain()[name] == default


def test_limits_are_included() -> None:
    picture = "https://a.example/b"
    ImageO1.parse({"prompt": "x" * 4000, "image_urls": [picture] * 10, "num_images": 9})
    element = {"frontal_image_url": picture, "reference_image_urls": [picture] * 4}
    ReferenceToVideo.parse(
        {"prompt": "x" * 2500, "image_list": [picture] * 3, "elements": [element] * 4}
    )
    ReferenceToVideo.parse({"prompt": "x", "image_list": [picture] * 7})
    VideoEdit.parse({"prompt": "x", "video_url": picture, "elements": [element] * 4})
    VideoReference.parse({"prompt": "x", "video_url": picture, "image_list": [picture] * 4})


def test_media_are_told_apart_by_kind_wherever_they_stand() -> None:
    seen: list[tuple[str, str]] = []

    def change(reference: str, kind: MediaKind) -> str:
        seen.append((reference, kind))
        return reference.upper()

    element = {"frontal_image_url": "front", "reference_image_urls": ["side", "back"]}
    values = {"prompt": "p", "video_url": "clip", "image_list": ["one"], "elements": [element]}
    payload = VideoEdit.parse(values).payload(change)
    assert sorted(seen) == [
        ("back", "image"),
        ("clip", "video"),
        ("front", "image"),
        ("one", "image"),
        ("side", "image"),
    ]
    assert payload["prompt"] == "p"
    assert payload["elements"] == [
        {"frontal_image_url": "FRONT", "reference_image_urls": ["SIDE", "BACK"]}
    ]
