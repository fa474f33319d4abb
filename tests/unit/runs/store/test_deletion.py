"""Deleting hides, can be undone, and frees in the end what nothing else refers to."""

import os
from functools import partial
from pathlib import Path

import pytest

from components.errors import RunNotFound
from components.media.store.media_store import FolderStore, ref
from components.runs.queries.history import Query
from components.runs.run import FINAL, Output, Status
from components.runs.store.forms.element_library import ElementLibrary
from components.runs.store.forms.form_files import HOLD_S, LET_GO_S
from components.runs.store.run_store import RunStore
from components.runs.store.unowned_files import BATCH
from tests.samples.run_samples import EVERY_LANE, NOW, run_store, sample_run


@pytest.fixture
def media(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


def kept(media: FolderStore, folder: Path, content: str) -> str:
    file = folder / "file"
    file.write_text(content)
    return media.keep(file, ".png")


def finished(store: RunStore, run_id: str, given: str, *made: str) -> None:
    """A finished run with a given picture, whose results are `made`, each its own thumbnail."""
    outputs = tuple(Output("image", name=name, thumb=name) for name in made)
    request = {"prompt": run_id, "image_list": [{"image": ref(given)}]}
    store.add(sample_run(run_id, status=Status.DONE, request=request, outputs=outputs))


def listed(store: RunStore) -> set[str]:
    return {run.id for run in store.find(Query()).runs}


def test_a_deleted_run_is_hidden_until_it_is_wanted_back(store: RunStore) -> None:
    for run_id in ("a", "b", "c"):
        store.add(sample_run(run_id, status=Status.DONE))
    assert str(store.delete(["a", "b", "nobody"], NOW)) == "2 runs deleted."
    assert listed(store) == {"c"}
    with pytest.raises(RunNotFound):
        store.get("a")
    assert store.undelete(["a", "c"]) == 1
    assert listed(store) == {"a", "c"}


@pytest.mark.parametrize("status", sorted(set(Status) - FINAL))
def test_a_run_under_way_cannot_be_deleted(store: RunStore, status: Status) -> None:
    store.add(sample_run("going", status=status))
    store.add(sample_run("over", status=Status.FAILED))
    deletion = store.delete(["going", "over"], NOW)
    assert (deletion.deleted, deletion.under_way) == (("over",), ("going",))
    assert str(deletion) == "1 run deleted. 1 still under way: to be deleted when over."
    assert listed(store) == {"going"}


def test_purging_removes_rows_and_the_files_nothing_else_refers_to(
    store: RunStore, media: FolderStore, tmp_path: Path
) -> None:
    names = {
        content: kept(media, tmp_path, content)
        for content in ("shared", "own", "result", "in a kit", "of the other")
    }
    kit = ElementLibrary(store.database)
    view = ref(names["in a kit"])
    kit.keep("Hero", {"frontal_image_url": view, "reference_image_urls": [view]}, NOW)
    finished(store, "a", names["own"], names["result"], names["in a kit"])
    finished(store, "b", names["shared"], names["shared"])
    finished(store, "other", names["shared"], names["of the other"])
    store.delete(["a", "b"], NOW)

    assert store.purge(NOW, media.delete) == 0
    assert all(media.has(name) for name in names.values())
    assert store.purge(NOW + 1, media.delete) == 2
    left = {content for content, name in names.items() if media.has(name)}
    assert left == {"shared", "in a kit", "of the other"}
    assert store.undelete(["a", "b"]) == 0


def test_a_purge_that_was_killed_is_finished_by_the_next(
    store: RunStore, media: FolderStore, tmp_path: Path
) -> None:
    name = kept(media, tmp_path, "result")
    finished(store, "a", name)
    store.delete(["a"], NOW)

    def killed(name: str) -> None:
        raise KeyboardInterrupt(name)

    with pytest.raises(KeyboardInterrupt):
        store.purge(NOW + 1, killed)
    assert media.has(name)
    store.purge(NOW + 1, media.delete)
    assert not media.has(name)


def test_a_file_that_cannot_be_removed_keeps_no_other_and_is_tried_again(
    store: RunStore, media: FolderStore, tmp_path: Path
) -> None:
    names = sorted(kept(media, tmp_path, f"result {number}") for number in range(BATCH + 2))
    finished(store, "a", *names)
    store.delete(["a"], NOW)
    stuck = {names[0], names[-1]}

    def remove(name: str) -> bool:
        if name in stuck:
            raise PermissionError(13, "Permission denied", name)
        return media.delete(name)

    assert store.purge(NOW + 1, remove) == 1
    assert {name for name in names if media.has(name)} == stuck
    store.purge(NOW + 1, media.delete)
    assert not any(media.has(name) for name in names)


STUCK = {
    "sqlite": [
        """CREATE TRIGGER stuck BEFORE DELETE ON runs WHEN old.id = 'c'
        BEGIN SELECT RAISE(ABORT, 'no'); END"""
    ],
    "postgresql": [
        """CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql
        AS $$BEGIN RAISE unique_violation; END$$""",
        """CREATE TRIGGER stuck BEFORE DELETE ON runs FOR EACH ROW WHEN (old.id = 'c')
        EXECUTE FUNCTION no()""",
    ],
}
UNSTUCK = {"sqlite": ["DROP TRIGGER stuck"], "postgresql": ["DROP TRIGGER stuck ON runs"]}


def execute(store: RunStore, *statements: str) -> None:
    with store.database.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_run_that_cannot_be_purged_keeps_no_other_and_is_tried_again(
    store: RunStore, media: FolderStore, tmp_path: Path
) -> None:
    names = {run_id: kept(media, tmp_path, run_id) for run_id in "abcde"}
    for run_id, name in names.items():
        finished(store, run_id, name)
    store.delete(list(names), NOW)
    execute(store, *STUCK[store.database.dialect.name])
    assert store.purge(NOW + 1, media.delete) == 4
    assert [run_id for run_id, name in names.items() if media.has(name)] == ["c"]
    execute(store, *UNSTUCK[store.database.dialect.name])
    assert store.purge(NOW + 1, media.delete) == 1
    assert not media.has(names["c"])


def test_a_result_that_came_later_counts_as_a_reference(
    store: RunStore, media: FolderStore, tmp_path: Path
) -> None:
    name = kept(media, tmp_path, "the same clip")
    finished(store, "a", name)
    store.add(sample_run("b", status=Status.SAVING, generation_id="g"))
    (claim,) = store.tick([], NOW, 900.0, EVERY_LANE)
    done = claim.run.moved(Status.DONE, NOW, "Saved.", outputs=(Output("video", name=name),))
    store.tick([(claim, done)], NOW, 900.0, {})
    store.delete(["a"], NOW)
    assert store.purge(NOW + 1, media.delete) == 1
    assert media.has(name)


def test_a_file_that_stands_in_a_form_stays_until_the_form_is_long_forgotten(
    store: RunStore, media: FolderStore, tmp_path: Path
) -> None:
    used, only_tried = kept(media, tmp_path, "used"), kept(media, tmp_path, "only tried")
    finished(store, "a", used)
    store.hold_files("form", [used, only_tried], NOW)
    store.hold_files("form", [used, only_tried], NOW + 60)
    store.hold_files("another", [], NOW)
    store.delete(["a"], NOW)
    assert store.purge(NOW + 1, media.delete) == 1
    store.purge(NOW + HOLD_S - 1, media.delete)
    assert media.has(used)
    assert media.has(only_tried)
    store.hold_files("another", [used], NOW + HOLD_S - 1)
    store.purge(NOW + HOLD_S + 1, media.delete)
    assert media.has(used)
    assert not media.has(only_tried)
    store.purge(NOW + 3 * HOLD_S, media.delete)
    assert not media.has(used)


def test_what_a_form_no_longer_shows_stays_for_a_while_and_goes(
    store: RunStore, media: FolderStore, tmp_path: Path
) -> None:
    before, after = kept(media, tmp_path, "before"), kept(media, tmp_path, "after")
    store.hold_files("form", [before], NOW)
    store.hold_files("another", [after], NOW)
    finished(store, "a", before)
    store.delete(["a"], NOW)
    store.hold_files("form", [after], NOW)
    store.purge(NOW + LET_GO_S, media.delete)
    assert media.has(before)
    store.purge(NOW + LET_GO_S + 1, media.delete)
    assert not media.has(before)
    assert media.has(after)


def test_a_file_that_was_only_tried_and_then_used_stays_with_its_run(
    store: RunStore, media: FolderStore, tmp_path: Path
) -> None:
    name = kept(media, tmp_path, "tried, then used")
    store.hold_files("form", [name], NOW)
    finished(store, "a", name)
    store.purge(NOW + 2 * HOLD_S, media.delete)
    assert media.has(name)


def test_a_file_that_was_kept_again_a_moment_ago_waits_for_the_next_purge(
    store: RunStore, media: FolderStore, tmp_path: Path
) -> None:
    """It may be the result of a run that is just being saved, and not yet referred to."""
    name = kept(media, tmp_path, "result")
    os.utime(media.path(name), (NOW - 10**9, NOW - 10**9))
    finished(store, "a", name)
    store.delete(["a"], NOW)
    assert kept(media, tmp_path, "result") == name
    store.purge(NOW + 1, partial(media.delete, idle_s=60))
    assert media.has(name)
    os.utime(media.path(name), (NOW - 10**9, NOW - 10**9))
    store.purge(NOW + 1, partial(media.delete, idle_s=60))
    assert not media.has(name)


def test_many_runs_and_files_are_purged_in_turns(store: RunStore) -> None:
    count = 2 * BATCH + 1
    names = [f"{number:064x}.png" for number in range(count)]
    runs = [
        sample_run(f"{number}", status=Status.DONE, outputs=(Output("image", name=name),))
        for number, name in enumerate(names)
    ]
    store.add(*runs)
    store.delete([run.id for run in runs], NOW)
    removed: list[str] = []
    assert store.purge(NOW + 1, removed.append) == count
    assert removed == names


def test_a_purge_gives_the_disk_its_space_back(tmp_path: Path) -> None:
    store = run_store(tmp_path)
    file = tmp_path / "runs.sqlite3"
    large = {"prompt": "A boat", "padding": "x" * 20_000}
    runs = [sample_run(f"{n}", status=Status.DONE, request=large) for n in range(500)]
    store.add(sample_run("stays"), *runs)
    store.close()
    before_bytes = file.stat().st_size
    store.delete([run.id for run in runs], NOW)
    assert store.purge(NOW + 1, str.strip) == 500
    store.close()
    assert before_bytes > 10**7
    assert file.stat().st_size < before_bytes / 10
    assert listed(store) == {"stays"}
