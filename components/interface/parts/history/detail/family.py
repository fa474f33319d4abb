"""The family of a run as a small picture: what it was made from, and what was made from it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

from markupsafe import Markup

from components.catalog import Catalog
from components.interface.parts.feed.card.run_words import status_words, thumb_url
from components.interface.widgets.templating import render
from components.runs.queries.history import RunSummary
from components.runs.run import Parent

NODE_WIDTH_PX, NODE_HEIGHT_PX = 136, 118
_GAP_ACROSS_PX, _GAP_DOWN_PX = 124, 20
_LINE_PX, _LETTERS_PX = 14, 11
_MARGIN_PX = 6
_SHORT_CHARS = 60


@dataclass(frozen=True)
class Node:
    """A run and where it stands; without a card it was deleted. Places are in pixels.

    `title` is the first line under its picture, `status` what it has instead of one.
    """

    run_id: str
    card: RunSummary | None
    title: str
    status: str
    left: float
    top: float

    @property
    def text(self) -> str:
        """The second line: its title, else how its prompt begins."""
        return (self.card.title or self.card.prompt)[:_SHORT_CHARS] if self.card else ""

    @property
    def thumb(self) -> str:
        """The address of its picture, "" without one."""
        return thumb_url(self.card) if self.card else ""


@dataclass(frozen=True)
class Line:
    """From a run to one that was made from it, and what its results were used for."""

    parent: Node
    child: Node
    uses: tuple[str, ...]

    @property
    def ends(self) -> tuple[float, float, float, float]:
        """Where it begins, right of the parent, and where it ends, left of the child."""
        begin_y, end_y = (node.top + NODE_HEIGHT_PX / 2 for node in (self.parent, self.child))
        return self.parent.left + NODE_WIDTH_PX, begin_y, self.child.left, end_y

    @property
    def path(self) -> str:
        """The line as SVG draws it: level at both ends."""
        begin_x, begin_y, end_x, end_y = self.ends
        middle_x = (begin_x + end_x) / 2
        bend = f"{middle_x:g} {begin_y:g} {middle_x:g} {end_y:g}"
        return f"M{begin_x:g} {begin_y:g}C{bend} {end_x:g} {end_y:g}"

    @property
    def labels(self) -> list[tuple[float, float, str]]:
        """The uses and where each is written: near the child, where lines seldom cross."""
        _, begin_y, end_x, end_y = self.ends
        at_x, at_y = end_x - _GAP_ACROSS_PX / 2, (begin_y + 3 * end_y) / 4 - _LETTERS_PX / 2
        top = at_y - (len(self.uses) - 1) * _LINE_PX / 2
        return [(at_x, top + number * _LINE_PX, use) for number, use in enumerate(self.uses)]


@dataclass(frozen=True)
class FamilyTree:
    """Runs by generation from left to right, and the lines between them."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    width_px: float
    height_px: float


def family_svg(run_id: str, family: Sequence[RunSummary], catalog: Catalog) -> Markup:
    """Draw the family, given oldest first, with a link to every run; "" for a run all by itself.

    A run that is named as a parent and not in the list was deleted, and is drawn as that.
    """
    tree = family_tree(family, catalog)
    if not tree.lines:
        return Markup()
    before = _reached(run_id, [(line.child, line.parent) for line in tree.lines])
    after = _reached(run_id, [(line.parent, line.child) for line in tree.lines])
    return render(
        "family.svg",
        tree=tree,
        run_id=run_id,
        node_width=NODE_WIDTH_PX,
        node_height=NODE_HEIGHT_PX,
        before=before,
        after=after,
    )


def family_tree(family: Sequence[RunSummary], catalog: Catalog) -> FamilyTree:
    """Lay the runs out: each one to the right of all it was made from."""
    cards = {card.id: card for card in family}
    generations = _generations(family)
    columns: dict[int, list[str]] = defaultdict(list)
    for run_id in sorted(generations, key=lambda it: cards[it].created_at if it in cards else 0.0):
        columns[generations[run_id]].append(run_id)
    tallest = max(map(len, columns.values()), default=0)
    height_px = tallest * (NODE_HEIGHT_PX + _GAP_DOWN_PX) - _GAP_DOWN_PX
    nodes: dict[str, Node] = {}
    for generation in sorted(columns):
        ids = sorted(columns[generation], key=lambda it: _parents_top(cards.get(it), nodes))
        column_px = len(ids) * (NODE_HEIGHT_PX + _GAP_DOWN_PX) - _GAP_DOWN_PX
        left = _MARGIN_PX + generation * (NODE_WIDTH_PX + _GAP_ACROSS_PX)
        for number, run_id in enumerate(ids):
            top = (height_px - column_px) / 2 + number * (NODE_HEIGHT_PX + _GAP_DOWN_PX)
            card = cards.get(run_id)
            title = catalog.by_id(card.model).title if card else "Deleted"
            status = status_words(card, catalog).label if card else ""
            nodes[run_id] = Node(run_id, card, title, status, left, _MARGIN_PX + top)
    width_px = len(columns) * (NODE_WIDTH_PX + _GAP_ACROSS_PX) - _GAP_ACROSS_PX
    return FamilyTree(
        tuple(nodes.values()),
        tuple(_lines(family, nodes, generations)),
        width_px + 2 * _MARGIN_PX,
        height_px + 2 * _MARGIN_PX,
    )


def _generations(family: Sequence[RunSummary]) -> dict[str, int]:
    """How many steps each run is from what nobody made; one that was deleted is a step before."""
    generations: dict[str, int] = {}
    gone = {parent.run_id for card in family for parent in card.parents} - {it.id for it in family}
    for card in family:
        before = [0 if it.run_id in gone else generations.get(it.run_id, -1) for it in card.parents]
        generations[card.id] = max(before, default=-1) + 1
    for run_id in gone:
        children = [card for card in family if run_id in {it.run_id for it in card.parents}]
        generations[run_id] = min(generations[child.id] for child in children) - 1
    return generations


def _parents_top(card: RunSummary | None, nodes: dict[str, Node]) -> float:
    """Where the parents stand, so that lines cross seldom."""
    tops = [nodes[it.run_id].top for it in card.parents if it.run_id in nodes] if card else []
    return mean(tops) if tops else 0.0


def _lines(
    family: Sequence[RunSummary], nodes: dict[str, Node], generations: dict[str, int]
) -> Iterable[Line]:
    for card in family:
        uses: dict[str, list[str]] = defaultdict(list)
        # A run is made from older ones; what says otherwise would be a circle.
        older = [it for it in card.parents if generations[it.run_id] < generations[card.id]]
        for parent in older:
            uses[parent.run_id].append(_use(parent, nodes[parent.run_id].card))
        for run_id, found in uses.items():
            yield Line(nodes[run_id], nodes[card.id], tuple(dict.fromkeys(filter(None, found))))


def _use(parent: Parent, card: RunSummary | None) -> str:
    """What a result was used for, and which one where there are several."""
    if card is None or len(card.outputs) < 2:
        return parent.use
    return f"{parent.use} ({parent.output_index + 1} of {len(card.outputs)})".strip()


def _reached(run_id: str, steps: Iterable[tuple[Node, Node]]) -> int:
    """How many runs one comes to from this one, step by step."""
    following: dict[str, list[str]] = defaultdict(list)
    for begin, end in steps:
        following[begin.run_id].append(end.run_id)
    found, waiting = set[str](), [run_id]
    while waiting:
        new = set(following[waiting.pop()]) - found
        found |= new
        waiting += new
    return len(found)
