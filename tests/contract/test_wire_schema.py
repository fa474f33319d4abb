"""A model's wire schema states what the provider's published schema states, and nothing else.

The facts stand here once more, read off the provider's description and not off the catalogue, so
that the classes and the sandbox, which is built from the schema, cannot agree on a mistake.
"""

from typing import Any

import pytest

from components.catalog.request import ModelRequest
from components.catalog.wire import Schema, wire_schema
from tests.samples.models import MODELS

IMAGES, VIDEOS = "/v1/images/generations", "/v2/video/generations"
IMAGE = {"type": "string", "format": "uri", "contentMediaType": "image/*"}
VIDEO = {"type": "string", "format": "uri", "contentMediaType": "video/*"}
PROMPT = {"type": "string", "maxLength": 2500}
ELEMENTS = {
    "type": "array",
    "maxItems": 4,
    "items": {
        "type": "object",
        "required": ["frontal_image_url", "reference_image_urls"],
        "properties": {
            "frontal_image_url": IMAGE,
            "reference_image_urls": {
                "type": "array",
                "items": IMAGE,
                "minItems": 1,
                "maxItems": 4,
            },
        },
    },
}
VIDEO_RATIO = {"enum": ["16:9", "9:16", "1:1"]}
DURATION = {"enum": [5, 10], "x-unit": "s"}
SWITCH = {"type": "boolean"}
ROUTE = {"enum": ["auto", "kling", "fal"], "x-aliases": {"klingai": "kling"}}


def images(most: int) -> Schema:
    return {"type": "array", "items": IMAGE, "minItems": 1, "maxItems": most}


# Where it is sent, the fields that it cannot do without, all fields, and the most references:
# 7 without a video in the request and 4 with one, each element counting as one.
FACTS: dict[str, tuple[str, set[str], dict[str, Any], int | None]] = {
    "klingai/image-o1": (
        IMAGES,
        {"prompt", "image_urls"},
        {
            "prompt": {"type": "string", "maxLength": 4000},
            "image_urls": images(10),
            "aspect_ratio": {"enum": ["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16"]},
            "resolution": {"enum": ["1K", "2K"]},
            "output_format": {"enum": ["jpeg", "png", "webp"]},
            "num_images": {"type": "integer", "minimum": 1, "maximum": 9},
            "provider": ROUTE,
        },
        None,
    ),
    "klingai/video-o1-reference-to-video": (
        VIDEOS,
        {"prompt"},
        {
            "prompt": PROMPT,
            "image_list": images(7),
            "elements": ELEMENTS,
            "aspect_ratio": VIDEO_RATIO,
            "duration": DURATION,
            "provider": ROUTE,
        },
        7,
    ),
    "klingai/video-o1-image-to-video": (
        VIDEOS,
        {"prompt", "image_url"},
        {
            "prompt": PROMPT,
            "image_url": IMAGE,
            "last_image_url": IMAGE,
            "duration": DURATION,
            "provider": ROUTE,
        },
        None,
    ),
    "klingai/video-o1-video-to-video-edit": (
        VIDEOS,
        {"prompt", "video_url"},
        {
            "prompt": PROMPT,
            "video_url": VIDEO,
            "image_list": images(7),
            "elements": ELEMENTS,
            "keep_audio": SWITCH,
            "provider": ROUTE,
        },
        4,
    ),
    "klingai/video-o1-video-to-video-reference": (
        VIDEOS,
        {"prompt", "video_url"},
        {
            "prompt": PROMPT,
            "video_url": VIDEO,
            "image_list": images(4),
            "aspect_ratio": VIDEO_RATIO,
            "duration": DURATION,
            "elements": ELEMENTS,
            "keep_audio": SWITCH,
            "provider": ROUTE,
        },
        4,
    ),
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.api_name)
def test_the_wire_schema_is_what_the_provider_published(model: type[ModelRequest]) -> None:
    path, required, properties, most_references = FACTS[model.model_id]
    schema = wire_schema(model)
    assert schema["x-endpoint"] == path
    assert set(schema["required"]) == required
    assert schema["properties"] == properties
    assert schema.get("x-max-references") == most_references


def test_every_published_model_is_in_the_catalogue() -> None:
    assert {model.model_id for model in MODELS} == set(FACTS)
