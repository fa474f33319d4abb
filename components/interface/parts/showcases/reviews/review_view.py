"""What was said of a showcase as HTML: verdicts, favourites and comments, each beside its item."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from components.interface.widgets.templating import render
from components.interface.widgets.wording import clock_text
from components.showcases import limits
from components.showcases.review import Comment, GivenVerdict, Place, Reviews, Verdict
from components.showcases.showcase import Item, ItemKind, Showcase, ShownMedium

VERDICT_LABELS = {
    Verdict.APPROVE: "Approved",
    Verdict.CHANGE: "Change",
    Verdict.REJECT: "Rejected",
}


@dataclass
class Thread:
    """A comment and what was answered."""

    comment: Comment
    answers: list[Comment] = field(default_factory=list)


@dataclass
class ItemReviews:
    """What was said of an item; `number` is its place in the showcase, from 1."""

    item: Item
    number: int
    threads: list[Thread] = field(default_factory=list)
    verdicts: list[GivenVerdict] = field(default_factory=list)


def item_reviews(showcase: Showcase, reviews: Reviews) -> dict[str, ItemReviews]:
    """All that was said, by the ids of the items that something can be said of."""
    found = {
        item.id: ItemReviews(item, number)
        for number, item in enumerate(showcase.items, 1)
        if item.kind is not ItemKind.TEXT
    }
    for verdict in reviews.verdicts:
        if verdict.item_id in found:
            found[verdict.item_id].verdicts.append(verdict)
    answers = defaultdict(list)
    for comment in reviews.comments:
        if comment.answers and not comment.is_deleted:
            answers[comment.answers].append(comment)
    for comment in reviews.comments:
        # One that was deleted is shown where somebody answered it.
        is_seen = not comment.is_deleted or answers[comment.id]
        if comment.item_id in found and not comment.answers and is_seen:
            found[comment.item_id].threads.append(Thread(comment, answers[comment.id]))
    return found


def reviews_html(reviews: ItemReviews, now: float) -> Markup:
    """What is shown beside an item."""
    return render(
        "item_reviews.html",
        item=reviews.item,
        said=[
            (str(verdict), label, names)
            for verdict, label in VERDICT_LABELS.items()
            if (names := [it.author for it in reviews.verdicts if it.verdict is verdict])
        ],
        favourites=[it.author for it in reviews.verdicts if it.is_favourite],
        threads=[_drawn(thread, reviews.item) for thread in reviews.threads],
        comment_max_chars=limits.COMMENT_MAX_CHARS,
        now=now,
    )


def all_comments_html(showcase: Showcase, by_item: Mapping[str, ItemReviews], now: float) -> Markup:
    """Every comment of the showcase, in the order of its items."""
    return render(
        "all_comments.html",
        showcase=showcase,
        comments=[
            {
                **_drawn(thread, reviews.item),
                "where": reviews.item.caption or f"Item {reviews.number}",
            }
            for reviews in by_item.values()
            for thread in reviews.threads
            if not thread.comment.is_deleted
        ],
        now=now,
    )


def _drawn(thread: Thread, item: Item) -> dict[str, Any]:
    comment = thread.comment
    place = comment.place
    return {
        "comment": comment,
        "answers": thread.answers,
        "place": place,
        "words": place_words(place, item) if place else "",
    }


def place_words(place: Place, item: Item) -> str:
    """What a comment points at, such as "Frame 42 · 0:01"."""
    words = []
    if len(item.media) > 1:
        words.append(_medium_words(item.media[place.side]) if place.side < len(item.media) else "")
    if place.frame is not None:
        words.append(f"Frame {place.frame}")
    if place.time_s is not None:
        words.append(clock_text(place.time_s))
    if place.x is not None and place.y is not None:
        words.append("a place in it" if words else "A place in the picture")
    return " · ".join(filter(None, words))


def _medium_words(medium: ShownMedium) -> str:
    placed = " × ".join(filter(None, (medium.row, medium.column)))
    return placed or medium.label
