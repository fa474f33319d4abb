"""The `References` component examines each file once, however often its items are drawn."""

import os
from pathlib import Path

import gradio as gr
import pytest

from components.interface.requests.repair_choices import choices_of
from components.interface.widgets.references.file_statuses import FileStatuses
from components.interface.widgets.references.references_component import References
from components.media.store.media_store import FolderStore, name_of
from tests.apps.counting_preflighter import CountingPreflighter
from tests.samples.media_files import drawing, saved

CHOICES = choices_of("image", None)


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    return [
        str(saved(tmp_path / f"{name}.png", drawing(400 + 10 * place, 400)))
        for place, name in enumerate("abc")
    ]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def test_moving_an_item_examines_nothing_again(pictures: list[str]) -> None:
    opened: list[CountingPreflighter] = []

    def counting(store: FolderStore) -> CountingPreflighter:
        opened.append(CountingPreflighter(store))
        return opened[-1]

    with gr.Blocks():
        references = References(open_preflighter=counting)
    before = references.postprocess(pictures)
    moved = references.postprocess([pictures[1], pictures[0], pictures[2]])
    assert [it.count for it in opened] == [3]
    assert moved["paths"] == [before["paths"][place] for place in (1, 0, 2)]
    assert references.postprocess(pictures[1:])["paths"] == before["paths"][1:]
    assert [it.count for it in opened] == [3]


def test_a_file_that_changed_or_whose_copy_went_is_examined_again(
    pictures: list[str], store: FolderStore
) -> None:
    preflighter = CountingPreflighter(store)
    statuses, file = FileStatuses(store, preflighter), Path(pictures[0])
    first = statuses.status_of(file, CHOICES)
    assert statuses.status_of(file, CHOICES) is first
    os.utime(file, (1, 1))
    assert statuses.status_of(file, CHOICES).state == "ready"
    assert preflighter.count == 2
    store.path(name_of(first.carried)).unlink()
    assert statuses.status_of(file, CHOICES).carried == first.carried
    assert preflighter.count == 3


def test_the_cache_is_bounded_and_a_file_that_is_gone_is_refused(
    pictures: list[str], store: FolderStore
) -> None:
    preflighter = CountingPreflighter(store)
    statuses = FileStatuses(store, preflighter, max_entries=2)
    for source in (*pictures, pictures[2], pictures[0]):
        statuses.status_of(Path(source), CHOICES)
    assert preflighter.count == 4
    Path(pictures[0]).unlink()
    gone = statuses.status_of(Path(pictures[0]), CHOICES)
    assert (gone.state, gone.sentence) == ("refused", "This file is not there any more.")
