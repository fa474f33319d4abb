"""The five Kling O1 models, in tab order.

Fields, limits and defaults are the provider's published schema of each model; the expected
durations are the ones of the provider's own samples.
"""

from typing import Annotated, Literal

from components.catalog.fields import Choice, Count, ImageRef, ImageRefs, Prompt
from components.catalog.kling_fields import (
    IMAGE_HELP,
    Duration,
    ElementList,
    KeepAudio,
    Route,
    SourceVideo,
    VideoPrompt,
    VideoRatio,
)
from components.catalog.request import Example, ModelRequest

FOX = {
    "frontal_image_url": "character-front.jpg",
    "reference_image_urls": ["character-left.jpg", "character-right.jpg", "character-back.jpg"],
}
CAMERA = {
    "frontal_image_url": "object-front.jpg",
    "reference_image_urls": ["object-side.jpg", "object-top.jpg"],
}


class ImageO1(ModelRequest):
    """Pictures from a prompt and reference pictures."""

    model_id = "klingai/image-o1"
    api_name = "image_o1"
    title = "Image"
    purpose = "Edit a picture, or combine up to ten, by describing the result."
    output = "image"
    expected_duration_s = 25.0
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


class ReferenceToVideo(ModelRequest):
    """A video with given characters, objects and places."""

    model_id = "klingai/video-o1-reference-to-video"
    api_name = "reference_to_video"
    title = "Reference to video"
    purpose = "Film the characters, objects and places of your pictures."
    output = "video"
    expected_duration_s = 126.0
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


class ImageToVideo(ModelRequest):
    """A video that starts with a given picture."""

    model_id = "klingai/video-o1-image-to-video"
    api_name = "image_to_video"
    title = "Image to video"
    purpose = "Bring a picture to life, or film the way from a first frame to a last one."
    output = "video"
    expected_duration_s = 79.0
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


class VideoEdit(ModelRequest):
    """A given video, changed as described."""

    model_id = "klingai/video-o1-video-to-video-edit"
    api_name = "video_edit"
    title = "Edit video"
    purpose = "Change what is in a video: swap, add, remove, restyle. The length stays."
    output = "video"
    expected_duration_s = 235.0
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


class VideoReference(ModelRequest):
    """A new video that follows a given one."""

    model_id = "klingai/video-o1-video-to-video-reference"
    api_name = "video_reference"
    title = "Video reference"
    purpose = "Film something new with the motion, camera or style of a video; or its next shot."
    output = "video"
    expected_duration_s = 203.0
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


MODELS: tuple[type[ModelRequest], ...] = (
    ImageO1,
    ReferenceToVideo,
    ImageToVideo,
    VideoEdit,
    VideoReference,
)


def model_by_id(model_id: str) -> type[ModelRequest]:
    """The request class of a model; raises `KeyError` for an unknown id."""
    return {model.model_id: model for model in MODELS}[model_id]
