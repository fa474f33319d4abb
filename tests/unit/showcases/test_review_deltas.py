"""Whoever asks only for what is new always knows all of it, and what is counted is true."""

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from components.database.engine import reading
from components.database.showcase_tables import (
    SHOWCASE_COMMENTS,
    SHOWCASE_RUNS,
    SHOWCASE_VERDICTS,
)
from components.errors import InvalidRequest, ShowcaseNotFound
from components.showcases.held_runs import PURGED_AFTER_S
from components.showcases.review import Guest, Reviews, RunReview, Verdict
from components.showcases.reviews import NewComment
from components.showcases.showcase import Item
from tests.samples.showcase_room import CLIP_RUN, EDITED_RUN, PICTURE_RUN, Room, opened_room

RUNS = (PICTURE_RUN, CLIP_RUN, EDITED_RUN)
REFUSED = (InvalidRequest, ShowcaseNotFound)
PLACES = st.integers(0, 2)


class Page:
    """A page that asks for what came after the version that it knows, and keeps what it is told."""

    def __init__(self, showcase_id: str) -> None:
        self.showcase_id = showcase_id
        self.version = -1
        self.comments: dict[str, Any] = {}
        self.verdicts: dict[tuple[str, str], Any] = {}

    def ask(self, room: Room) -> None:
        """Take in what is new."""
        news = room.showcases.reviews.since(self.showcase_id, self.version)
        if news:
            assert news.version > self.version
            self.version = news.version
            self.comments |= {it.id: it for it in news.comments}
            self.verdicts |= {(it.item_id, it.guest_id): it for it in news.verdicts}

    def knows(self, whole: Reviews, shown: set[str]) -> None:
        """Nothing of what is shown is missing, old or too much."""
        comments = {it.id: it for it in whole.comments if it.item_id in shown}
        assert {key: it for key, it in self.comments.items() if it.item_id in shown} == comments
        verdicts = {(it.item_id, it.guest_id): it for it in whole.verdicts if it.item_id in shown}
        assert {key: it for key, it in self.verdicts.items() if key[0] in shown} == verdicts


class AnyWords(RuleBasedStateMachine):
    """Guests and the maker of two showcases with the same runs, in any order."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.room = self.stack.enter_context(opened_room(folder, 4, url=url))
        self.items: list[tuple[str, Item]] = []
        self.guests: list[tuple[str, Guest]] = []
        self.said: list[tuple[str, str]] = []
        self.pages: list[Page] = []

    @initialize()
    def showcases_with_guests(self) -> None:
        for title in ("A", "B"):
            showcase_id, items = self.room.show(*RUNS[:2], title=title)
            items.append(self.room.compare(showcase_id, PICTURE_RUN, "run-0002"))
            self.items += [(showcase_id, item) for item in items]
            self.guests += [(showcase_id, self.room.guest(showcase_id, it)) for it in ("Ada", "Bo")]
            self.pages += [Page(showcase_id), Page(showcase_id)]

    @rule(item=st.integers(0, 5), guest=st.integers(0, 4), answers=st.integers(0, 9))
    def comment(self, item: int, guest: int, answers: int) -> None:
        showcase_id, shown = self.items[item]
        by = self.guests[guest][1] if guest < 4 else None
        answered = self.said[answers][1] if answers < len(self.said) else None
        new = NewComment(item_id=shown.id, text=f"Word {len(self.said)}", answers=answered)
        with suppress(*REFUSED):
            kept = self.room.showcases.reviews.comment(showcase_id, new, by)
            self.said.append((showcase_id, kept.id))

    @rule(which=st.integers(0, 9), guest=st.integers(0, 4))
    def take_back(self, which: int, guest: int) -> None:
        by = self.guests[guest][1] if guest < 4 else None
        for showcase_id, comment_id in self.said[which : which + 1]:
            with suppress(*REFUSED):
                self.room.showcases.reviews.delete(showcase_id, comment_id, by)

    @rule(which=st.integers(0, 9), done=st.booleans())
    def resolve(self, which: int, done: bool) -> None:
        for showcase_id, comment_id in self.said[which : which + 1]:
            with suppress(*REFUSED):
                self.room.showcases.reviews.resolve(showcase_id, comment_id, is_resolved=done)

    @rule(
        item=st.integers(0, 5),
        guest=st.integers(0, 3),
        given=st.fixed_dictionaries(
            {}, optional={"verdict": st.sampled_from(Verdict), "is_favourite": st.booleans()}
        ),
    )
    def judge(self, item: int, guest: int, given: dict[str, Any]) -> None:
        showcase_id, shown = self.items[item]
        at, by = self.guests[guest]
        if at == showcase_id:
            with suppress(*REFUSED):
                self.room.showcases.reviews.judge(showcase_id, shown.id, by, **given)

    @rule(item=st.integers(0, 5), back=st.booleans())
    def take_out(self, item: int, back: bool) -> None:
        editor = self.room.showcases.editor
        with suppress(*REFUSED):
            (editor.restore_item if back else editor.remove_item)(self.items[item][1].id)

    @rule(run=st.sampled_from(RUNS), back=st.booleans())
    def take_run_out(self, run: str, back: bool) -> None:
        held = self.room.showcases.held
        if back:
            held.put_back([run])
        else:
            held.take_out([run])

    @rule()
    def purge(self) -> None:
        self.room.clock.now += PURGED_AFTER_S + 1
        self.room.showcases.held.purge()

    @rule(page=st.integers(0, 3))
    def look(self, page: int) -> None:
        self.pages[page].ask(self.room)

    @invariant()
    def pages_that_ask_know_all_of_it(self) -> None:
        for page in self.pages[::2]:
            page.ask(self.room)
            whole = self.room.showcases.reviews.since(page.showcase_id)
            assert whole is not None
            assert page.version == whole.version
            assert self.room.showcases.reviews.since(page.showcase_id, page.version) is None
            showcase = self.room.showcases.editor.get(page.showcase_id)
            page.knows(whole, {it.id for it in showcase.items})

    @invariant()
    def what_is_counted_is_what_there_is(self) -> None:
        runs = ("run-0000", "run-0001", "run-0002", "run-0003")
        kept = self.room.showcases.held.reviews(runs)
        assert kept == {run: found for run in runs if (found := self.recounted(run)) != RunReview()}

    def recounted(self, run_id: str) -> RunReview:
        """Count by hand what guests said of a run."""
        comments, verdicts = SHOWCASE_COMMENTS.c, SHOWCASE_VERDICTS.c
        held = sa.select(SHOWCASE_RUNS.c.item_id).where(SHOWCASE_RUNS.c.run_id == run_id)
        with reading(self.room.store.database) as connection:
            rows = connection.execute(
                SHOWCASE_COMMENTS.select().where(comments.item_id.in_(held))
            ).all()
            given = connection.execute(
                sa.select(verdicts.verdict).where(verdicts.item_id.in_(held))
            ).scalars()
            found = Counter(given)
        return RunReview(
            approvals=found["approve"],
            change_requests=found["change"],
            rejections=found["reject"],
            comments=sum(1 for it in rows if it.guest_id and not it.is_deleted),
        )

    def teardown(self) -> None:
        for page in self.pages:
            page.ask(self.room)
        self.pages_that_ask_know_all_of_it()
        self.stack.close()


def test_any_words_in_any_order(new_database: Callable[[], str]) -> None:
    class InIt(AnyWords):
        def __init__(self) -> None:
            super().__init__(new_database())

    run_state_machine_as_test(
        InIt,
        settings=settings(max_examples=12, stateful_step_count=25, deadline=None),
    )
