"""The editor of a showcase as HTML: what it shows in small, its words, its settings."""

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from components.interface.parts.showcases.links.link_view import link_html
from components.interface.parts.showcases.listing.list_routes import SMALL_PX, small_url
from components.interface.parts.showcases.reviews.review_view import (
    all_comments_html,
    item_reviews,
    reviews_html,
)
from components.interface.services import Services
from components.interface.widgets.templating import render
from components.media.store.media_store import ref
from components.showcases import limits
from components.showcases.review import Reviews
from components.showcases.showcase import Item, ItemKind, Showcase, ShownMedium

SHOWN_LABELS = {
    "prompt": "Prompt",
    "settings": "Settings",
    "model": "Model",
    "price": "Price",
    "date": "Date",
    "downloads": "Downloads",
    "comments": "Comments",
    "verdicts": "Verdicts",
}
"""What can be shown beside the results, by the names of `Shown`, in the order of the boxes."""
KIND_LABELS = {
    ItemKind.COMPARISON: "Comparison",
    ItemKind.PLAN: "Plan",
    ItemKind.TEXT: "Text",
}
START_COLOUR = "#4338ca"
"""What the box of colours shows while there is no accent."""


@dataclass
class PlanGrid:
    """The results of a plan by their labels: `cells[row][column]`."""

    label: str
    columns: dict[str, None] = field(default_factory=dict)
    cells: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)


def editor_html(showcase: Showcase, services: Services, base_url: str) -> Markup:
    """All of the editor; `base_url` is where people find this playground."""
    reviews = services.showcases.reviews.since(showcase.id) or Reviews(version=0, content_version=0)
    now = services.clock()
    by_item = item_reviews(showcase, reviews)
    cover = showcase.cover
    items = [
        {
            **_drawn(item),
            "number": number,
            "reviews": reviews_html(by_item[item.id], now) if item.id in by_item else "",
            "is_cover": bool(cover and cover in item.media and _is_cover(showcase, item)),
        }
        for number, item in enumerate(showcase.items, 1)
    ]
    return render(
        "showcase_editor.html",
        showcase=showcase,
        version=reviews.version,
        items=items,
        shown=[
            (name, label, getattr(showcase.shown, name)) for name, label in SHOWN_LABELS.items()
        ],
        logo=small_url(showcase.logo) if showcase.logo else "",
        accent=showcase.accent or START_COLOUR,
        limits=limits,
        link=link_html(services.showcases.links.of(showcase.id), base_url, now),
        all_comments=all_comments_html(showcase, by_item, now),
    )


def _is_cover(showcase: Showcase, item: Item) -> bool:
    """Whether it stands for all: the one that was chosen, or else the first with a picture."""
    pictured = [it.id for it in showcase.items if it.media]
    chosen = showcase.cover_item if showcase.cover_item in pictured else pictured[0]
    return item.id == chosen


def label_of(item: Item) -> str:
    """What an item is called where its picture is not seen."""
    words = item.caption or item.text
    if words:
        return words
    if item.kind in KIND_LABELS:
        return KIND_LABELS[item.kind]
    return "Clip" if item.media and item.media[0].is_clip else "Picture"


def _drawn(item: Item) -> dict[str, Any]:
    """An item as the template draws it."""
    kind = KIND_LABELS.get(item.kind) or (
        "Clip" if item.media[:1] and item.media[0].is_clip else "Picture"
    )
    return {
        "item": item,
        "kind": kind,
        "label": label_of(item),
        "media": [_medium(side, it) for side, it in enumerate(item.media)],
        "grids": _grids(item) if item.kind is ItemKind.PLAN else [],
    }


def _medium(side: int, medium: ShownMedium) -> dict[str, Any]:
    return {
        "side": side,
        "medium": medium,
        "small": small_url(medium.name),
        "small_width_px": min(SMALL_PX, medium.width_px),
        "url": ref(medium.name),
    }


def _grids(item: Item) -> list[PlanGrid]:
    """One grid for each group, rows and columns in the order in which they come."""
    grids: dict[str, PlanGrid] = {}
    for side, medium in enumerate(item.media):
        grid = grids.setdefault(medium.group, PlanGrid(medium.group))
        grid.columns.setdefault(medium.column)
        grid.cells.setdefault(medium.row, {})[medium.column] = _medium(side, medium)
    return list(grids.values())
