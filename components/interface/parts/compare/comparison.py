"""What stands side by side: the sides of a comparison, each with all that it could show."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from components.catalog import Catalog
from components.errors import PlaygroundError, RunNotFound
from components.interface.parts.feed.card.run_media import (
    FIRST_RESULT,
    FIRST_SOURCE,
    Medium,
    media_of,
)
from components.interface.parts.feed.card.run_words import status_words
from components.media.clips.encoding import video_facts
from components.media.drawing.canvas import picture_facts
from components.media.store.media_store import MediaStore, name_of
from components.runs.run import Run, Status

LETTERS = "ABCDEF"
SOURCE_LETTER = "S"
"""The source of a run that stands alone: nobody chose it, so it takes no letter from who is."""
MOST_SIDES = len(LETTERS)
"""More would be too small to see, and too many clips to keep in step."""
SAME_LENGTH_S = 0.1
"""A container counts its sound too, which ends up to this much after the picture."""
_SPEC = re.compile(r"([\w-]{1,64})(?:~(s?\d{1,2}))?", re.ASCII)


@dataclass(frozen=True)
class FileFacts:
    """What a player must know of a file before the browser has read it; a picture has no rate."""

    width_px: int
    height_px: int
    length_s: float = 0.0
    frames_per_s: float = 0.0
    has_sound: bool = False


@dataclass(frozen=True)
class Pane:
    """What a side shows."""

    medium: Medium
    facts: FileFacts


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a comparison, as a link names it; `sentence` says why it shows nothing."""

    letter: str
    spec: str
    run: Run | None = None
    media: tuple[Medium, ...] = ()
    pane: Pane | None = None
    sentence: str = ""


@dataclass(frozen=True)
class Comparison:
    """The sides in order, and what is to be said about them as a whole."""

    sides: tuple[Side, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def panes(self) -> dict[str, Pane]:
        """What is shown, by letter."""
        return {side.letter: side.pane for side in self.sides if side.pane}

    @property
    def runs(self) -> dict[str, Run]:
        """Each run once, by the letter of the first side it is on."""
        first: dict[str, Side] = {}
        for side in sorted(self.sides, key=lambda it: it.letter == SOURCE_LETTER):
            if side.run:
                first.setdefault(side.run.id, side)
        return {side.letter: side.run for side in first.values() if side.run}


@dataclass(frozen=True)
class Comparer:
    """Makes comparisons of what is kept here; `find` returns a run or raises `RunNotFound`."""

    find: Callable[[str], Run]
    media: MediaStore
    catalog: Catalog

    def compare(self, specs: Sequence[str]) -> Comparison:
        """Put runs side by side.

        A spec is a run's id, and after a "~" which of its media is meant. A run all by itself
        stands against its source, else its results against each other.
        """
        asked = list(specs)
        said: list[str] = []
        if len(asked) == 1:
            asked, said = self._alone(asked[0])
        if len(asked) > MOST_SIDES:
            said.append(f"At most {MOST_SIDES} can be compared at once; the others are left out.")
        has_source = len(specs) == 1 and len(asked) > 1 and asked[0].endswith(FIRST_SOURCE)
        letters = SOURCE_LETTER + LETTERS if has_source else LETTERS
        sides = tuple(
            self._side(letter, spec) for letter, spec in zip(letters, asked, strict=False)
        )
        panes = {side.letter: side.pane for side in sides if side.pane}
        return Comparison(sides, (*said, *_remarks(panes)))

    def _alone(self, spec: str) -> tuple[list[str], list[str]]:
        """The sides that a single run has, and what is to be said where it has but one."""
        side = self._side(LETTERS[0], spec)
        here = {it.pick for it in side.media if it.url}
        for pair in ((FIRST_SOURCE, FIRST_RESULT), ("1", "2")):
            if here.issuperset(pair) and "~" not in spec:
                return [f"{spec}~{pick}" for pick in pair], []
        advice = "Choose another run to compare it with."
        away = next((it for it in side.media if not it.url), None)
        return [spec], [f"{away.elsewhere} {advice}" if away else advice]

    def _side(self, letter: str, spec: str) -> Side:
        side = Side(letter=letter, spec=spec)
        parsed = _SPEC.fullmatch(spec)
        run = self._run(parsed[1]) if parsed else None
        if parsed is None or run is None:
            return replace(side, sentence="This run was deleted, or was never kept here.")
        media = media_of(run, self.catalog.by_id(run.model))
        wanted = parsed[2] or FIRST_RESULT
        medium = next((it for it in media if it.pick == wanted), None)
        facts = self._facts(medium) if medium else None
        return replace(
            side,
            run=run,
            media=media,
            pane=Pane(medium, facts) if medium and facts else None,
            sentence="" if facts else self._why_nothing(run, medium),
        )

    def _run(self, run_id: str) -> Run | None:
        try:
            return self.find(run_id)
        except RunNotFound:
            return None

    def _why_nothing(self, run: Run, medium: Medium | None) -> str:
        if medium:
            return "Its file is not kept here any more." if medium.url else medium.elsewhere
        if not run.status.is_final:
            label = status_words(run, self.catalog).label
            return f"{label}: its result appears here when it is there."
        if run.status is Status.DONE:
            return "It has no such picture or video."
        return f"It has no result. {run.error}".strip()

    def _facts(self, medium: Medium) -> FileFacts | None:
        try:
            path = self.media.path(name_of(medium.url))
            if medium.kind == "image":
                return FileFacts(*picture_facts(path).upright_px)
            facts = video_facts(path)
        except PlaygroundError:
            return None
        return FileFacts(
            width_px=facts.width_px,
            height_px=facts.height_px,
            length_s=facts.duration_s,
            frames_per_s=facts.frames_per_s,
            has_sound=facts.has_audio,
        )


def _remarks(panes: dict[str, Pane]) -> list[str]:
    """What is unlike between the sides and therefore shown in another way."""
    said = []
    if len({pane.medium.kind for pane in panes.values()}) > 1:
        said.append(
            "A picture and a video cannot be laid over each other: they stand side by side."
        )
    lengths_s = {letter: it.facts.length_s for letter, it in panes.items() if it.facts.frames_per_s}
    if lengths_s and max(lengths_s.values()) - min(lengths_s.values()) > SAME_LENGTH_S:
        each = ", ".join(f"{letter} {length_s:.1f} s" for letter, length_s in lengths_s.items())
        said.append(f"Their lengths differ ({each}): a shorter one waits on its last frame.")
    return said
