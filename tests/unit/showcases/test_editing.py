"""What the maker does with a showcase: made once, put in order, taken out and brought back."""

from pathlib import Path

import pytest

from components.errors import InvalidRequest, ShowcaseNotFound
from components.showcases import limits
from components.showcases.editing import EMPTY_TITLE, FULL, NO_ITEM
from components.showcases.showcase import ItemKind
from components.showcases.snapshot import GONE, NOTHING
from components.showcases.store import rows
from tests.apps.playgrounds import SAMPLES
from tests.samples.showcase_room import CLIP_RUN, EDITED_RUN, PICTURE_RUN, Room, opened_room


def ids_shown(room: Room, showcase_id: str) -> list[str]:
    return [item.id for item in room.showcases.editor.get(showcase_id).items]


def test_creating_twice_with_one_id_makes_one_showcase(room: Room) -> None:
    editor = room.showcases.editor
    first = editor.create("  Harbour\nat night ", showcase_id="mine")
    room.clock.now += 60
    again = editor.create("Another title", showcase_id="mine")
    assert again == first
    assert first.title == "Harbour at night"
    assert [it.id for it in editor.all()] == ["mine"]


def test_without_an_id_each_is_a_showcase_of_its_own(room: Room) -> None:
    editor = room.showcases.editor
    assert editor.create("A").id != editor.create("A").id
    assert len(editor.all()) == 2


def test_what_was_kept_is_there_after_a_new_start(tmp_path: Path, store_url: str) -> None:
    with opened_room(tmp_path, url=store_url) as room:
        showcase_id, _ = room.show(PICTURE_RUN, CLIP_RUN)
        room.compare(showcase_id, EDITED_RUN, CLIP_RUN)
        room.showcases.editor.add_text(showcase_id, "Two\n\nlines")
        room.showcases.editor.change(
            showcase_id,
            introduction="As agreed",
            accent="#4338CA",
            shown={"prompt": True, "unknown": True},
        )
        kept = room.showcases.editor.get(showcase_id)
    with opened_room(tmp_path, 0, url=store_url) as again:
        assert again.showcases.editor.get(showcase_id) == kept
    assert (kept.accent, kept.shown.prompt, kept.shown.price) == ("#4338ca", True, False)
    assert [item.kind for item in kept.items] == [
        ItemKind.RESULT,
        ItemKind.RESULT,
        ItemKind.COMPARISON,
        ItemKind.TEXT,
    ]


def test_a_result_is_kept_with_its_measures_and_facts(room: Room) -> None:
    _, (picture, clip) = room.show(PICTURE_RUN, CLIP_RUN)
    (shown,) = picture.media
    assert (shown.is_clip, shown.width_px > 0, shown.height_px > 0) == (False, True, True)
    assert clip.media[0].is_clip
    assert clip.media[0].duration_s > 0
    assert clip.media[0].frames_per_s > 0
    (facts,) = picture.runs
    assert facts.prompt == "A harbour, number 0"
    assert facts.model_title
    assert ("Duration", "10") not in facts.settings
    assert all("/media/" not in value for _, value in facts.settings)


def test_order_names_some_and_the_others_follow(room: Room) -> None:
    showcase_id, items = room.show(*(f"run-{number:04d}" for number in range(5)))
    first, second, third, fourth, fifth = (item.id for item in items)
    room.showcases.editor.order(showcase_id, [fourth, "unknown", second, fourth])
    assert ids_shown(room, showcase_id) == [fourth, second, first, third, fifth]


def test_an_item_that_was_taken_out_comes_back_where_it_was(room: Room) -> None:
    editor = room.showcases.editor
    showcase_id, items = room.show(PICTURE_RUN, CLIP_RUN, EDITED_RUN)
    first, second, third = (item.id for item in items)
    editor.remove_item(second)
    assert ids_shown(room, showcase_id) == [first, third]
    with pytest.raises(ShowcaseNotFound, match=NO_ITEM):
        editor.change_item(second, caption="Gone")
    editor.restore_item(second)
    assert ids_shown(room, showcase_id) == [first, second, third]
    editor.restore_item(second)
    assert ids_shown(room, showcase_id) == [first, second, third]


def test_a_restored_item_does_not_go_beyond_the_bound(room: Room) -> None:
    editor = room.showcases.editor
    made = editor.create("Many words")
    items = [editor.add_text(made.id, str(number)) for number in range(limits.MOST_ITEMS)]
    with pytest.raises(InvalidRequest, match=FULL):
        editor.add_text(made.id, "one more")
    editor.remove_item(items[0].id)
    editor.add_text(made.id, "another")
    with pytest.raises(InvalidRequest, match="take some out first"):
        editor.restore_item(items[0].id)
    assert len(editor.get(made.id).items) == limits.MOST_ITEMS


def test_a_deleted_showcase_comes_back_with_all_of_it(room: Room) -> None:
    editor = room.showcases.editor
    showcase_id, _ = room.show(PICTURE_RUN)
    before = editor.get(showcase_id)
    editor.delete(showcase_id)
    assert editor.all() == []
    for refused in (editor.get, editor.delete, editor.add_text):
        with pytest.raises(ShowcaseNotFound, match=rows.GONE):
            refused(showcase_id)
    assert editor.undelete(showcase_id).items == before.items
    with pytest.raises(ShowcaseNotFound):
        editor.undelete("unknown")


