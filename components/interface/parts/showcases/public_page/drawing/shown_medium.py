"""A picture or clip as the page shows it: its addresses, its measures, its words."""

import hashlib
from dataclasses import dataclass

from components.interface.widgets.comparison.stage_view import StagePane
from components.media.renditions.pictures import widths_for
from components.showcases.showcase import ShownMedium

_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
_USUAL_PX, _STAGE_PX = 960, 1920
_FEWER = 2
"""Every other width, the largest among them, for what few browsers still need: addresses are most
of the page's bytes."""
_SHAPES = ((0.65, "slim"), (0.9, "tall"), (1.25, "square"))
"""Up to which ratio of width to height something has which shape; beyond, it is wide."""


@dataclass(frozen=True)
class MediumView:
    """One of a showcase; `folder` is where its files are found."""

    medium: ShownMedium
    side: int
    folder: str
    alt: str
    has_download: bool

    @property
    def shape(self) -> str:
        """How tall it is, in a word."""
        ratio = self.medium.width_px / max(1, self.medium.height_px)
        return next((name for most, name in _SHAPES if ratio < most), "wide")

    @property
    def sources(self) -> list[tuple[str, str]]:
        """The `type` and `srcset` of each coding, those that are smallest first."""
        steps = {"avif": 1, "webp": _FEWER}
        return [(_TYPES[coding], self._srcset(coding, step)) for coding, step in steps.items()]

    @property
    def srcset(self) -> str:
        """For a browser that knows none of the others."""
        return self._srcset("jpg", _FEWER)

    @property
    def picture(self) -> str:
        """One picture for where there is no choice."""
        return self.at(f"{self._width(_USUAL_PX)}.jpg")

    @property
    def poster(self) -> str:
        """What a clip shows first."""
        return self.at(f"{self._width(_STAGE_PX)}.jpg")

    @property
    def clip(self) -> str:
        """The clip."""
        return self.at("clip.mp4")

    @property
    def download(self) -> str:
        """The file to be kept."""
        return self.at("download")

    def pane(self, letter: str) -> StagePane:
        """It as a side of a stage."""
        medium = self.medium
        return StagePane(
            letter=letter,
            label=medium.label,
            kind=medium.kind,
            url=self.clip if medium.is_clip else self.at(f"{self._width(_STAGE_PX)}.webp"),
            width_px=medium.width_px,
            height_px=medium.height_px,
            frames_per_s=medium.frames_per_s,
            has_sound=medium.has_sound,
            poster=self.poster if medium.is_clip else "",
        )

    def at(self, what: str) -> str:
        """An address that is another one for another file, as browsers keep what they got."""
        digest = hashlib.sha256(self.medium.name.encode()).hexdigest()[:8]
        return f"{self.folder}/{self.side}/{what}?v={digest}"

    def _srcset(self, coding: str, step: int) -> str:
        widths = widths_for(self.medium.width_px)[::-step][::-1]
        return ", ".join(f"{self.at(f'{it}.{coding}')} {it}w" for it in widths)

    def _width(self, wanted_px: int) -> int:
        widths = widths_for(self.medium.width_px)
        return next((it for it in widths if it >= wanted_px), widths[-1])
