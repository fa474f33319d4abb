"""Runs that showcases show: deleting them leaves showcases whole, unless they are taken out."""

from dataclasses import replace
from functools import partial

import pytest

from components.errors import ShowcaseNotFound
from components.runs.maintenance.media_gc import MediaGarbageCollector
from components.runs.run import Run
from components.showcases.held_runs import PURGED_AFTER_S
from components.showcases.review import Verdict
from components.showcases.reviews import NewComment
from tests.apps.playgrounds import SAMPLES
from tests.samples.showcase_room import CLIP_RUN, EDITED_RUN, PICTURE_RUN, Room

DAY_S = 86_400.0
TABLES = (
    *("showcases", "showcase_items", "showcase_media", "showcase_runs", "showcase_links"),
    *("showcase_guests", "showcase_comments", "showcase_verdicts", "run_reviews"),
)


def deleted_for_good(room: Room, *run_ids: str) -> None:
    """Delete runs, and let the day in which that can be undone go by."""
    room.store.delete(run_ids, room.clock.now)
    room.clock.now += DAY_S + 1
    room.showcases.held.purge()
    room.store.purge(room.clock.now, room.media.delete)
    swept(room)


def swept(room: Room) -> None:
    """Look through the store a good while later."""
    MediaGarbageCollector(room.store.database, room.media, lambda: room.clock.now * 2).sweep()


def file_of(room: Room, run_id: str) -> str:
    return room.showcases.snapshots.result(run_id)[0].name


def counted(room: Room) -> dict[str, int]:
    with room.store.database.connect() as connection:
        return {
            table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in TABLES
        }


def own_files(room: Room, count: int) -> list[str]:
    """Let each of the first runs have a result that no other has."""
    names = []
    for number in range(count):
        run = room.store.get(f"run-{number:04d}")
        old = run.outputs[0].name or ""
        copy = room.folder / f"own-{number}{old[-4:]}"
        copy.write_bytes(room.media.path(old).read_bytes() + b"\0" * (number + 1))
        names.append(room.media.keep(copy, copy.suffix))
        room.store.change(run.id, partial(with_output, name=names[-1]))
    return names


def with_output(run: Run, name: str) -> Run:
    first, *others = run.outputs
    return replace(run, outputs=(replace(first, name=name), *others))


def test_deleting_a_run_for_good_leaves_what_a_showcase_shows(room: Room) -> None:
    own_files(room, 2)
    showcase_id, _ = room.show(PICTURE_RUN, CLIP_RUN)
    logo = room.media.keep(SAMPLES / "style.jpg", ".jpg")
    room.showcases.editor.set_logo(showcase_id, logo)
    before = room.showcases.editor.get(showcase_id)
    deleted_for_good(room, *(run.id for run in room.runs))
    assert room.store.undelete([PICTURE_RUN]) == 0
    shown = room.showcases.editor.get(showcase_id)
    assert shown == before
    assert len(shown.names) == 3
    assert all(room.media.has(name) for name in shown.names)
    kept = {file.name for file in room.media.kept()}
    assert kept == shown.names


def test_holders_name_the_showcases_and_which_runs_they_show(room: Room) -> None:
    first, _ = room.show(PICTURE_RUN, CLIP_RUN, title="A")
    second, (item,) = room.show(CLIP_RUN, title="B")
    gone, _ = room.show(CLIP_RUN, title="C")
    room.showcases.editor.delete(gone)
    held = room.showcases.held.holders([PICTURE_RUN, CLIP_RUN, EDITED_RUN, "unknown"])
    assert [(it.id, it.title, it.run_ids) for it in held] == [
        (first, "A", (PICTURE_RUN, CLIP_RUN)),
        (second, "B", (CLIP_RUN,)),
    ]
    room.showcases.editor.remove_item(item.id)
    assert [it.id for it in room.showcases.held.holders([CLIP_RUN])] == [first]
    assert room.showcases.held.holders([]) == []


def test_a_run_is_taken_out_everywhere_and_put_back(room: Room) -> None:
    first, _ = room.show(PICTURE_RUN, CLIP_RUN)
    second, _ = room.show(CLIP_RUN)
    before = [room.showcases.editor.get(it).items for it in (first, second)]
    held = room.showcases.held
    assert held.take_out([CLIP_RUN, "unknown"]) == 1
    assert held.holders([CLIP_RUN]) == []
    assert [it.runs[0].run_id for it in room.showcases.editor.get(first).items] == [PICTURE_RUN]
    assert room.showcases.editor.get(second).items == ()
    assert held.take_out([CLIP_RUN]) == 0
    held.put_back([CLIP_RUN])
    assert [room.showcases.editor.get(it).items for it in (first, second)] == before
    held.put_back([CLIP_RUN])
    assert [room.showcases.editor.get(it).items for it in (first, second)] == before


