"""A run remembers what it was made from, and its family is found from every side."""

from collections.abc import Iterator

import pytest

from components.runs.run import Parent, Status
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import NOW, run_store, sample_run


@pytest.fixture
def store(store_url: str) -> Iterator[RunStore]:
    """A photo became two clips; one of them, with another photo, became an edit."""
    opened = run_store(store_url)
    for number, (run_id, *parents) in enumerate(
        [("photo",), ("clip", "photo"), ("twin", "photo"), ("other",), ("edit", "clip", "other")]
    ):
        made_from = tuple(Parent(parent, 0, "image_url", "first frame") for parent in parents)
        opened.add(
            sample_run(
                run_id, parents=made_from, created_at=NOW + number, status=Status.DONE, outputs=()
            )
        )
    yield opened
    opened.close()


def family(store: RunStore, run_id: str) -> list[str]:
    return [card.id for card in store.family(run_id)]


def test_parents_are_kept_with_what_they_were_used_for(store: RunStore) -> None:
    assert store.get("clip").parents == (Parent("photo", 0, "image_url", "first frame"),)


def test_children_are_found_newest_first(store: RunStore) -> None:
    assert [card.id for card in store.children("photo")] == ["twin", "clip"]
    assert store.children("edit") == []


def test_a_family_is_a_runs_ancestors_and_descendants(store: RunStore) -> None:
    assert family(store, "photo") == ["photo", "clip", "twin", "edit"]
    assert family(store, "clip") == ["photo", "clip", "edit"]
    assert family(store, "edit") == ["photo", "clip", "other", "edit"]
    assert family(store, "nobody") == []


def test_a_deleted_member_is_left_out(store: RunStore) -> None:
    store.delete(["clip"], NOW)
    assert family(store, "edit") == ["other", "edit"]
    assert [card.id for card in store.children("photo")] == ["twin"]


def test_a_run_twice_used_by_another_is_one_parent(store: RunStore) -> None:
    twice = (Parent("other", 0, "image_urls"), Parent("other", 1, "image_urls"))
    store.add(sample_run("collage", parents=twice))
    assert family(store, "other")[-1] == "edit"
    assert [card.id for card in store.children("other")] == ["edit", "collage"]
