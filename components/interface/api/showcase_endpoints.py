"""The API endpoints of showcases: made, added to, listed, revoked, and what guests said."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import gradio as gr

from components.errors import InvalidRequest
from components.interface.api.guarding import Json, guarded
from components.interface.parts.showcases.adding.adding import shared
from components.interface.parts.showcases.links.link_view import link_address
from components.interface.services import Services
from components.showcases import limits
from components.showcases.editing import FULL
from components.showcases.review import Comment, GivenVerdict
from components.showcases.showcase import Item, Showcase

NO_LIST = "Give run_ids as a list of the ids of runs. Nothing was made."


def showcase_endpoints(services: Services) -> tuple[Callable[..., Json], ...]:
    """The functions, each named as its endpoint."""
    makers = (_create_showcase, _add_to_showcase, _showcases, _revoke_showcase, _reviews)
    return tuple(make(services) for make in makers)


def _create_showcase(services: Services) -> Callable[..., Json]:
    def create_showcase(request: gr.Request, title: str, run_ids: list[str]) -> Json:
        """Make a showcase of runs, in this order, with a link to it that has no end."""
        if not isinstance(run_ids, list):
            raise InvalidRequest({"": NO_LIST})
        if len(run_ids) > limits.MOST_ITEMS:
            raise InvalidRequest({"": FULL})
        editor = services.showcases.editor
        taken = [services.showcases.snapshots.result(str(run_id)) for run_id in run_ids]
        showcase = editor.create(str(title))
        editor.add(showcase.id, taken)
        services.showcases.prepare(medium for medium, _ in taken)
        shared(services, showcase)
        return _described(services, editor.get(showcase.id), request)

    return guarded(create_showcase)


def _add_to_showcase(services: Services) -> Callable[..., Json]:
    def add_to_showcase(
        request: gr.Request, showcase_id: str, run_id: str, caption: str = ""
    ) -> Json:
        """Add a run's result at the end; after a "~", the run's id may say which of several."""
        editor = services.showcases.editor
        taken = [services.showcases.snapshots.result(str(run_id))]
        editor.add(str(showcase_id), taken, caption=str(caption))
        services.showcases.prepare(medium for medium, _ in taken)
        return _described(services, editor.get(str(showcase_id)), request)

    return guarded(add_to_showcase)


def _showcases(services: Services) -> Callable[..., Json]:
    def showcases(request: gr.Request) -> Json:
        """List every showcase, the one that changed last first; `comments` are those still open."""
        listed = [
            {
                "id": it.id,
                "title": it.title,
                **_link(services, it.id, request),
                "items": it.items,
                "comments": it.comments,
                "changed_at": it.changed_at,
            }
            for it in services.showcases.editor.all()
        ]
        return {"showcases": listed}

    return guarded(showcases)


def _revoke_showcase(services: Services) -> Callable[..., Json]:
    def revoke_showcase(request: gr.Request, showcase_id: str) -> Json:
        """End every link to a showcase at once; the showcase itself stays."""
        services.showcases.links.revoke(str(showcase_id))
        showcase = services.showcases.editor.get(str(showcase_id))
        return _described(services, showcase, request)

    return guarded(revoke_showcase)


def _reviews(services: Services) -> Callable[..., Json]:
    def reviews(showcase_id: str) -> Json:
        """What was said of each item: verdicts, favourites and comments, oldest first."""
        showcase = services.showcases.editor.get(str(showcase_id))
        said = services.showcases.reviews.since(showcase.id)
        verdicts: dict[str, list[Json]] = defaultdict(list)
        comments: dict[str, list[Json]] = defaultdict(list)
        for verdict in said.verdicts if said else ():
            verdicts[verdict.item_id].append(_verdict(verdict))
        for comment in said.comments if said else ():
            if not comment.is_deleted:
                comments[comment.item_id].append(_comment(comment))
        items = [
            {**_item(it), "verdicts": verdicts[it.id], "comments": comments[it.id]}
            for it in showcase.items
        ]
        return {"id": showcase.id, "title": showcase.title, "items": items}

    return guarded(reviews)


def _described(services: Services, showcase: Showcase, request: gr.Request) -> Json:
    return {
        "id": showcase.id,
        "title": showcase.title,
        **_link(services, showcase.id, request),
        "items": [_item(it) for it in showcase.items],
    }


def _link(services: Services, showcase_id: str, request: gr.Request) -> Json:
    """The address that leads to it and when it ends; "" where none does."""
    link = services.showcases.links.of(showcase_id)
    if link is None:
        return {"url": "", "expires_at": None}
    url = link_address(services.address(str(request.base_url)), link)
    return {"url": url, "expires_at": link.expires_at}


def _item(item: Item) -> Json:
    return {
        "item_id": item.id,
        "kind": str(item.kind),
        "run_ids": [run.run_id for run in item.runs],
        "caption": item.caption or item.text,
    }


def _verdict(given: GivenVerdict) -> dict[str, Any]:
    return {
        "author": given.author,
        "verdict": str(given.verdict),
        "is_favourite": given.is_favourite,
        "changed_at": given.changed_at,
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "author": comment.author,
        "is_guest": comment.guest_id is not None,
        "text": comment.text,
        "place": asdict(comment.place) if comment.place else None,
        "answers": comment.answers,
        "is_resolved": comment.is_resolved,
        "created_at": comment.created_at,
    }
