"""From a request and its files to finished pictures and videos that show every parameter.

The same request gives the same result; each frame carries a caption and the word SANDBOX.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from components.media.clips.encoding import VideoFacts, VideoWriter
from components.media.drawing import canvas
from components.media.drawing.canvas import Colour, Picture
from components.media.drawing.lettering import Caption, Stamp, caption, label, put, watermark
from components.media.drawing.planes import Planes, PlaneStamp, planes_of, stamped
from components.media.drawing.planes import put as put_on_planes
from components.sandbox.rendering import scenes
from components.sandbox.rendering.collage import TINTS, collage, element_stage, picture_stage
from components.sandbox.rendering.reference_files import ReferenceFiles
from components.sandbox.validation.request_bodies import GenerationRequest

Size = tuple[int, int]

_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}


def pictures(
    request: GenerationRequest, media: ReferenceFiles, stem: Path, long_side_px: int
) -> tuple[Path, ...]:
    """Make the pictures of an image request as `stem` plus a number; "1K" is `long_side_px`."""
    size_px = picture_size(request, long_side_px)
    references = [canvas.open_picture(path) for path in media.images]
    paths = []
    for number in range(request.num_images):
        picture = collage(references, size_px, _seed(request) + number)
        put(picture, [caption(size_px, _picture_caption(request, number)), watermark(size_px)])
        path = stem.with_name(f"{stem.name}-{number + 1}{_SUFFIXES[request.output_format]}")
        canvas.save_picture(picture, path, request.output_format)
        paths.append(path)
    return tuple(paths)


def video(
    request: GenerationRequest, media: ReferenceFiles, stem: Path, short_side_px: int
) -> Path:
    """Make the video of a request as `stem` plus ".mp4"."""
    path = stem.with_name(f"{stem.name}.mp4")
    size_px = video_size(request, media, short_side_px)
    sound = media.video if request.keep_audio else None
    lettering = [caption(size_px, _video_caption(request, media)), watermark(size_px)]
    stamps = [stamped(stamp) for stamp in (*_inset(request, media, size_px), *lettering)]
    labels: dict[str, PlaneStamp] = {}
    with VideoWriter(path, size_px, sound_from=sound) as writer:
        for planes, name in _frames(request, media, size_px):
            if name and name not in labels:
                labels[name] = stamped(label(size_px, name))
            writer.write(put_on_planes(planes, [*stamps, *([labels[name]] if name else [])]))
    return path


def picture_size(request: GenerationRequest, long_side_px: int) -> Size:
    """Return the size in pixels of the pictures asked for."""
    long_px = long_side_px * (2 if request.resolution == "2K" else 1)
    width, height = _ratio(request)
    scale = long_px / max(width, height)
    return round(width * scale), round(height * scale)


def video_size(request: GenerationRequest, media: ReferenceFiles, short_side_px: int) -> Size:
    """Return the size in pixels of the video asked for, in even numbers.

    With a first frame it follows its ratio; an edit keeps the size of its source, up to
    `short_side_px` for the shorter side.
    """
    if request.scene == "edit" and media.video_facts:
        facts = media.video_facts
        scale = min(1.0, short_side_px / min(facts.width_px, facts.height_px))
        return _even(facts.width_px * scale), _even(facts.height_px * scale)
    if request.scene == "frames":
        facts_of_first = canvas.picture_facts(media.images[0])
        width, height = facts_of_first.upright_px
    else:
        width, height = _ratio(request)
    # A square has the same area as a wide frame, not the same shorter side.
    scale = short_side_px / min(width, height)
    if width == height:
        scale *= 4 / 3
    return _even(width * scale), _even(height * scale)


def _frames(
    request: GenerationRequest, media: ReferenceFiles, size_px: Size
) -> Iterator[tuple[Planes, str]]:
    if request.scene == "journey":
        yield from scenes.journey(_shots(request, media, size_px), size_px, request.duration_s)
        return
    moving: Iterator[Planes]
    if media.video is None or media.video_facts is None:
        first, *last = (canvas.open_picture(path) for path in media.images)
        moving = scenes.between(first, last[0] if last else None, size_px, request.duration_s)
    else:
        tint = _tint(request, media)
        moving = _over_source(request, media.video, media.video_facts, tint, size_px)
    for planes in moving:
        yield planes, ""


def _over_source(
    request: GenerationRequest, source: Path, facts: VideoFacts, tint: Colour, size_px: Size
) -> Iterator[Planes]:
    if request.scene == "edit":
        return scenes.regraded(source, tint, size_px, facts.duration_s)
    return scenes.restaged(source, tint, size_px, request.duration_s)


def _shots(request: GenerationRequest, media: ReferenceFiles, size_px: Size) -> list[scenes.Shot]:
    stage_px = scenes.stage_size(size_px)
    seed = _seed(request)
    shots = [
        _shot(
            picture_stage(canvas.open_picture(path), stage_px, seed + index), f"Image {index + 1}"
        )
        for index, path in enumerate(media.images)
    ]
    for index, views in enumerate(media.elements):
        opened = [canvas.open_picture(path) for path in views]
        stage = element_stage(opened, stage_px, seed + index)
        shots.append(_shot(stage, f"Element {index + 1}"))
    if not shots:
        first, second = TINTS[seed % len(TINTS)], TINTS[(seed + 3) % len(TINTS)]
        shots.append(_shot(canvas.gradient(*stage_px, first, second), "Prompt only"))
    return shots


def _shot(stage: Picture, name: str) -> scenes.Shot:
    return scenes.Shot(planes_of(stage), name)


def _inset(request: GenerationRequest, media: ReferenceFiles, size_px: Size) -> list[Stamp]:
    """Return the references beside a source video as small cards down the right edge."""
    paths = [*media.images, *(views[0] for views in media.elements)]
    if not paths or not request.video:
        return []
    side_px = round(min(size_px) * 0.17)
    step_px = round(side_px * 1.12)
    layer = canvas.clear(round(side_px * 1.3), step_px * len(paths) + side_px // 4)
    for index, path in enumerate(paths):
        face = canvas.card(canvas.open_picture(path, longest_side_px=512), side_px, side_px)
        centre = (layer.width // 2, side_px // 2 + side_px // 10 + index * step_px)
        canvas.place(layer, face, centre)
    return [Stamp(layer, (size_px[0] - layer.width, round(min(size_px) * 0.115)))]


def _tint(request: GenerationRequest, media: ReferenceFiles) -> Colour:
    """Return the colour of the first reference; without one, a colour of the prompt."""
    paths = [*media.images, *(views[0] for views in media.elements)]
    if paths:
        return canvas.average_colour(canvas.open_picture(paths[0], longest_side_px=64))
    return TINTS[_seed(request) % len(TINTS)]


def _picture_caption(request: GenerationRequest, number: int) -> Caption:
    details = [
        _short_model(request),
        request.aspect_ratio,
        request.resolution,
        request.output_format,
    ]
    details.append(f"picture {number + 1} of {request.num_images}")
    return Caption(request.prompt, _joined(request, details))


def _video_caption(request: GenerationRequest, media: ReferenceFiles) -> Caption:
    details = [_short_model(request)]
    if media.video_facts and request.scene == "edit":
        details.append(f"{media.video_facts.duration_s:.1f} s")
    elif request.scene == "frames":
        frames = "first and last frame" if len(media.images) > 1 else "first frame"
        details += [frames, f"{request.duration_s} s"]
    else:
        details += [request.aspect_ratio, f"{request.duration_s} s"]
    if media.video:
        details.append("sound kept" if request.keep_audio else "no sound")
    return Caption(request.prompt, _joined(request, details))


def _joined(request: GenerationRequest, details: list[str]) -> str:
    details += [f"{name} {value}" for name, value in request.options.items()]
    if request.provider != "auto":
        details.append(f"provider {request.provider}")
    return "  ·  ".join(details)


def _short_model(request: GenerationRequest) -> str:
    return request.model.partition("/")[2]


def _ratio(request: GenerationRequest) -> tuple[int, int]:
    width, _, height = request.aspect_ratio.partition(":")
    return int(width), int(height)


def _even(length_px: float) -> int:
    return max(16, 2 * round(length_px / 2))


def _seed(request: GenerationRequest) -> int:
    written = f"{request.model}\n{request.prompt}"
    return hashlib.sha256(written.encode()).digest()[0]
