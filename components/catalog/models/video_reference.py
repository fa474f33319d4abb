"""The Kling O1 model "Video reference": fields, limits and defaults are its published schema."""

from typing import Annotated

from components.catalog.fields import ImageRefs
from components.catalog.kling_fields import (
    FOX,
    IMAGE_HELP,
    Duration,
    ElementList,
    KeepAudio,
    Route,
    SourceVideo,
    VideoPrompt,
    VideoRatio,
)
from components.catalog.price_hint import Rate
from components.catalog.request import Example, ModelRequest


class VideoReference(ModelRequest):
    """A new video that follows a given one."""

    model_id = "klingai/video-o1-video-to-video-reference"
    api_name = "video_reference"
    title = "Video reference"
    tab_order = 50
    purpose = "Film something new with the motion, camera or style of a video; or its next shot."
    output = "video"
    expected_duration_s = 203.0
    price_hint = (
        Rate("second", 0.2184, when={"duration": 5, "keep_audio": False}),
        Rate("second", 0.2366, when={"duration": 5, "keep_audio": True}),
        Rate("second", 0.2002, when={"duration": 10, "keep_audio": False}),
        Rate("second", 0.2184, when={"duration": 10, "keep_audio": True}),
    )
    openings = {  # noqa: RUF012  pydantic leaves a class variable of the base as it is
        "next shot": "Based on @Video1, show the next shot: ",
        "previous shot": "Based on @Video1, show the previous shot: ",
    }
    examples = (
        Example(
            "Same movement, other style",
            "style.jpg",
            {
                "prompt": "Film the movement of @Video1 in the print style of @Image1.",
                "video_url": "clip.mp4",
                "image_list": ["style.jpg"],
            },
        ),
        Example(
            "The next shot, upright",
            "character-right.jpg",
            {
                "prompt": "The shot after @Video1: a close-up of @Element1 arriving, out of breath "
                "and happy.",
                "video_url": "clip.mp4",
                "elements": [FOX],
                "aspect_ratio": "9:16",
                "keep_audio": True,
            },
        ),
    )

    prompt: VideoPrompt
    video_url: SourceVideo
    image_list: Annotated[
        tuple[str, ...],
        ImageRefs(label="Reference images", help=IMAGE_HELP, min_items=1, max_items=4),
    ] = ()
    elements: ElementList = ()
    aspect_ratio: VideoRatio = "16:9"
    duration: Duration = 5
    keep_audio: KeepAudio = False
    provider: Route = "auto"
