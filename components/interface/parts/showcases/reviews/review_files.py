"""What was said of a showcase as files: for a spreadsheet, and for programs."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from components.interface.export.records import spreadsheet_safe
from components.interface.parts.showcases.reviews.review_view import item_reviews
from components.showcases.review import Comment, GivenVerdict, Reviews
from components.showcases.showcase import Item, Showcase

COLUMNS = (
    "item",
    "caption",
    "run_ids",
    "kind",
    "author",
    "text",
    "favourite",
    "side",
    "x",
    "y",
    "frame",
    "time_s",
    "resolved",
    "at",
    "id",
    "answers",
)
"""`kind` is "comment", or "approve", "change", "reject" or "" for what a guest thinks of it."""


def reviews_csv(showcase: Showcase, reviews: Reviews) -> bytes:
    """A row for each comment and verdict, in UTF-8 with a mark, which spreadsheets need."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    for row in _rows(showcase, reviews):
        writer.writerow({name: spreadsheet_safe(it) for name, it in row.items() if it is not None})
    return text.getvalue().encode("utf-8-sig")


def reviews_record(showcase: Showcase, reviews: Reviews) -> dict[str, Any]:
    """The same for programs: the items in order, each with what was said of it."""
    return {
        "showcase_id": showcase.id,
        "title": showcase.title,
        "items": [
            {
                "id": it.item.id,
                "number": it.number,
                "caption": it.item.caption,
                "kind": str(it.item.kind),
                "run_ids": [run.run_id for run in it.item.runs],
                "verdicts": [_verdict(given) for given in it.verdicts],
                "comments": [
                    {**_comment(thread.comment), "replies": [_comment(a) for a in thread.answers]}
                    for thread in it.threads
                ],
            }
            for it in item_reviews(showcase, reviews).values()
        ],
    }


def _rows(showcase: Showcase, reviews: Reviews) -> Iterator[dict[str, Any]]:
    for it in item_reviews(showcase, reviews).values():
        item = _item(it.item, it.number)
        for given in it.verdicts:
            said = {"kind": str(given.verdict), "favourite": given.is_favourite}
            yield {**item, **said, "author": given.author, "at": _iso(given.changed_at)}
        for thread in it.threads:
            for comment in (thread.comment, *thread.answers):
                place = asdict(comment.place) if comment.place else {}
                yield {
                    **item,
                    "kind": "comment",
                    "author": comment.author,
                    "text": comment.text,
                    **place,
                    "resolved": comment.is_resolved,
                    "at": _iso(comment.created_at),
                    "id": comment.id,
                    "answers": comment.answers,
                }


def _item(item: Item, number: int) -> dict[str, Any]:
    runs = " ".join(run.run_id for run in item.runs)
    return {"item": number, "caption": item.caption, "run_ids": runs}


def _verdict(given: GivenVerdict) -> dict[str, Any]:
    return {
        "author": given.author,
        "verdict": str(given.verdict),
        "is_favourite": given.is_favourite,
        "changed_at": _iso(given.changed_at),
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "author": comment.author,
        "is_maker": comment.guest_id is None,
        "text": comment.text,
        "place": asdict(comment.place) if comment.place else None,
        "is_resolved": comment.is_resolved,
        "is_deleted": comment.is_deleted,
        "created_at": _iso(comment.created_at),
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
