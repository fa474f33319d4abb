"""The Kling O1 model "Edit video": fields, limits and defaults are its published schema."""

from typing import Annotated

from components.catalog.fields import ImageRefs
from components.catalog.kling_fields import (
    CAMERA,
    IMAGE_HELP,
    ElementList,
    KeepAudio,
    Route,
    SourceVideo,
    VideoPrompt,
)
from components.catalog.price_hint import Rate
from components.catalog.request import Example, ModelRequest


class VideoEdit(ModelRequest):
    """A given video, changed as described."""

    model_id = "klingai/video-o1-video-to-video-edit"
    api_name = "video_edit"
    title = "Edit video"
    tab_order = 40
    purpose = "Change what is in a video: swap, add, remove, restyle. The length stays."
    output = "video"
    expected_duration_s = 235.0
    price_hint = (Rate("second", 0.2184),)
    examples = (
        Example(
            "Make it night, keep the sound",
            "place-night.jpg",
            {
                "prompt": "Turn @Video1 into a clear night with the light of @Image1. Everything "
                "else stays as it is.",
                "video_url": "clip.mp4",
                "image_list": ["place-night.jpg"],
                "keep_audio": True,
            },
        ),
        Example(
            "Give it a camera",
            "object-front.jpg",
            {
                "prompt": "The character in @Video1 carries @Element1 around its neck.",
                "video_url": "clip.mp4",
                "elements": [CAMERA],
            },
        ),
    )

    prompt: VideoPrompt
    video_url: SourceVideo
    image_list: Annotated[
        tuple[str, ...],
        ImageRefs(label="Reference images", help=IMAGE_HELP, min_items=1, max_items=7),
    ] = ()
    elements: ElementList = ()
    keep_audio: KeepAudio = False
    provider: Route = "auto"
