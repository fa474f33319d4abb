"""The family of a run is drawn from left to right, escaped, with a link to each run."""

from dataclasses import fields
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.interface.parts.history.detail.family import FamilyTree, family_svg, family_tree
from components.runs.queries.history import RunSummary
from components.runs.run import Output, Parent, Status
from tests.samples.models import CATALOG
from tests.samples.run_samples import FRAMES, IMAGE_O1, NOW, sample_run

SVG = "{http://www.w3.org/2000/svg}"


def card(run_id: str, *parents: Parent | str, **changes: Any) -> RunSummary:
    """A finished run, made in the order of the ids' numbers."""
    prompt = changes.pop("prompt", f"About {run_id}")
    number = int("".join(filter(str.isdigit, run_id)) or 0)
    made_from = [it if isinstance(it, Parent) else Parent(it, 0, "f", "a frame") for it in parents]
    given = {"model": FRAMES, "status": Status.DONE, "created_at": NOW + number, **changes}
    run = sample_run(run_id, parents=tuple(made_from), **given)
    of_run = {it.name for it in fields(RunSummary)} - {"prompt", "reviewed"}
    shown = {name: getattr(run, name) for name in of_run}
    return RunSummary(prompt=prompt, **shown)


def lefts(tree: FamilyTree) -> dict[str, float]:
    return {node.run_id: node.left for node in tree.nodes}


def drawn(run_id: str, *family: RunSummary) -> ElementTree.Element:
    return ElementTree.fromstring(str(family_svg(run_id, family, CATALOG)))


FAMILY = (card("r1"), card("r2", "r1"), card("r3", "r1"), card("r4"), card("r5", "r2", "r4"))


def test_each_run_stands_right_of_all_it_was_made_from() -> None:
    tree = family_tree(FAMILY, CATALOG)
    assert len(tree.nodes) == 5
    assert [(line.parent.run_id, line.child.run_id) for line in tree.lines] == [
        ("r1", "r2"),
        ("r1", "r3"),
        ("r2", "r5"),
        ("r4", "r5"),
    ]
    left = lefts(tree)
    assert left["r1"] == left["r4"] < left["r2"] == left["r3"] < left["r5"]
    assert all(line.parent.left < line.child.left for line in tree.lines)


@given(st.lists(st.lists(st.integers(0, 12), max_size=3), max_size=12))
def test_any_family_is_laid_out_without_overlaps(made_from: list[list[int]]) -> None:
    family = [
        card(f"r{number}", *(f"r{it}" for it in parents))
        for number, parents in enumerate(made_from)
    ]
    tree = family_tree(family, CATALOG)
    places = [(node.left, node.top) for node in tree.nodes]
    assert len(set(places)) == len(places)
    assert {it.id for it in family} <= {node.run_id for node in tree.nodes}
    for line in tree.lines:
        assert line.parent.left < line.child.left
    for node in tree.nodes:
        assert 0 <= node.left < tree.width_px
        assert 0 <= node.top < tree.height_px
    if tree.lines:
        ElementTree.fromstring(str(family_svg("r1", family, CATALOG)))


def test_every_run_is_a_link_and_this_one_is_marked() -> None:
    links = drawn("r2", *FAMILY).findall(f".//{SVG}a")
    assert sorted(link.get("href", "") for link in links) == [f"/?run=r{n}" for n in range(1, 6)]
    current = [link.get("data-run") for link in links if link.get("aria-current")]
    assert current == ["r2"]


def test_the_picture_says_in_words_what_it_shows() -> None:
    svg = drawn("r2", *FAMILY)
    assert svg.get("role") == "group"
    named = (svg.get("aria-labelledby") or "").split()
    said = {it.get("id"): it.text for it in svg if it.get("id")}
    assert [said[it] for it in named] == [
        "The family of this run",
        "It was made from 1 run, and 1 was made from it.",
    ]


def test_a_line_says_what_a_result_was_used_for() -> None:
    outputs = tuple(Output(kind="image", thumb="a.jpg") for _ in range(4))
    both = (Parent("r1", 2, "image_url", "first frame"), Parent("r1", 3, "", "last frame"))
    photo = card("r1", model=IMAGE_O1, outputs=outputs)
    (line,) = family_tree([photo, card("r2", *both)], CATALOG).lines
    assert line.uses == ("first frame (3 of 4)", "last frame (4 of 4)")
    texts = [it.text for it in drawn("r2", photo, card("r2", *both)).iter(f"{SVG}text")]
    assert "first frame (3 of 4)" in texts


def test_a_deleted_parent_is_drawn_without_a_link() -> None:
    svg = drawn("r2", card("r2", "gone"), card("r3", "r2"))
    assert len(svg.findall(f".//{SVG}a")) == 2
    assert "Deleted" in [it.text for it in svg.iter(f"{SVG}text")]
    left = lefts(family_tree([card("r2", "gone"), card("r3", "r2")], CATALOG))
    assert left["gone"] < left["r2"] < left["r3"]


def test_a_run_all_by_itself_has_no_picture() -> None:
    assert family_svg("r1", [card("r1")], CATALOG) == ""
    assert family_svg("r1", [], CATALOG) == ""


@pytest.mark.parametrize("nasty", ['"><script>alert(1)</script>', "]]>", "&amp;'\"", "\u202e"])
def test_whatever_runs_say_is_escaped(nasty: str) -> None:
    family = (
        card("r1", prompt=nasty, title=nasty),
        card("r2", Parent("r1", 0, nasty, nasty), prompt=nasty),
    )
    svg = drawn("r2", *family)
    assert nasty in [it.text for it in svg.iter(f"{SVG}text")]
    assert not svg.findall(f".//{SVG}script")
