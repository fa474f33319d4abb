"""A showcase as the public page's template takes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from components.interface.parts.showcases.public_page.drawing.facts import RunFacts, facts_of
from components.interface.parts.showcases.public_page.drawing.shown_medium import MediumView
from components.interface.widgets.comparison.stage_view import Stage
from components.showcases.showcase import Item, ItemKind, Showcase

LETTERS = "ABCDEF"


@dataclass(frozen=True)
class GridView:
    """A group of a plan's grid: `rows` are a label and, under each column, a medium or None."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[MediumView | None, ...]], ...]

    @property
    def has_row_labels(self) -> bool:
        """Whether the rows are called anything."""
        return any(label for label, _ in self.rows)


@dataclass(frozen=True)
class ItemView:
    """An item with all that is drawn of it; `number` counts those that can be reviewed from 1."""

    item: Item
    number: int
    media: tuple[MediumView, ...]
    facts: tuple[RunFacts, ...]

    @property
    def kind(self) -> str:
        """What it is."""
        return str(self.item.kind)

    @property
    def name(self) -> str:
        """What it is called where nobody sees it."""
        first, *_ = self.item.caption.splitlines() or [""]
        return first or f"No. {self.number}"

    @property
    def has_clips(self) -> bool:
        """Whether something of it moves."""
        return any(it.medium.is_clip for it in self.media)

    @property
    def stage(self) -> Markup:
        """The sides under one slider, for browsers with scripts."""
        panes = [it.pane(letter) for it, letter in zip(self.media, LETTERS, strict=False)]
        return Stage(panes).html(f"stage-{self.item.id}")

    @property
    def grids(self) -> list[GridView]:
        """The groups of a plan, in the order of their first results."""
        groups = dict.fromkeys(it.medium.group for it in self.media)
        return [
            _grid(name, [it for it in self.media if it.medium.group == name]) for name in groups
        ]


def items_of(showcase: Showcase, path: str) -> list[ItemView]:
    """All of it; `path` is the page's address."""
    views: list[ItemView] = []
    number = 0
    for item in showcase.items:
        number += item.kind is not ItemKind.TEXT
        views.append(_view(showcase, item, number, path))
    return [it for it in views if it.media or it.item.text]


def paragraphs(text: str) -> list[str]:
    """Text as it was set: paragraphs by empty lines."""
    return [it.strip() for it in text.split("\n\n") if it.strip()]


def _view(showcase: Showcase, item: Item, number: int, path: str) -> ItemView:
    caption, *_ = item.caption.splitlines() or [""]
    name = caption or f"No. {number}"
    media = tuple(
        MediumView(
            medium,
            side,
            f"{path}/media/{item.id}",
            f"{name}: {medium.label}" if len(item.media) > 1 else name,
            showcase.shown.downloads,
        )
        for side, medium in enumerate(item.media)
    )
    return ItemView(item, number, media, tuple(facts_of(item, showcase.shown)))


def _grid(title: str, media: Sequence[MediumView]) -> GridView:
    columns = tuple(dict.fromkeys(it.medium.column for it in media))
    rows = dict.fromkeys(it.medium.row for it in media)
    if len(columns) * len(rows) < len(media):
        # Several stand at one place, as where a plan repeats: each is a column of its own.
        return GridView(title, ("",) * len(media), (("", tuple(media)),))
    places = {(it.medium.row, it.medium.column): it for it in media}
    return GridView(
        title,
        columns,
        tuple((row, tuple(places.get((row, column)) for column in columns)) for row in rows),
    )
