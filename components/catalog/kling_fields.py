"""What several Kling O1 models share: fields, and the subjects of their examples."""

from typing import Annotated, Literal

from components.catalog.fields import (
    Choice,
    Element,
    Elements,
    Prompt,
    Switch,
    VideoRef,
)

Route = Annotated[
    Literal["auto", "kling", "fal"],
    Choice(
        label="Provider route",
        help="auto tries Kling first, then fal; kling and fal use that route alone.",
        advanced=True,
        aliases={"klingai": "kling"},
    ),
]
VideoPrompt = Annotated[
    str,
    Prompt(
        label="Prompt", max_chars=2500, placeholder="What happens, to whom, and how it is filmed"
    ),
]
VideoRatio = Annotated[Literal["16:9", "9:16", "1:1"], Choice(label="Aspect ratio")]
Duration = Annotated[Literal[5, 10], Choice(label="Duration", unit="s")]
SourceVideo = Annotated[
    str,
    VideoRef(label="Source video", help="MP4 or MOV, 3 to 10 seconds, 720 to 2160 pixels a side."),
]
ElementList = Annotated[
    tuple[Element, ...],
    Elements(
        label="Elements",
        help="A character or object to keep recognisable: one front view, one to four others.",
        max_items=4,
    ),
]
KeepAudio = Annotated[
    bool, Switch(label="Keep audio", help="Carry the source video's sound over to the result.")
]
IMAGE_HELP = "JPEG or PNG up to 10 MB (other formats are converted), at least 300 pixels a side."
FOX = {
    "frontal_image_url": "character-front.jpg",
    "reference_image_urls": ["character-left.jpg", "character-right.jpg", "character-back.jpg"],
}
CAMERA = {
    "frontal_image_url": "object-front.jpg",
    "reference_image_urls": ["object-side.jpg", "object-top.jpg"],
}
