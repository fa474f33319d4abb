"""What is kept moves whole, to either kind of database, over stops, and over nothing else."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from components.database.engine import open_database, reading
from components.database.migrations import METADATA
from components.database.schema import ACTIVE, RUN_TEXTS, RUNS
from components.database.sqlite.read_only import opened_read_only
from components.errors import DatabaseUnavailable, SettingsError, StorageError
from components.media.store.media_store import FolderStore
from components.runs.maintenance.data_move import Place, move
from components.runs.run import Status
from components.runs.store.forms.element_library import ElementLibrary
from components.runs.store.run_store import RunStore
from components.showcases.reviews import NewComment
from tests.samples.run_samples import EVERY_LANE, NOW, PICTURE, sample_run
from tests.samples.showcase_room import CLIP_RUN, PICTURE_RUN, opened_room

DATABASE = "playground.sqlite3"
FOX = {"frontal_image_url": PICTURE, "reference_image_urls": [PICTURE]}


class Stopped(Exception):
    """Somebody ended it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with runs that are over and under way, a kit, and a showcase with a comment."""
    data = tmp_path / "data"
    data.mkdir()
    with opened_room(data) as room:
        showcase_id, (item, _) = room.show(PICTURE_RUN, CLIP_RUN)
        said = NewComment(item_id=item.id, text="Brighter\U0001f31e, please")
        room.showcases.reviews.comment(showcase_id, said, room.guest(showcase_id))
        room.store.add(
            *(sample_run(f"queued-{number:04d}", title="naïve") for number in range(600)),
            sample_run("at work", status=Status.GENERATING, generation_id="g", submitted_at=NOW),
        )
        ElementLibrary(room.store.database).keep("Hero", FOX, NOW)
        assert room.store.tick([], NOW + 5, 900.0, EVERY_LANE)
    return data


@pytest.fixture
def source(folder: Path, tmp_path: Path) -> Iterator[Place]:
    with opened_read_only(folder / DATABASE, tmp_path) as database:
        yield Place(database, FolderStore(folder / "media"))


@pytest.fixture
def target(tmp_path: Path, store_url: str) -> Iterator[Place]:
    database = open_database(store_url)
    yield Place(database, FolderStore(tmp_path / "moved"))
    database.dispose()


def rows_of(place: Place) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in an order of Python's; leases are nobody's."""
    with reading(place.database) as connection:
        return {
            table.name: sorted(
                (
                    tuple(0.0 if name == "lease_until" else str(row[name]) for name in row)
                    for row in connection.execute(table.select()).mappings()
                ),
                key=str,
            )
            for table in METADATA.sorted_tables
        }


def names_of(place: Place) -> set[tuple[str, int]]:
    return {(file.name, file.size_bytes) for file in place.media.kept()}


def hashes_in(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.endswith(("-shm", "-wal"))
    }


def test_everything_arrives_and_the_source_stays_as_it_is(
    source: Place, target: Place, folder: Path
) -> None:
    before, lines = hashes_in(folder), list[str]()
    said = move(source, target, lines.append)
    assert rows_of(target) == rows_of(source)
    assert names_of(target) == names_of(source)
    assert hashes_in(folder) == before
    assert "the 601 runs under way go on there" in said
    assert "runs that are over: 6 added" in lines
    assert "runs under way: 601 added" in lines
    assert any(line.startswith("files compared: 3 of 3, ") for line in lines)


def test_runs_under_way_go_on_where_they_were_and_new_ones_are_found(
    source: Place, target: Place, store_url: str
) -> None:
    move(source, target, str)
    with closing(RunStore(store_url)) as store:
        with reading(store.database) as connection:
            leases = sa.select(sa.func.max(RUNS.c.lease_until)).where(ACTIVE)
            assert connection.scalar(leases) == 0.0
        handed_out = store.tick([], NOW + 5, 60.0, EVERY_LANE)
        assert "at work" in {claim.run.id for claim in handed_out}
        store.add(sample_run("new"))
        assert store.get("new").status is Status.QUEUED
        with reading(store.database) as connection:
            numbers = sa.select(RUN_TEXTS.c.number)
            new = connection.scalar(numbers.where(RUN_TEXTS.c.run_id == "new"))
            assert new == connection.scalar(sa.select(sa.func.max(RUN_TEXTS.c.number)))


def test_once_more_adds_nothing(source: Place, target: Place) -> None:
    move(source, target, str)
    before, lines = rows_of(target), list[str]()
    move(source, target, lines.append)
    assert rows_of(target) == before
    assert "runs under way: 0 added" in lines


