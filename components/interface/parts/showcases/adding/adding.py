"""What was chosen anywhere is copied into a showcase, with a link where one is wanted."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from components.errors import InvalidRequest
from components.interface.parts.showcases.links.link_view import link_address
from components.interface.services import Services
from components.interface.widgets.wording import counted
from components.showcases import limits
from components.showcases.editing import FULL
from components.showcases.links import Link
from components.showcases.showcase import ItemKind, Showcase, ShownMedium, ShownRun

AddKind = Literal["results", "comparison", "plan"]
MOST_CHOSEN = 1000
NOTHING_CHOSEN = "Choose a result first. Nothing was added."


class AddBody(BaseModel):
    """What is to be shown; without a `showcase_id`, in a new one called `title`.

    `specs` are runs, each with a "~" and which of its media where that is not the first result.
    `id` makes asking twice safe.
    """

    id: UUID
    showcase_id: str = Field(default="", max_length=64)
    title: str = ""
    kind: AddKind = "results"
    specs: list[str] = Field(default_factory=list, max_length=MOST_CHOSEN)
    plan_id: str = ""
    caption: str = ""
    wants_link: bool = False


class Added(BaseModel):
    """The showcase, how many items came to it, and the sentence that says so.

    `url` is the whole address of the link that leads to it, "" where none is wanted.
    """

    showcase_id: str
    title: str
    added: int
    url: str
    said: str


def add(services: Services, body: AddBody, base_url: str) -> Added:
    """Add what was chosen; nothing is changed where any of it is refused.

    Raises:
        InvalidRequest: none of it is kept here, or the showcase holds no more.
        ShowcaseNotFound: the showcase was deleted.
    """
    editor = services.showcases.editor
    taken, left_out = _taken(services, body)
    caption = limits.words("caption", body.caption, limits.CAPTION_MAX_CHARS)
    if body.showcase_id:
        showcase = editor.get(body.showcase_id)
    elif len(taken) > limits.MOST_ITEMS and body.kind == "results":
        raise InvalidRequest({"": FULL})
    else:
        showcase = editor.create(body.title, showcase_id=str(body.id))
    asked_as = str(body.id)
    if body.kind == "results":
        count = len(editor.add(showcase.id, taken, caption=caption, asked_as=asked_as))
    else:
        kind = ItemKind(body.kind)
        editor.add_together(showcase.id, kind, taken, caption=caption, asked_as=asked_as)
        count = 1
    services.showcases.prepare(medium for medium, _ in taken)
    return Added(
        showcase_id=showcase.id,
        title=showcase.title,
        added=count,
        url=link_address(base_url, shared(services, showcase)) if body.wants_link else "",
        said=_sentence(showcase, body.kind, count, left_out),
    )


def shared(services: Services, showcase: Showcase) -> Link:
    """The link that leads to a showcase; made where there is none. It has no end then."""
    links = services.showcases.links
    return links.of(showcase.id) or links.share(showcase.id)


def _taken(services: Services, body: AddBody) -> tuple[list[tuple[ShownMedium, ShownRun]], int]:
    """Copies of what was chosen, and how many of it have nothing to show."""
    snapshots = services.showcases.snapshots
    if body.kind == "plan":
        return snapshots.plan(services.runs.plan_runs(body.plan_id)), 0
    if body.kind == "comparison":
        return snapshots.sides(body.specs), 0
    taken, problem = [], InvalidRequest({"": NOTHING_CHOSEN})
    for spec in body.specs:
        try:
            taken.append(snapshots.result(spec))
        except InvalidRequest as error:
            problem = error
    if not taken:
        raise problem
    return taken, len(body.specs) - len(taken)


def _sentence(showcase: Showcase, kind: AddKind, count: int, left_out: int) -> str:
    nouns = {"comparison": "The comparison is", "plan": "The grid is"}
    what = nouns.get(kind) or f"{counted(count, 'result')} {'is' if count == 1 else 'are'}"
    said = f"{what} in “{showcase.title}” now."
    if not left_out:
        return said
    return f"{said} {counted(left_out, 'run')} without a result {_were(left_out)} left out."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
