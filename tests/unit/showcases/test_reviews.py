"""What guests and the maker say: bounded, kept before it is shown, and theirs to take back."""

import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from components.database.showcase_tables import SHOWCASE_GUESTS
from components.errors import DatabaseUnavailable, InvalidRequest, ShowcaseNotFound
from components.showcases import limits
from components.showcases import reviews as words
from components.showcases.review import Comment, Guest, Place, Reviews, Verdict
from components.showcases.reviews import NewComment
from components.showcases.showcase import Item, ItemKind
from tests.samples.showcase_room import CLIP_RUN, EDITED_RUN, PICTURE_RUN, Room, opened_room

THREADS, EACH = 8, 12


def said(room: Room, showcase_id: str, version: int = -1) -> Reviews:
    found = room.showcases.reviews.since(showcase_id, version)
    assert found is not None
    return found


def say(room: Room, showcase_id: str, item: Item, text: str = "Good", **more: object) -> Comment:
    guest = more.pop("guest", None)
    assert guest is None or isinstance(guest, Guest)
    new = NewComment(item_id=item.id, text=text, **more)  # type: ignore[arg-type]
    return room.showcases.reviews.comment(showcase_id, new, guest)


def refusal(room: Room, showcase_id: str, item: Item, text: str = "x", **more: object) -> str:
    """The sentence for a comment that is not kept, of which nothing is left."""
    before = said(room, showcase_id)
    with pytest.raises((InvalidRequest, ShowcaseNotFound)) as refused:
        say(room, showcase_id, item, text, **more)
    assert said(room, showcase_id) == before
    return str(refused.value)


