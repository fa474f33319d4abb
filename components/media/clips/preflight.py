"""A clip is looked at and, where it breaks a limit, repaired with the least change."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from components.errors import MediaRejected
from components.media.clips.inspection import VideoInfo, inspect_video
from components.media.clips.limits import (
    DEFAULT_LIMITS,
    VideoLimits,
    check_video,
    require_length,
    video_checks,
)
from components.media.clips.repair import copy_clip, encode_clip
from components.media.clips.repair_plan import clip_changes, needs_work, plan_clip
from components.media.formats.wording import file_label
from components.media.report import (
    Cancelled,
    ClipChoices,
    Preflight,
    Progress,
    ignore,
    never,
)

_DEFAULT_CHOICES = ClipChoices()


def preflight_video(
    path: Path,
    folder: Path,
    choices: ClipChoices = _DEFAULT_CHOICES,
    limits: VideoLimits = DEFAULT_LIMITS,
    *,
    progress: Progress = ignore,
    cancelled: Cancelled = never,
) -> Preflight:
    """Look at a clip and return one the models take: itself, or a repaired MP4 in `folder`.

    `progress` goes from 0 to 1. Raises `MediaRejected` for what is beyond repair: no clip, a
    damaged one, or one shorter than 3 s; `RepairCancelled` and `DiskFull`.
    """
    name = file_label(path)
    before = inspect_video(path)
    require_length(before, limits, name)
    checks = video_checks(before, limits)
    plan = plan_clip(before, choices, limits)
    if not needs_work(before, plan, limits):
        return Preflight("video", path, path, before, before, checks, ())
    ready = folder / "repaired.mp4"
    after: VideoInfo | None = None
    if plan.keeps_picture:
        with suppress(MediaRejected):
            copy_clip(path, ready, plan, progress=progress, cancelled=cancelled)
            after = _checked(ready, limits)
    if after is None:
        plan = replace(plan, keeps_picture=False)
        encode_clip(path, ready, plan, progress=progress, cancelled=cancelled)
        after = _checked(ready, limits, name)
    return Preflight(
        kind="video",
        source=path,
        path=ready,
        before=before,
        after=after,
        checks=checks,
        changes=clip_changes(before, after, plan),
    )


def _checked(ready: Path, limits: VideoLimits, name: str = "") -> VideoInfo:
    """Describe what was written. Raises `MediaRejected` where it still breaks a limit."""
    after = inspect_video(ready)
    check_video(after, limits, name)
    if not all(check.holds for check in video_checks(after, limits)):
        raise MediaRejected(f"{name} cannot be repaired; export it again as an ordinary MP4.")
    return after
