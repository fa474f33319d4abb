"""The Kling O1 model "Reference to video": fields, limits and defaults are its published schema."""

from typing import Annotated

from components.catalog.fields import ImageRefs
from components.catalog.kling_fields import (
    CAMERA,
    FOX,
    IMAGE_HELP,
    Duration,
    ElementList,
    Route,
    VideoPrompt,
    VideoRatio,
)
from components.catalog.price_hint import Rate
from components.catalog.request import Example, ModelRequest


class ReferenceToVideo(ModelRequest):
    """A video with given characters, objects and places."""

    model_id = "klingai/video-o1-reference-to-video"
    api_name = "reference_to_video"
    title = "Reference to video"
    tab_order = 20
    purpose = "Film the characters, objects and places of your pictures."
    output = "video"
    expected_duration_s = 126.0
    price_hint = (
        Rate("video", 0.728, when={"duration": 5}),
        Rate("video", 1.456, when={"duration": 10}),
    )
    needs_reference = True
    examples = (
        Example(
            "A walk along the quay",
            "character-left.jpg",
            {
                "prompt": "@Element1 walks along the quay of @Image1 and looks at the boats. The "
                "camera follows at walking pace.",
                "image_list": ["place.jpg"],
                "elements": [FOX],
            },
        ),
        Example(
            "Character and object",
            "object-side.jpg",
            {
                "prompt": "@Element1 lifts @Element2, takes a picture of the lighthouse in @Image1 "
                "and smiles. Slow push-in.",
                "image_list": ["place-night.jpg"],
                "elements": [FOX, CAMERA],
                "duration": 10,
            },
        ),
    )

    prompt: VideoPrompt
    image_list: Annotated[
        tuple[str, ...],
        ImageRefs(label="Reference images", help=IMAGE_HELP, min_items=1, max_items=7),
    ] = ()
    elements: ElementList = ()
    aspect_ratio: VideoRatio = "16:9"
    duration: Duration = 5
    provider: Route = "auto"
