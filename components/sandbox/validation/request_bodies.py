"""The five models' request bodies, in the sandbox's own words, and the rules over several fields.

Limits are the provider's published schemas; the number of references is Kling's own: at most 7
without a video in the request, at most 4 with one, each element counting as one.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from components.sandbox.http.responses import ApiError
from components.sandbox.validation import checks
from components.sandbox.validation.checks import Breach, Check, Element, kind_of, shown

IMAGES_PATH = "/v1/images/generations"
VIDEOS_PATH = "/v2/video/generations"


@dataclass(frozen=True)
class GenerationRequest:
    """A checked request. Media are URLs or data URIs; for image-to-video, `images` holds the first
    frame and, if asked, the last."""

    model: str
    prompt: str
    images: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()
    video: str | None = None
    aspect_ratio: str = "16:9"
    duration_s: int = 5
    resolution: str = "1K"
    output_format: str = "png"
    num_images: int = 1
    keep_audio: bool = False
    provider: str = "auto"

    def media(self) -> Iterator[str]:
        """Yield every URL and data URI of the request."""
        yield from self.images
        for element in self.elements:
            yield element.frontal
            yield from element.others
        if self.video:
            yield self.video

    def field_of(self, source: str) -> str:
        """Return the published name of the field that `source` came in."""
        if source == self.video:
            return "video_url"
        if source not in self.images:
            return "elements"
        if self.model.endswith("image-to-video"):
            return _FRAMES[self.images.index(source)]
        return "image_urls" if self.model.endswith("image-o1") else "image_list"


@dataclass(frozen=True)
class ModelContract:
    """Where a model is served and what its body holds: required fields first, then the others."""

    path: str
    required: Mapping[str, Check]
    optional: Mapping[str, Check]
    max_references: int = 10


_IMAGE, _VIDEO = checks.media("image"), checks.media("video")
_PROMPT = checks.text(max_length=2500)
_ELEMENTS = checks.array(checks.element, low=0, high=4)
_VIDEO_RATIO = checks.one_of("16:9", "9:16", "1:1")
_DURATION = checks.seconds(5, 10)
_NAMES = {
    "image_urls": "images",
    "image_list": "images",
    "video_url": "video",
    "duration": "duration_s",
}
MOST_NAMED = 10
_LOG = logging.getLogger(__name__)
_FRAMES = ("image_url", "last_image_url")

MODELS: dict[str, ModelContract] = {
    "klingai/image-o1": ModelContract(
        IMAGES_PATH,
        {
            "prompt": checks.text(max_length=4000),
            "image_urls": checks.array(_IMAGE, low=1, high=10),
        },
        {
            "aspect_ratio": checks.one_of(
                "21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16"
            ),
            "resolution": checks.one_of("1K", "2K"),
            "output_format": checks.one_of("jpeg", "png", "webp"),
            "num_images": checks.whole_number(1, 9),
            "provider": checks.route,
        },
    ),
    "klingai/video-o1-reference-to-video": ModelContract(
        VIDEOS_PATH,
        {"prompt": _PROMPT},
        {
            "image_list": checks.array(_IMAGE, low=1, high=7),
            "elements": _ELEMENTS,
            "aspect_ratio": _VIDEO_RATIO,
            "duration": _DURATION,
            "provider": checks.route,
        },
        max_references=7,
    ),
    "klingai/video-o1-image-to-video": ModelContract(
        VIDEOS_PATH,
        {"prompt": _PROMPT, "image_url": _IMAGE},
        {"last_image_url": _IMAGE, "duration": _DURATION, "provider": checks.route},
        max_references=2,
    ),
    "klingai/video-o1-video-to-video-edit": ModelContract(
        VIDEOS_PATH,
        {"prompt": _PROMPT, "video_url": _VIDEO},
        {
            "image_list": checks.array(_IMAGE, low=1, high=7),
            "elements": _ELEMENTS,
            "keep_audio": checks.switch,
            "provider": checks.route,
        },
        max_references=4,
    ),
    "klingai/video-o1-video-to-video-reference": ModelContract(
        VIDEOS_PATH,
        {"prompt": _PROMPT, "video_url": _VIDEO},
        {
            "image_list": checks.array(_IMAGE, low=1, high=4),
            "aspect_ratio": _VIDEO_RATIO,
            "duration": _DURATION,
            "elements": _ELEMENTS,
            "keep_audio": checks.switch,
            "provider": checks.route,
        },
        max_references=4,
    ),
}


def read_order(body: object, path: str, plain_hosts: frozenset[str]) -> GenerationRequest:
    """Return the request in `body`, sent to `path`.

    `plain_hosts` are the "host:port" that media may be read from over plain HTTP. Raises `ApiError`
    400 naming every field that is wrong, or 404 when there is no such model at `path`.
    """
    if not isinstance(body, dict):
        raise ApiError(400, f"Body validation error: Expected object, received {kind_of(body)}")
    contract = _contract(body, path)
    _note_unknown(body, contract)
    problems: list[str] = []
    values: dict[str, object] = {}
    for name, check in {**contract.required, **contract.optional}.items():
        try:
            if name in body:
                values[name] = check(name, body[name])
            elif name in contract.required:
                problems.append(f"{name}: Required, received undefined")
        except Breach as breach:
            problems.append(str(breach))
    if not problems:
        request = _order(str(body["model"]), values)
        problems = _problems_together(request, contract, plain_hosts)
    if problems:
        raise ApiError(400, "Body validation error: " + "; ".join(problems))
    return request


def _note_unknown(body: Mapping[str, object], contract: ModelContract) -> None:
    """The provider passes over what a model does not have; whoever wonders why finds it here."""
    unknown = body.keys() - contract.required.keys() - contract.optional.keys() - {"model"}
    if unknown:
        names = ", ".join(shown(name) for name in sorted(unknown)[:MOST_NAMED])
        _LOG.warning("%s has no %s; passed over.", body["model"], names)


def _contract(body: Mapping[str, object], path: str) -> ModelContract:
    model = body.get("model")
    if not isinstance(model, str):
        wrong = kind_of(model) if "model" in body else "undefined"
        raise ApiError(400, f"Body validation error: model: Expected string, received {wrong}")
    contract = MODELS.get(model)
    if contract is None or contract.path != path:
        raise ApiError(404, f"Model {shown(model)} does not exist at {path}.")
    return contract


def _order(model: str, values: Mapping[str, object]) -> GenerationRequest:
    fields: dict[str, Any] = {_NAMES.get(name, name): value for name, value in values.items()}
    frames = [fields.pop(name) for name in _FRAMES if name in fields]
    if frames:
        fields["images"] = tuple(frames)
    return GenerationRequest(model=model, **fields)


def _problems_together(
    request: GenerationRequest, contract: ModelContract, plain_hosts: frozenset[str]
) -> list[str]:
    problems = []
    references = len(request.images) + len(request.elements)
    if references > contract.max_references:
        problems.append(
            "image_list, elements: Expected at most "
            f"{contract.max_references} references in all, received {references}"
        )
    for source in request.media():
        address = urlsplit(source[:2000])
        if address.scheme == "http" and address.netloc not in plain_hosts:
            problems.append(
                f"{request.field_of(source)}: Expected https URL, received {shown(source)}"
            )
    return problems
