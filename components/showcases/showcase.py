"""A showcase: an ordered set of results, with words around them. Plain values, no I/O."""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Self


class ItemKind(StrEnum):
    """What an item is; one line of meaning each."""

    RESULT = "result"
    """One picture or clip."""
    COMPARISON = "comparison"
    """Two to six pictures or clips against each other, the source of an edit among them."""
    PLAN = "plan"
    """The results of a plan, with the labels of its rows and columns."""
    TEXT = "text"
    """Words between the others."""


@dataclass(frozen=True)
class Shown:
    """What a showcase shows beside the results themselves."""

    prompt: bool = False
    settings: bool = False
    model: bool = True
    price: bool = False
    date: bool = False
    downloads: bool = False
    comments: bool = True
    verdicts: bool = True

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """What is kept; names of another day are left out."""
        known = {it.name for it in fields(cls)}
        return cls(**{name: bool(value) for name, value in values.items() if name in known})


@dataclass(frozen=True, kw_only=True)
class ShownMedium:
    """A picture or clip of an item: a file of the media store.

    `pick` names it in its run: "2" is the second result, "s1" the source. A picture lasts 0 s and
    has no rate. `row`, `column` and `group` are its place in the grid of a plan.
    """

    name: str
    kind: str
    run_id: str
    pick: str
    label: str
    width_px: int
    height_px: int
    duration_s: float = 0.0
    frames_per_s: float = 0.0
    has_sound: bool = False
    row: str = ""
    column: str = ""
    group: str = ""

    @property
    def spec(self) -> str:
        """What it is of its run: "run~pick"."""
        return f"{self.run_id}~{self.pick}"

    @property
    def is_clip(self) -> bool:
        """Whether it moves."""
        return self.kind == "video"


@dataclass(frozen=True, kw_only=True)
class ShownRun:
    """What is known of a run: `settings` are pairs of a field's label and its value in words.

    `created_at` is seconds since the epoch; `charged_usd` is None where it is not known.
    """

    run_id: str
    prompt: str
    model_title: str
    settings: tuple[tuple[str, str], ...]
    created_at: float
    charged_usd: float | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that is shown, under a caption; one of the kind `TEXT` has nothing but `text`."""

    id: str
    kind: ItemKind
    caption: str = ""
    text: str = ""
    media: tuple[ShownMedium, ...] = ()
    runs: tuple[ShownRun, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Showcase:
    """All of it, in order. Times are seconds since the epoch.

    `accent` is a colour as "#rrggbb" or "", `logo` a file of the media store or "", `cover_item`
    the id of the item that stands for it, or "" for the first that has a picture.
    """

    id: str
    title: str
    introduction: str = ""
    accent: str = ""
    logo: str = ""
    cover_item: str = ""
    shown: Shown = field(default_factory=Shown)
    items: tuple[Item, ...] = ()
    version: int = 0
    content_version: int = 0
    created_at: float = 0.0
    changed_at: float = 0.0

    @property
    def cover(self) -> ShownMedium | None:
        """What stands for it in a list and in the preview of a link."""
        pictured = [item for item in self.items if item.media]
        chosen = next((item for item in pictured if item.id == self.cover_item), None)
        item = chosen or next(iter(pictured), None)
        # Of a comparison, what came out of it, which stands last.
        return item.media[-1 if item.kind is ItemKind.COMPARISON else 0] if item else None

    def item(self, item_id: str) -> Item | None:
        """The item with this id."""
        return next((it for it in self.items if it.id == item_id), None)

    @property
    def media(self) -> tuple[ShownMedium, ...]:
        """Everything it shows, item by item."""
        return tuple(medium for item in self.items for medium in item.media)

    @property
    def names(self) -> frozenset[str]:
        """Every file it shows."""
        media = {medium.name for medium in self.media}
        return frozenset(media | ({self.logo} if self.logo else set()))


@dataclass(frozen=True, kw_only=True)
class ShowcaseSummary:
    """What a list shows of one; `comments` counts those that are not resolved."""

    id: str
    title: str
    changed_at: float
    items: int
    comments: int
    cover: ShownMedium | None
    is_shared: bool
