"""The Kling O1 model "Image": fields, limits and defaults are its published schema."""

from typing import Annotated, Literal

from components.catalog.fields import Choice, Count, ImageRefs, Prompt
from components.catalog.kling_fields import IMAGE_HELP, Route
from components.catalog.price_hint import Rate
from components.catalog.request import Example, ModelRequest


class ImageO1(ModelRequest):
    """Pictures from a prompt and reference pictures."""

    model_id = "klingai/image-o1"
    api_name = "image_o1"
    title = "Image"
    tab_order = 10
    purpose = "Edit a picture, or combine up to ten, by describing the result."
    output = "image"
    expected_duration_s = 25.0
    price_hint = (
        Rate("image", 0.0364, when={"resolution": "1K"}),
        Rate("image", 0.0728, when={"resolution": "2K"}),
    )
    examples = (
        Example(
            "The fox comes to the harbour",
            "character-front.jpg",
            {
                "prompt": "The fox courier of @Image1 stands on the quay of @Image2 at sunset and "
                "waves. Same flat illustration style, warm light on the fur.",
                "image_urls": ["character-front.jpg", "place.jpg"],
            },
        ),
        Example(
            "A place in another style",
            "style.jpg",
            {
                "prompt": "The harbour town of @Image1, drawn in the two-colour print style of "
                "@Image2, with visible halftone dots.",
                "image_urls": ["place.jpg", "style.jpg"],
                "aspect_ratio": "3:2",
            },
        ),
        Example(
            "Four ideas for a poster",
            "object-front.jpg",
            {
                "prompt": "A poster for a photo walk: the camera of @Image1 in front of the "
                "harbour of @Image2, bold shapes, room for a title.",
                "image_urls": ["object-front.jpg", "place-night.jpg"],
                "aspect_ratio": "3:4",
                "num_images": 4,
                "output_format": "webp",
            },
        ),
    )

    prompt: Annotated[
        str, Prompt(label="Prompt", max_chars=4000, placeholder="What the picture should show")
    ]
    image_urls: Annotated[
        tuple[str, ...],
        ImageRefs(label="Reference images", help=IMAGE_HELP, min_items=1, max_items=10),
    ]
    aspect_ratio: Annotated[
        Literal["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16"],
        Choice(label="Aspect ratio"),
    ] = "16:9"
    resolution: Annotated[Literal["1K", "2K"], Choice(label="Resolution")] = "1K"
    num_images: Annotated[int, Count(label="Number of images", minimum=1, maximum=9)] = 1
    output_format: Annotated[
        Literal["jpeg", "png", "webp"], Choice(label="File format", advanced=True)
    ] = "png"
    provider: Route = "auto"
