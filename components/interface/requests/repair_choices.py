"""What a user chose for the repair of a reference, as plain values and as the media room's own."""

import re
from collections.abc import Mapping
from typing import Any

from components.catalog.fields import MediaKind
from components.media.report import Choices, ClipChoices, ImageChoices

ChosenFor = Mapping[str, Mapping[str, Any]]
"""By a reference's identity: the choices that differ from the defaults."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def choices_of(kind: MediaKind, chosen: Mapping[str, Any] | None) -> Choices:
    """The choices for a repair; what is not offered falls back to the default."""
    wanted = chosen or {}
    if kind == "video":
        return ClipChoices(start_s=_seconds(wanted.get("start_s")))
    default = ImageChoices()
    colour = str(wanted.get("background", ""))
    return ImageChoices(
        background=colour if _COLOUR.fullmatch(colour) else default.background,
        beyond_ratio="crop" if wanted.get("beyond_ratio") == "crop" else "pad",
    )


def _seconds(value: Any) -> float:
    try:
        return min(max(0.0, float(value)), 24 * 3600.0)
    except (TypeError, ValueError):
        return 0.0
