"""From the media of a request to files on disk, checked against Kling's own limits.

Pictures: JPEG or PNG, at most 10 MB, each side at least 300 px, width to height from 1:2.5 to
2.5:1. Video: MP4 or MOV, 3 to 10 s, each side 720 to 2160 px, 24 to 60 frames a second, at most
200 MB.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from components.errors import PlaygroundError
from components.media.clips.encoding import VideoFacts, video_facts
from components.media.download.addresses import host_of
from components.media.download.fetch import download
from components.media.download.timeouts import DownloadTimeouts
from components.media.drawing.canvas import picture_facts
from components.sandbox.http.request_body import RequestBody
from components.sandbox.http.responses import ApiError
from components.sandbox.validation.request_bodies import GenerationRequest


@dataclass(frozen=True)
class Bounds:
    """How large a file may be and how long its download may take."""

    size_bytes: int
    time_s: float


# An address that leads nowhere is given up after about 10 s; a long video may take its time.
_PICTURE_BOUNDS = Bounds(10 * 1000 * 1000, 10.0)
_VIDEO_BOUNDS = Bounds(200 * 1000 * 1000, 30.0)


class MediaRefused(Exception):
    """A picture or video cannot be used; `name` is the provider's short name of the reason."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


@dataclass(frozen=True)
class ReferenceFiles:
    """The files of a request, in the order of its references."""

    images: tuple[Path, ...]
    elements: tuple[tuple[Path, ...], ...]
    video: Path | None
    video_facts: VideoFacts | None


def unpack(request: GenerationRequest, body: RequestBody, folder: Path) -> None:
    """Write the data URIs of `request` into `folder`, where `gather` looks for them.

    Raises `ApiError` 400 naming the field when one is not base64.
    """
    for source in request.media():
        target = _place(source, folder)
        if source[:5].lower() == "data:" and not target.exists():
            try:
                with target.open("wb") as file:
                    file.writelines(body.data_uri_bytes(source))
            except ValueError as error:
                name = request.field_of(source)
                raise ApiError(
                    400, f"Body validation error: {name}: Expected base64 data, received other text"
                ) from error


def gather(request: GenerationRequest, folder: Path, plain_hosts: frozenset[str]) -> ReferenceFiles:
    """Download what `folder` does not hold yet, check everything and return it.

    Raises `MediaRefused`; its message names the field.
    """
    files = {source: _place(source, folder) for source in request.media()}
    facts: VideoFacts | None = None
    for source, path in files.items():
        try:
            if source == request.video:
                _fetch(source, path, _VIDEO_BOUNDS, plain_hosts)
                facts = _check_video(path)
            else:
                _fetch(source, path, _PICTURE_BOUNDS, plain_hosts)
                _check_picture(path)
        except MediaRefused as refusal:
            message = f"{request.field_of(source)}: {refusal}"
            raise MediaRefused(refusal.name, message) from refusal
    return ReferenceFiles(
        images=tuple(files[source] for source in request.images),
        elements=tuple(
            tuple(files[source] for source in (element.frontal, *element.others))
            for element in request.elements
        ),
        video=files[request.video] if request.video else None,
        video_facts=facts,
    )


def _place(source: str, folder: Path) -> Path:
    return folder / f"{hashlib.sha256(source.encode()).hexdigest()[:24]}.part"


def _fetch(source: str, target: Path, bounds: Bounds, hosts: frozenset[str]) -> None:
    if target.exists():
        return
    try:
        download(
            source,
            target,
            max_size_bytes=bounds.size_bytes,
            allowed_hosts=hosts,
            patience=DownloadTimeouts(total_s=bounds.time_s),
        )
    except PlaygroundError as error:
        raise MediaRefused(
            "FILE_UNREACHABLE", f"The file at {host_of(source)} cannot be read. {error.message}"
        ) from error


def _check_picture(path: Path) -> None:
    try:
        facts = picture_facts(path)
    except PlaygroundError as error:
        raise MediaRefused("IMAGE_UNREADABLE", "The image cannot be decoded.") from error
    if facts.format not in ("JPEG", "MPO", "PNG"):
        raise MediaRefused("IMAGE_FORMAT", f"The image is {facts.format}; use JPEG or PNG.")
    if path.stat().st_size > _PICTURE_BOUNDS.size_bytes:
        raise MediaRefused("IMAGE_TOO_LARGE", "The image is larger than 10 MB.")
    if min(facts.width_px, facts.height_px) < 300:
        raise MediaRefused("IMAGE_TOO_SMALL", "Each side of the image must be at least 300 px.")
    if not 0.4 <= facts.width_px / facts.height_px <= 2.5:
        raise MediaRefused("IMAGE_RATIO", "The image must be between 1:2.5 and 2.5:1.")


def _check_video(path: Path) -> VideoFacts:
    try:
        facts = video_facts(path)
    except PlaygroundError as error:
        raise MediaRefused("VIDEO_UNREADABLE", "The video cannot be decoded.") from error
    if "mp4" not in facts.container:
        raise MediaRefused("VIDEO_FORMAT", "The video must be an MP4 or MOV file.")
    if path.stat().st_size > _VIDEO_BOUNDS.size_bytes:
        raise MediaRefused("VIDEO_TOO_LARGE", "The video is larger than 200 MB.")
    # A few frames more or less than the stated length are normal at the edges of a file.
    if not 2.9 <= facts.duration_s <= 10.15:
        raise MediaRefused("VIDEO_LENGTH", "The video must be 3 to 10 s long.")
    if min(facts.width_px, facts.height_px) < 720 or max(facts.width_px, facts.height_px) > 2160:
        raise MediaRefused("VIDEO_SIZE", "Each side of the video must be 720 to 2160 px.")
    if not 23.9 <= facts.frames_per_s <= 60.1:
        raise MediaRefused("VIDEO_RATE", "The video must have 24 to 60 frames a second.")
    return facts
