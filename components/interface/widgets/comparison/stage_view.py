"""The stage as HTML: pictures or clips under one slider or side by side, with their controls."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from components.interface.widgets.templating import render

SAME_SHAPE = 1.1
"""Pictures whose ratios differ by more say little under a slider: they start side by side."""


@dataclass(frozen=True)
class StagePane:
    """A picture or clip that stands under a letter; a picture has no rate.

    `kind` is "image" or "video", `poster` what a clip shows until it plays.
    """

    letter: str
    label: str
    kind: str
    url: str
    width_px: int
    height_px: int
    frames_per_s: float = 0.0
    has_sound: bool = False
    poster: str = ""

    @property
    def ratio(self) -> str:
        """Its width by its height, as CSS takes it."""
        return f"{self.width_px / self.height_px:.4f}"


@dataclass(frozen=True)
class Stage:
    """The panes that stand together, in order, and what they have in common; there may be none."""

    panes: Sequence[StagePane] = ()

    @property
    def kind(self) -> str:
        """What all of them are, "image" or "video"; "mixed" where they differ."""
        kinds = {pane.kind for pane in self.panes}
        return kinds.pop() if len(kinds) == 1 else "mixed"

    @property
    def has_clips(self) -> bool:
        """Whether there is something to play."""
        return any(pane.kind == "video" for pane in self.panes)

    @property
    def sounding(self) -> list[str]:
        """The letters of those that can be heard."""
        return [pane.letter for pane in self.panes if pane.has_sound]

    @property
    def is_alike(self) -> bool:
        """Whether their shapes are alike enough for a slider."""
        ratios = [pane.width_px / pane.height_px for pane in self.panes]
        return max(ratios) < SAME_SHAPE * min(ratios)

    def html(self, name: str = "compare") -> Markup:
        """Draw it, "" without panes; `name` keeps the controls of several stages apart."""
        if not self.panes:
            return Markup()
        return render(
            "stage.html",
            panes=self.panes,
            name=name,
            kind=self.kind,
            has_clips=self.has_clips,
            sounding=self.sounding,
            is_alike=self.is_alike,
        )
