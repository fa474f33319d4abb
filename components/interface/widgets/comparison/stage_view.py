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


def stage_html(panes: Sequence[StagePane], name: str = "compare") -> Markup:
    """Draw the stage of one or more panes; `name` keeps the controls of several stages apart."""
    kinds = {pane.kind for pane in panes}
    ratios = [pane.width_px / pane.height_px for pane in panes]
    return render(
        "stage.html",
        panes=panes,
        name=name,
        kind=next(iter(kinds)) if len(kinds) == 1 else "mixed",
        has_clips="video" in kinds,
        sounding=[pane.letter for pane in panes if pane.has_sound],
        is_alike=max(ratios) < SAME_SHAPE * min(ratios),
    )