def test_stopped_anywhere_it_goes_on_and_ends_the_same(source: Place, target: Place) -> None:
    stops = 0
    while True:
        told = 0

        def say(_: str, last: int = stops) -> None:
            nonlocal told
            told += 1
            if told > last:
                raise Stopped

        try:
            move(source, target, say)
        except Stopped:
            stops += 1
            assert not rows_of(target)["runs"] or names_of(target) == names_of(source)
        else:
            break
    assert stops > len(METADATA.tables)
    assert rows_of(target) == rows_of(source)
    assert names_of(target) == names_of(source)


def test_nobody_sees_a_run_under_way_before_everything_else_was_compared(
    source: Place, target: Place
) -> None:
    def meddle(line: str) -> None:
        """Somebody writes to the target when all but those runs is there."""
        if line.startswith("runs that are over"):
            with target.database.begin() as connection:
                connection.execute(RUNS.update().values(title="another"))

    with pytest.raises(DatabaseUnavailable, match="the table runs is not what was sent") as caught:
        move(source, target, meddle)
    assert str(caught.value).endswith("Stop whatever uses the new database, then run it again.")
    with reading(target.database) as connection:
        assert connection.execute(RUNS.select().where(ACTIVE)).first() is None


@pytest.mark.parametrize("run_id", ["a stranger", PICTURE_RUN])
def test_a_target_that_holds_anything_else_is_left_as_it_is(
    source: Place, target: Place, store_url: str, run_id: str
) -> None:
    with closing(RunStore(store_url)) as store:
        store.add(sample_run(run_id))
    before = rows_of(target)
    with pytest.raises(SettingsError, match=r"\(1 in run_texts, 1 in runs\)") as caught:
        move(source, target, str)
    assert "Nothing was written. Give it the address of an empty database." in str(caught.value)
    assert rows_of(target) == before
    assert not names_of(target)


def test_a_target_that_has_gone_on_is_left_as_it_is(
    source: Place, target: Place, store_url: str
) -> None:
    move(source, target, str)
    with closing(RunStore(store_url)) as store:
        store.tick([], NOW + 5, 60.0, EVERY_LANE)
    with pytest.raises(SettingsError, match=r"have gone on since they were moved \(\d+ in runs\)"):
        move(source, target, str)


def test_files_that_are_damaged_or_gone_are_named_and_keep_nothing_else_back(
    source: Place, target: Place
) -> None:
    damaged, gone, whole = sorted(file.name for file in source.media.kept())
    source.media.path(damaged).write_bytes(b"not what it was")
    source.media.path(gone).unlink()
    lines: list[str] = []
    move(source, target, lines.append)
    assert f"1 files of the data folder are not there any more: {gone}" in lines
    assert f"1 files of the data folder are damaged, and stay behind: {damaged}" in lines
    assert {name for name, _ in names_of(target)} == {whole}


@pytest.mark.parametrize("cut", [lambda it: it[:-1], lambda it: bytes([it[0] ^ 1]) + it[1:]])
def test_a_file_that_arrived_otherwise_is_refused_and_copied_again(
    source: Place, target: Place, cut: Callable[[bytes], bytes]
) -> None:
    move(source, target, str)
    name = min(file.name for file in source.media.kept())
    there = target.media.path(name)
    there.write_bytes(cut(there.read_bytes()))
    with pytest.raises(StorageError, match=rf"1 files did not arrive whole \({name}\)\."):
        move(source, target, str)
    move(source, target, str)
    assert there.read_bytes() == source.media.path(name).read_bytes()


def test_what_a_killed_process_left_in_the_log_arrives(
    folder: Path, tmp_path: Path, target: Place
) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as other:
        other.execute("UPDATE runs SET title = 'from the log' WHERE id = 'at work'")
        other.commit()
        copied = tmp_path / "killed"
        copied.mkdir()
        for part in folder.glob(f"{DATABASE}*"):
            (copied / part.name).write_bytes(part.read_bytes())
    with ExitStack() as stack:
        database = stack.enter_context(opened_read_only(copied / DATABASE, tmp_path))
        move(Place(database, FolderStore(folder / "media")), target, str)
    with reading(target.database) as connection:
        title = sa.select(RUNS.c.title).where(RUNS.c.id == "at work")
        assert connection.scalar(title) == "from the log"


def test_a_text_that_only_sqlite_takes_is_moved_as_it_would_be_kept_today(
    folder: Path, source: Place, target: Place
) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as other, other:
        other.execute("UPDATE runs SET remark = ? WHERE id = 'at work'", ("a\0b",))
    move(source, target, str)
    with reading(target.database) as connection:
        remark = sa.select(RUNS.c.remark).where(RUNS.c.id == "at work")
        assert connection.scalar(remark) == "a�b"
