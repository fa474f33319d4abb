"""What is left of a broken database, or of none, becomes a new one; the old one is kept."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from components.database.sqlite.integrity import check_database, database_file
from components.media.embedded_settings.embedding import with_settings
from components.media.store.media_store import FolderStore, ref
from components.runs.maintenance.database_rebuild import READY, recover
from components.runs.queries.history import Query
from components.runs.run import Output, Run, Status
from components.runs.store.forms.element_library import ElementLibrary
from components.runs.store.run_store import RunStore
from tests.samples.broken_databases import (
    PAGE_BYTES,
    beginning_broken,
    emptied,
    page_broken,
    removed,
    truncated,
    write_page,
)
from tests.samples.media_files import drawing
from tests.samples.models import CATALOG
from tests.samples.run_samples import IMAGE_O1, NOW, database_url, run_store, sample_run

COUNT = 600
FOX = {
    "frontal_image_url": "https://example.com/f.png",
    "reference_image_urls": ["https://example.com/l.png"],
}
SETTINGS = {
    "model": IMAGE_O1,
    "request": {"prompt": "A lighthouse", "image_urls": ["https://example.com/a.png"]},
    "run_id": "the-run",
    "created_at": "2027-01-15T08:00:00+00:00",
}


def filled(folder: Path) -> None:
    """A closed database with many finished runs, one with a generation id, and an element."""
    store = run_store(folder)
    store.add(
        *(
            sample_run(
                f"run-{number}",
                status=Status.DONE,
                generation_id=f"g-{number}",
                response={"padding": "x" * (20_000 if number % 40 == 7 else 300)},
            )
            for number in range(COUNT)
        )
    )
    ElementLibrary(store.database).keep("Hero", FOX, NOW)
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    filled(tmp_path)
    return tmp_path


def file_of(folder: Path) -> Path:
    return database_file(database_url(folder))


def recovered(folder: Path, *folders: Path) -> str:
    return recover(database_url(folder), folder / "media", folders, CATALOG, NOW)


@contextmanager
def opened(folder: Path) -> Iterator[RunStore]:
    """The database as the playground opens it."""
    check_database(database_url(folder), folder / "media")
    store = run_store(folder)
    yield store
    store.close()


def kept_runs(store: RunStore) -> dict[str, Run]:
    runs: list[Run] = []
    query: Query | None = Query(limit=100)
    while query:
        page = store.find(query)
        runs += page.runs
        query = Query(limit=100, cursor=page.next_cursor) if page.next_cursor else None
    return {run.id: run for run in runs}


def kept_asides(folder: Path) -> list[Path]:
    return [it for it in folder.glob("*.damaged-*") if not it.name.endswith(("-wal", "-shm"))]


def test_a_whole_database_is_left_as_it_is(folder: Path) -> None:
    before = file_of(folder).read_bytes()
    assert recovered(folder) == f"{file_of(folder)} is whole: nothing was changed."
    assert file_of(folder).read_bytes() == before


def test_nothing_is_made_of_nothing(tmp_path: Path) -> None:
    assert recovered(tmp_path) == "There is nothing to recover: nothing was changed."
    assert list(tmp_path.iterdir()) == []


def test_a_broken_page_costs_no_more_than_its_rows(folder: Path) -> None:
    page_broken(file_of(folder))
    broken = file_of(folder).read_bytes()
    said = recovered(folder)
    with opened(folder) as store:
        runs = kept_runs(store)
        assert len(runs) > COUNT - 20
        assert ElementLibrary(store.database).all()[0].name == "Hero"
        assert store.find(Query(text="boat", limit=1)).runs
    assert said.startswith(f"Got back: {len(runs)} runs and 1 element.")
    assert said.endswith("Nothing was sent or charged.")
    (aside,) = kept_asides(folder)
    assert aside.read_bytes() == broken
    assert str(aside) in said


def test_a_database_without_its_second_half_gives_back_the_first(folder: Path) -> None:
    truncated(file_of(folder))
    recovered(folder)
    with opened(folder) as store:
        assert len(kept_runs(store)) > COUNT // 4


def test_without_the_beginning_rows_are_found_in_their_pages(folder: Path) -> None:
    beginning_broken(file_of(folder))
    said = recovered(folder)
    with opened(folder) as store:
        runs = kept_runs(store)
        assert len(runs) == COUNT
        assert runs["run-7"] == sample_run(
            "run-7",
            status=Status.DONE,
            generation_id="g-7",
            response={"padding": "x" * 20_000},
        )
        assert ElementLibrary(store.database).all()[0].name == "Hero"
    assert said.startswith(f"Got back: {COUNT} runs and 1 element.")


def test_a_run_that_goes_on_in_a_broken_page_keeps_what_is_paid_for(folder: Path) -> None:
    """The answer of the provider is in that page; the ids stand before it."""
    file = file_of(folder)
    content = file.read_bytes()
    pages = [content[at : at + PAGE_BYTES] for at in range(0, len(content), PAGE_BYTES)]
    padding = [number for number, page in enumerate(pages) if page.count(b"x") > PAGE_BYTES - 5]
    write_page(file, padding[0])
    recovered(folder)
    with opened(folder) as store:
        runs = kept_runs(store)
    assert len(runs) == COUNT
    assert {run.generation_id for run in runs.values()} == {f"g-{it}" for it in range(COUNT)}


@pytest.mark.parametrize("broken", ["x'7bff'", "'{no JSON'"])
def test_a_row_whose_text_broke_is_mended_and_costs_no_other(folder: Path, broken: str) -> None:
    with closing(sqlite3.connect(file_of(folder))) as database:
        changed = f"UPDATE runs SET response = CAST({broken} AS TEXT) WHERE id = 'run-3'"
        database.execute(changed)
        database.commit()
    assert recovered(folder).startswith(f"Got back: {COUNT} runs and 1 element.")
    with opened(folder) as store:
        assert store.get("run-3").generation_id == "g-3"
        assert len(kept_runs(store)) == COUNT


@pytest.mark.parametrize("seed", range(4))
def test_however_a_file_is_damaged_something_is_got_back(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(file_of(folder).read_bytes())
    for _ in range(400):
        content[chance.randrange(PAGE_BYTES, len(content))] = chance.randrange(256)
    file_of(folder).write_bytes(content)
    said = recovered(folder)
    with opened(folder) as store:
        assert len(kept_runs(store)) > COUNT // 2
    assert said.startswith("Got back: ")


def test_what_only_the_log_holds_is_got_back(tmp_path: Path) -> None:
    """A process was killed, and its database is empty: all of it stands in the log."""
    live, folder = tmp_path / "live", tmp_path / "data"
    live.mkdir()
    folder.mkdir()
    store = run_store(live)
    store.add(*(sample_run(f"run-{number}", status=Status.FAILED) for number in range(20)))
    for part in live.iterdir():
        shutil.copy(part, folder)
    store.close()
    emptied(file_of(folder))
    assert recovered(folder).startswith("Got back: 20 runs and 0 elements.")
    with opened(folder) as reopened:
        assert len(kept_runs(reopened)) == 20


@pytest.mark.parametrize("broken", [page_broken, beginning_broken])
def test_nothing_that_may_have_been_sent_is_sent_again(
    tmp_path: Path, broken: Callable[[Path], None]
) -> None:
    store = run_store(tmp_path)
    store.add(*(sample_run(f"queued-{number}") for number in range(COUNT)))
    store.close()
    broken(file_of(tmp_path))
    recovered(tmp_path)
    with opened(tmp_path) as reopened:
        runs = kept_runs(reopened).values()
    assert {run.status for run in runs} == {Status.UNCERTAIN}
    assert all("not sent again by itself" in run.note and run.submitted_at for run in runs)


def test_a_run_that_was_purged_stays_purged(folder: Path) -> None:
    with opened(folder) as store:
        store.delete([f"run-{number}" for number in range(0, COUNT, 2)], NOW)
        store.purge(NOW + 1, lambda _: True)
    beginning_broken(file_of(folder))
    recovered(folder)
    with opened(folder) as store:
        assert set(kept_runs(store)) <= {f"run-{number}" for number in range(1, COUNT, 2)}
        assert len(kept_runs(store)) > COUNT // 4


def picture(folder: Path, side_px: int) -> Path:
    file = folder / f"{side_px}.png"
    drawing(side_px, side_px).save(file)
    return file


@pytest.mark.parametrize("is_there", [True, False])
def test_without_a_database_kept_files_become_runs(tmp_path: Path, is_there: bool) -> None:
    folder, downloads = tmp_path / "data", tmp_path / "downloads"
    downloads.mkdir()
    folder.mkdir()
    media = FolderStore(folder / "media")
    bare = media.keep(picture(tmp_path, 640), ".png")
    (downloads / "got.png").write_bytes(b"".join(with_settings(picture(tmp_path, 700), SETTINGS)))
    (downloads / "holiday.png").write_bytes(picture(tmp_path, 720).read_bytes())
    if is_there:
        emptied(file_of(folder))
    said = recovered(folder, downloads)
    with opened(folder) as store:
        runs = kept_runs(store)
        found = next(run for run in runs.values() if run.id != "the-run")
        assert store.purge(NOW + 1, media.delete) == 0
    assert (runs["the-run"].model, runs["the-run"].prompt) == (IMAGE_O1, "A lighthouse")
    assert [it.name for it in found.outputs] == [bare]
    assert (found.title, found.status, found.request) == ("Found again", Status.DONE, {})
    assert said.startswith(
        "Got back: 0 runs and 0 elements. "
        "2 more runs put together from files that no run refers to."
    )
    assert len(runs) == 2


def test_files_of_runs_that_are_back_are_not_found_once_more(folder: Path) -> None:
    media = FolderStore(folder / "media")
    used, result = (
        media.keep(picture(folder, 640), ".png"),
        media.keep(picture(folder, 700), ".png"),
    )
    with opened(folder) as store:
        request = {"prompt": "A boat", "image_url": ref(used)}
        outputs = (Output("image", name=result),)
        store.add(sample_run("with files", status=Status.DONE, request=request, outputs=outputs))
    beginning_broken(file_of(folder))
    assert "more run" not in recovered(folder)


def test_a_recovery_that_was_killed_at_its_last_step_is_finished(folder: Path) -> None:
    new = folder / "new"
    new.mkdir()
    filled(new)
    file_of(new).replace(Path(f"{file_of(folder)}{READY}"))
    removed(file_of(folder))
    assert recovered(folder).startswith("A recovery that was cut short is finished.")
    with opened(folder) as store:
        assert len(kept_runs(store)) == COUNT


def test_an_old_log_is_not_applied_to_the_new_database(folder: Path, tmp_path: Path) -> None:
    store = run_store(folder)
    store.annotate("run-1", title="From the log")
    copies = tmp_path / "copies"
    copies.mkdir()
    for part in folder.glob(f"{file_of(folder).name}*"):
        shutil.copy(part, copies)
    store.close()
    for part in copies.iterdir():
        shutil.copy(part, folder)
    beginning_broken(file_of(folder))
    recovered(folder)
    with opened(folder) as reopened:
        assert kept_runs(reopened)["run-1"].title == "From the log"
    with closing(sqlite3.connect(file_of(folder))) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert len(list(folder.glob("*.damaged-*-wal"))) == 1