def test_one_side_of_a_comparison_is_taken_out_and_put_back(room: Room) -> None:
    made = room.showcases.editor.create("Against each other")
    item = room.compare(made.id, PICTURE_RUN, "run-0002", "run-0004")
    room.showcases.held.take_out(["run-0002"])
    (shown,) = room.showcases.editor.get(made.id).items
    assert [it.run_id for it in shown.media] == [PICTURE_RUN, "run-0004"]
    assert [it.run_id for it in shown.runs] == [PICTURE_RUN, "run-0004"]
    room.showcases.held.take_out([PICTURE_RUN, "run-0004"])
    assert room.showcases.editor.get(made.id).items == ()
    room.showcases.held.put_back(["run-0002"])
    (shown,) = room.showcases.editor.get(made.id).items
    assert [it.run_id for it in shown.media] == ["run-0002"]
    room.showcases.held.put_back([PICTURE_RUN, "run-0004"])
    assert room.showcases.editor.get(made.id).items == (item,)


def test_what_the_maker_removed_stays_removed_when_its_run_is_put_back(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    room.showcases.editor.remove_item(item.id)
    room.showcases.held.take_out([PICTURE_RUN])
    room.showcases.held.put_back([PICTURE_RUN])
    assert room.showcases.editor.get(showcase_id).items == ()


def test_a_face_that_was_taken_out_is_gone_from_the_disk_a_day_later(room: Room) -> None:
    """Of a comparison too, whose other side stays."""
    alone, side, other = own_files(room, 3)
    showcase_id, _ = room.show("run-0000")
    room.compare(showcase_id, "run-0001", "run-0002")
    room.showcases.held.take_out(["run-0000", "run-0001"])
    room.store.delete(["run-0000", "run-0001"], room.clock.now)
    room.showcases.held.purge()
    swept(room)
    assert all(room.media.has(name) for name in (alone, side, other))
    deleted_for_good(room, "run-0000", "run-0001")
    room.showcases.held.purge()
    room.store.purge(room.clock.now + 1, room.media.delete)
    swept(room)
    assert [room.media.has(name) for name in (alone, side, other)] == [False, False, True]
    (item,) = room.showcases.editor.get(showcase_id).items
    assert [it.run_id for it in item.media] == ["run-0002"]


def test_a_day_after_it_was_deleted_nothing_is_left_of_a_showcase(room: Room) -> None:
    own_files(room, 2)
    showcase_id, (item, _) = room.show(PICTURE_RUN, CLIP_RUN)
    logo = room.media.keep(SAMPLES / "style.jpg", ".jpg")
    room.showcases.editor.set_logo(showcase_id, logo)
    room.showcases.links.share(showcase_id)
    guest = room.guest(showcase_id)
    reviews = room.showcases.reviews
    reviews.comment(showcase_id, NewComment(item_id=item.id, text="Good"), guest)
    reviews.judge(showcase_id, item.id, guest, verdict=Verdict.APPROVE)
    room.showcases.editor.delete(showcase_id)
    room.clock.now += PURGED_AFTER_S - 1
    room.showcases.held.purge()
    room.showcases.editor.undelete(showcase_id)
    room.showcases.editor.delete(showcase_id)
    files = [file_of(room, PICTURE_RUN), file_of(room, CLIP_RUN), logo]
    deleted_for_good(room, *(run.id for run in room.runs))
    room.store.purge(room.clock.now + 1, room.media.delete)
    assert counted(room) == dict.fromkeys(TABLES, 0)
    assert not any(room.media.has(name) for name in files)
    with pytest.raises(ShowcaseNotFound):
        room.showcases.editor.undelete(showcase_id)


def test_a_purge_forgets_what_was_said_of_the_items_that_go_and_no_more(room: Room) -> None:
    showcase_id, (gone, stays) = room.show(PICTURE_RUN, CLIP_RUN)
    guest, reviews = room.guest(showcase_id), room.showcases.reviews
    for item in (gone, stays):
        reviews.comment(showcase_id, NewComment(item_id=item.id, text="Good"), guest)
        reviews.judge(showcase_id, item.id, guest, verdict=Verdict.APPROVE)
    room.showcases.editor.remove_item(gone.id)
    room.clock.now += PURGED_AFTER_S + 1
    room.showcases.held.purge()
    assert set(room.showcases.held.reviews([PICTURE_RUN, CLIP_RUN])) == {CLIP_RUN}
    left = reviews.since(showcase_id)
    assert left is not None
    assert [it.item_id for it in left.comments] == [stays.id]
    assert [it.item_id for it in left.verdicts] == [stays.id]
    with pytest.raises(ShowcaseNotFound):
        room.showcases.editor.restore_item(gone.id)