def test_a_guest_is_known_again_by_the_secret_here_and_nowhere_else(room: Room) -> None:
    (first, _), (second, _) = room.show(PICTURE_RUN), room.show(PICTURE_RUN)
    reviews = room.showcases.reviews
    guest, secret = reviews.enter(first, "  Ada\n Lovelace\x00 ")
    assert guest.display_name == "Ada Lovelace\ufffd"
    assert reviews.guest(first, secret) == guest
    assert reviews.guest(second, secret) is None
    for stranger in ("", "x", guest.id, secret + "x", "\ud800"):
        assert reviews.guest(first, stranger) is None
    with room.store.database.connect() as connection:
        kept = str(connection.execute(SHOWCASE_GUESTS.select()).all())
    assert guest.id in kept
    assert secret not in kept


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", words.NO_NAME), (" \t\n", words.NO_NAME), ("\u200b\u202e", words.NO_NAME)],
)
def test_without_a_name_nobody_is_let_in(name: str, sentence: str, room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    with pytest.raises(InvalidRequest) as refused:
        room.showcases.reviews.enter(showcase_id, name)
    assert refused.value.problems == {"name": sentence}
    with pytest.raises(InvalidRequest, match="61 characters"):
        room.showcases.reviews.enter(showcase_id, "x" * 61)


def test_names_and_comments_have_a_number_that_they_do_not_exceed(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    guests = [room.guest(showcase_id, f"Guest {number}") for number in range(limits.MOST_GUESTS)]
    with pytest.raises(InvalidRequest, match="Too many people"):
        room.guest(showcase_id)
    for guest in guests[: limits.MOST_COMMENTS // limits.MOST_COMMENTS_OF_ONE]:
        for _ in range(limits.MOST_COMMENTS_OF_ONE):
            say(room, showcase_id, item, guest=guest)
        assert refusal(room, showcase_id, item, guest=guest) == words.TOO_MANY_COMMENTS
    assert refusal(room, showcase_id, item, guest=guests[-1]) == words.TOO_MANY_COMMENTS
    assert say(room, showcase_id, item, "Thank you").author == words.MAKER


@pytest.mark.parametrize("name", ["The maker", "  the  MAKER ", "Maker"])
def test_no_guest_takes_the_name_of_the_maker(room: Room, name: str) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    with pytest.raises(InvalidRequest, match="take a name of your own"):
        room.guest(showcase_id, name)


def test_a_place_stays_at_its_side_when_another_side_is_taken_out(room: Room) -> None:
    showcase = room.showcases.editor.create("Compared")
    sides = room.showcases.snapshots.sides([PICTURE_RUN, CLIP_RUN])
    item = room.showcases.editor.add_together(showcase.id, ItemKind.COMPARISON, sides)
    first = say(room, showcase.id, item, "One", place=Place(0, x=0.5, y=0.5))
    second = say(room, showcase.id, item, "Two", place=Place(1, x=0.5, y=0.5))
    room.showcases.held.take_out([PICTURE_RUN])
    fresh = room.showcases.reviews.since(showcase.id)
    assert fresh is not None
    places = {it.id: it.place for it in fresh.comments}
    assert places[first.id] is None
    assert second.place is not None
    assert places[second.id] == replace(second.place, side=0)


def test_a_comment_is_kept_with_who_said_it_and_where(room: Room) -> None:
    showcase_id, (picture, clip) = room.show(PICTURE_RUN, CLIP_RUN)
    guest = room.guest(showcase_id)
    place = Place(0, x=0.25, y=1.0)
    here = say(room, showcase_id, picture, " Darker\r\nhere ", guest=guest, place=place)
    then = say(room, showcase_id, clip, "Now", place=Place(frame=12, time_s=0.5))
    assert (here.text, here.author, here.guest_id, here.place) == (
        "Darker\nhere",
        "Ada",
        guest.id,
        place,
    )
    assert (then.author, then.guest_id, then.place) == (
        words.MAKER,
        None,
        Place(0, None, None, 12, 0.5),
    )
    assert set(said(room, showcase_id).comments) == {here, then}


def test_what_is_said_is_not_what_cannot_be_kept(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    assert refusal(room, showcase_id, item, " \n") == words.NO_WORDS
    assert "100,000 characters long, and at most 2,000" in refusal(
        room, showcase_id, item, "x" * 100_000
    )
    text = room.showcases.editor.add_text(showcase_id, "Between them")
    for other in (text, Item(id="unknown", kind=item.kind)):
        assert refusal(room, showcase_id, other) == words.NO_ITEM
    room.showcases.editor.remove_item(item.id)
    assert refusal(room, showcase_id, item) == words.NO_ITEM


NAN = float("nan")
OUTSIDE = [
    Place(x=1.1, y=0.5),
    Place(x=0.5, y=-0.1),
    Place(x=0.5),
    Place(y=0.5),
    Place(x=NAN, y=0.5),
    Place(x=float("inf"), y=0.5),
    Place(side=1),
    Place(side=-1),
    Place(side=10**30),
]


@pytest.mark.parametrize("place", OUTSIDE)
def test_a_place_outside_is_refused(place: Place, room: Room) -> None:
    showcase_id, (picture, clip) = room.show(PICTURE_RUN, CLIP_RUN)
    for item in (picture, clip):
        assert refusal(room, showcase_id, item, place=place) == words.NO_PLACE


def test_a_frame_outside_is_refused_and_any_of_a_picture(room: Room) -> None:
    showcase_id, (picture, clip) = room.show(PICTURE_RUN, CLIP_RUN)
    (medium,) = clip.media
    last = round(medium.duration_s * medium.frames_per_s) - 1
    assert say(room, showcase_id, clip, place=Place(frame=last, time_s=medium.duration_s)).place
    outside = [
        Place(frame=-1),
        Place(frame=last * 10),
        Place(frame=10**30),
        Place(time_s=-0.1),
        Place(time_s=medium.duration_s + 2),
        Place(time_s=NAN),
    ]
    for place in outside:
        assert refusal(room, showcase_id, clip, place=place) == words.NO_PLACE
    for place in (Place(frame=0), Place(time_s=3.0)):
        assert refusal(room, showcase_id, picture, place=place) == words.NO_PLACE


def test_an_answer_stands_under_its_comment_and_is_not_answered_itself(room: Room) -> None:
    showcase_id, (item, other) = room.show(PICTURE_RUN, CLIP_RUN)
    asked = say(room, showcase_id, item, "Darker?", guest=room.guest(showcase_id))
    answer = say(room, showcase_id, item, "Done", answers=asked.id)
    assert answer.answers == asked.id
    assert refusal(room, showcase_id, item, answers=answer.id) == words.NO_ANSWER
    assert refusal(room, showcase_id, other, answers=asked.id) == words.NO_ANSWER
    assert refusal(room, showcase_id, item, answers="unknown") == words.NO_COMMENT
    elsewhere, (foreign,) = room.show(EDITED_RUN)
    assert refusal(room, elsewhere, foreign, answers=asked.id) == words.NO_COMMENT
    room.showcases.reviews.delete(showcase_id, asked.id, None)
    assert refusal(room, showcase_id, item, answers=asked.id) == words.NO_COMMENT


def test_asking_twice_with_one_id_keeps_one_comment(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    guest = room.guest(showcase_id)
    first = say(room, showcase_id, item, guest=guest, id="mine")
    assert say(room, showcase_id, item, "Again", guest=guest, id="mine") == first
    elsewhere, (foreign,) = room.show(EDITED_RUN)
    assert refusal(room, elsewhere, foreign, id="mine") == words.ID_TAKEN
    assert refusal(room, elsewhere, foreign, id="x" * 65) == words.ID_TAKEN


def test_an_id_that_somebody_else_used_is_refused(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    say(room, showcase_id, item, "Mine", guest=room.guest(showcase_id), id="one")
    other = room.guest(showcase_id, "Grace")
    assert refusal(room, showcase_id, item, "Other", guest=other, id="one") == words.ID_TAKEN


def test_guests_take_back_their_own_words_and_the_maker_any(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    ada, grace = room.guest(showcase_id), room.guest(showcase_id, "Grace")
    reviews = room.showcases.reviews
    first, second = (say(room, showcase_id, item, guest=it) for it in (ada, grace))
    mine = say(room, showcase_id, item)
    for theirs in (second, mine):
        with pytest.raises(InvalidRequest, match="somebody else's"):
            reviews.delete(showcase_id, theirs.id, ada)
    reviews.delete(showcase_id, first.id, ada)
    reviews.delete(showcase_id, second.id, None)
    left = {it.id: it for it in said(room, showcase_id).comments}
    assert (left[first.id].is_deleted, left[first.id].text) == (True, "")
    assert left[second.id].is_deleted
    assert not left[mine.id].is_deleted
    for refused in (first.id, "unknown"):
        with pytest.raises(ShowcaseNotFound, match=words.NO_COMMENT):
            reviews.delete(showcase_id, refused, ada)
        with pytest.raises(ShowcaseNotFound, match=words.NO_COMMENT):
            reviews.resolve(showcase_id, refused, is_resolved=True)


def test_a_comment_of_another_showcase_cannot_be_changed_here(room: Room) -> None:
    (first, (item,)), (second, _) = room.show(PICTURE_RUN), room.show(PICTURE_RUN)
    kept = say(room, first, item)
    with pytest.raises(ShowcaseNotFound, match=words.NO_COMMENT):
        room.showcases.reviews.delete(second, kept.id, None)
    with pytest.raises(ShowcaseNotFound, match=words.NO_COMMENT):
        room.showcases.reviews.resolve(second, kept.id, is_resolved=True)
    assert said(room, first).comments == (kept,)


def test_what_is_done_is_resolved_and_can_be_opened_again(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    kept = say(room, showcase_id, item, guest=room.guest(showcase_id))
    assert room.showcases.editor.all()[0].comments == 1
    room.showcases.reviews.resolve(showcase_id, kept.id, is_resolved=True)
    assert room.showcases.editor.all()[0].comments == 0
    room.showcases.reviews.resolve(showcase_id, kept.id, is_resolved=False)
    assert not said(room, showcase_id).comments[0].is_resolved


def test_a_verdict_and_a_favourite_change_apart(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    ada, reviews = room.guest(showcase_id), room.showcases.reviews
    reviews.judge(showcase_id, item.id, ada, is_favourite=True)
    reviews.judge(showcase_id, item.id, ada, verdict=Verdict.CHANGE)
    (given,) = said(room, showcase_id).verdicts
    assert (given.verdict, given.is_favourite, given.author) == (Verdict.CHANGE, True, "Ada")
    reviews.judge(showcase_id, item.id, ada, verdict=Verdict.NONE)
    assert room.showcases.held.reviews([PICTURE_RUN]) == {}
    with pytest.raises(ShowcaseNotFound, match=words.NO_ITEM):
        reviews.judge(showcase_id, "unknown", ada, verdict=Verdict.APPROVE)


def test_nothing_new_is_none_and_a_deleted_showcase_says_so(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    now = said(room, showcase_id)
    assert room.showcases.reviews.since(showcase_id, now.version) is None
    say(room, showcase_id, item)
    news = said(room, showcase_id, now.version)
    assert (len(news.comments), news.content_version) == (1, now.content_version)
    room.showcases.editor.change_item(item.id, caption="New")
    changed = said(room, showcase_id, news.version)
    assert (changed.comments, changed.content_version) == ((), changed.version)
    for odd in (-(10**30), 10**30):
        assert said(room, showcase_id, odd).version == changed.version
    room.showcases.editor.delete(showcase_id)
    with pytest.raises(ShowcaseNotFound):
        room.showcases.reviews.since(showcase_id, now.version)


def test_many_who_write_at_once_lose_nothing(room: Room) -> None:
    showcase_id, items = room.show(PICTURE_RUN, CLIP_RUN)
    guests = [room.guest(showcase_id, f"Guest {number}") for number in range(THREADS)]
    before = said(room, showcase_id).version
    together = threading.Barrier(THREADS)
    kept: list[list[Comment]] = [[] for _ in guests]

    def write(number: int) -> None:
        together.wait()
        for turn in range(EACH):
            item = items[turn % 2]
            text = f"{number}.{turn}"
            while len(kept[number]) == turn:
                # Whoever waits too long for the others is told so, and says it once more.
                with suppress(DatabaseUnavailable):
                    more = {"guest": guests[number], "id": f"{number}-{turn}"}
                    kept[number].append(say(room, showcase_id, item, text, **more))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = {it.id: it for it in said(room, showcase_id).comments}
    assert every == {it.id: it for each in kept for it in each}
    assert len(every) == THREADS * EACH
    # Every write has a version of its own: whoever asks for what is new misses none.
    assert said(room, showcase_id).version == before + THREADS * EACH


def test_what_was_said_is_there_after_a_new_start(room: Room) -> None:
    showcase_id, (item,) = room.show(PICTURE_RUN)
    guest = room.guest(showcase_id)
    say(room, showcase_id, item, "Kept", guest=guest, place=Place(0, 0.5, 0.5))
    room.showcases.reviews.judge(showcase_id, item.id, guest, verdict=Verdict.REJECT)
    before = said(room, showcase_id)
    with opened_room(room.folder, 0, url=room.url) as again:
        assert said(again, showcase_id) == before
