"""The Kling O1 model "Image to video": fields, limits and defaults are its published schema."""

from typing import Annotated

from components.catalog.fields import ImageRef
from components.catalog.kling_fields import IMAGE_HELP, Duration, Route, VideoPrompt
from components.catalog.price_hint import Rate
from components.catalog.request import Example, ModelRequest


class ImageToVideo(ModelRequest):
    """A video that starts with a given picture."""

    model_id = "klingai/video-o1-image-to-video"
    api_name = "image_to_video"
    title = "Image to video"
    tab_order = 30
    purpose = "Bring a picture to life, or film the way from a first frame to a last one."
    output = "video"
    expected_duration_s = 79.0
    price_hint = (Rate("second", 0.1456),)
    examples = (
        Example(
            "From dusk to night",
            "place-night.jpg",
            {
                "prompt": "Time lapse: the sun sets, windows light up one by one, the lighthouse "
                "begins to turn. The camera stands still.",
                "image_url": "place.jpg",
                "last_image_url": "place-night.jpg",
            },
        ),
        Example(
            "The fox says hello",
            "character-front.jpg",
            {
                "prompt": "The fox blinks, tilts its head and waves; the scarf moves in the wind.",
                "image_url": "character-front.jpg",
            },
        ),
    )

    prompt: VideoPrompt
    image_url: Annotated[str, ImageRef(label="First frame", help=IMAGE_HELP)]
    last_image_url: Annotated[
        str | None, ImageRef(label="Last frame", help="Where the video should end.")
    ] = None
    duration: Duration = 5
    provider: Route = "auto"