def test_the_cover_is_the_chosen_item_else_the_first_with_a_picture(room: Room) -> None:
    editor = room.showcases.editor
    made = editor.create("Covered")
    editor.add_text(made.id, "Words first")
    assert editor.get(made.id).cover is None
    room.compare(made.id, EDITED_RUN, CLIP_RUN)
    (item,) = editor.add(made.id, [room.showcases.snapshots.result(PICTURE_RUN)])
    cover = editor.get(made.id).cover
    assert cover is not None
    assert cover.run_id == CLIP_RUN
    chosen = editor.change(made.id, cover_item=item.id)
    assert chosen.cover == item.media[0]
    assert editor.all()[0].cover == item.media[0]


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"title": " \n\t"}, "title", EMPTY_TITLE),
        ({"title": "\u200b\u2060"}, "title", EMPTY_TITLE),
        ({"title": "x" * 121}, "title", "121 characters long, and at most 120 are kept"),
        ({"introduction": "x" * 100_000}, "introduction", "100,000 characters long"),
        ({"accent": "red"}, "accent", "Give the colour as # and six digits"),
        ({"accent": "#12345"}, "accent", "Give the colour as # and six digits"),
        ({"accent": "#4338ca;}"}, "accent", "Give the colour as # and six digits"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_sentence_and_changes_nothing(
    given: dict[str, str], field: str, said: str, room: Room
) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    before = room.showcases.editor.get(showcase_id)
    with pytest.raises(InvalidRequest) as refused:
        room.showcases.editor.change(showcase_id, **given)
    assert list(refused.value.problems) == [field]
    assert said in refused.value.problems[field]
    assert room.showcases.editor.get(showcase_id) == before


def test_an_empty_title_makes_nothing(room: Room) -> None:
    with pytest.raises(InvalidRequest, match=EMPTY_TITLE):
        room.showcases.editor.create("  ")
    assert room.showcases.editor.all() == []


def test_nothing_but_what_the_maker_may_change_is_changed(room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    with pytest.raises(TypeError):
        room.showcases.editor.change(showcase_id, deleted_at="1")
    assert room.showcases.editor.get(showcase_id)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("unknown", GONE),
        ("", GONE),
        ("../../etc/passwd", GONE),
        (f"{PICTURE_RUN}~9", NOTHING),
        (f"{PICTURE_RUN}~0", NOTHING),
        (f"{PICTURE_RUN}~s9", NOTHING),
        (f"{PICTURE_RUN}~x", GONE),
        (f"{PICTURE_RUN}\0", GONE),
    ],
)
def test_a_run_that_is_gone_is_not_taken(spec: str, said: str, room: Room) -> None:
    with pytest.raises(InvalidRequest) as refused:
        room.showcases.snapshots.result(spec)
    assert refused.value.problems == {"": said}


def test_a_file_that_went_meanwhile_is_not_taken(room: Room) -> None:
    made = room.showcases.editor.create("Late")
    taken = room.showcases.snapshots.result(PICTURE_RUN)
    room.media.delete(taken[0].name)
    with pytest.raises(InvalidRequest, match="just deleted"):
        room.showcases.editor.add(made.id, [taken])
    with pytest.raises(InvalidRequest, match=NOTHING):
        room.showcases.snapshots.result(PICTURE_RUN)
    assert room.showcases.editor.get(made.id).items == ()


def test_a_comparison_has_two_to_six_sides(room: Room) -> None:
    for specs in ([f"{CLIP_RUN}~1"], [CLIP_RUN] * 7, []):
        with pytest.raises(InvalidRequest, match="two to 6 sides"):
            room.showcases.snapshots.sides(specs)
    source, result = room.showcases.snapshots.sides([PICTURE_RUN])
    assert (source[0].pick, result[0].pick) == ("s1", "1")


def test_a_logo_is_kept_while_it_is_there_and_refused_when_it_is_gone(room: Room) -> None:
    editor = room.showcases.editor
    made = editor.create("With a logo")
    name = room.media.keep(SAMPLES / "place.jpg", ".jpg")
    assert editor.set_logo(made.id, name).logo == name
    with pytest.raises(InvalidRequest, match="no longer kept here"):
        editor.set_logo(made.id, "f" * 64 + ".png")
    assert editor.get(made.id).names == {name}
    assert editor.set_logo(made.id, "").logo == ""


def test_captions_and_words_of_an_item_are_bounded(room: Room) -> None:
    editor = room.showcases.editor
    showcase_id, (item,) = room.show(PICTURE_RUN)
    editor.change_item(item.id, caption=" The quay \x07")
    assert editor.get(showcase_id).items[0].caption == "The quay"
    with pytest.raises(InvalidRequest, match="501 characters"):
        editor.change_item(item.id, caption="x" * 501)
    with pytest.raises(InvalidRequest, match="8,001 characters"):
        editor.add_text(showcase_id, "x" * 8001)
