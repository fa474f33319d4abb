"""What lies in the media store: nothing that is shown goes, and nothing stays that nobody owns."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from components.errors import MediaRejected, RunNotFound
from components.media.store.media_store import FolderStore, name_of, ref
from components.runs.maintenance.media_gc import SWEEP_EVERY_S, UNOWNED_S, MediaGarbageCollector
from components.runs.run import Run, Status
from components.runs.service import UNDO_S
from components.runs.store.deletion import Deletion
from components.runs.store.forms.element_library import ElementLibrary
from components.runs.store.forms.form_files import HOLD_S, LET_GO_S
from components.runs.store.run_rows import names_in
from components.runs.store.run_store import RunStore
from components.runs.store.unowned_files import require_files
from tests.samples.run_samples import NOW, Clock, run_store, sample_run

ROUND_S = SWEEP_EVERY_S
HOUR_S = 3600.0
MOST_ROUNDS = 12
FORMS = ("form", "another")
FEW = st.integers(0, 2)


@dataclass
class Room:
    """A store of media with its database, its tidying, and a clock for all of them."""

    folder: Path
    url: str
    max_bytes: int = 10**9
    clock: Clock = field(default_factory=lambda: Clock(NOW))

    def __post_init__(self) -> None:
        self.media = FolderStore(self.folder / "media", clock=self.clock)
        self.store: RunStore = run_store(self.url)
        self.kit = ElementLibrary(self.store.database)
        self.tidying = MediaGarbageCollector(
            self.store.database, self.media, self.clock, max_bytes=self.max_bytes
        )

    def upload(self, content: str) -> str:
        """As the page or a call brings a file; returns its reference."""
        reference = self.keep(content, ".png")
        self.tidying.uploaded(reference, len(content))
        return reference

    def keep(self, content: str, suffix: str) -> str:
        with self.media.workspace() as work:
            (work / "file").write_text(content)
            return ref(self.media.keep(work / "file", suffix))

    def repaired(self, reference: str) -> tuple[str, ...]:
        """What a look makes of an upload: itself, a repaired one, and a small picture of each."""
        content = self.media.path(name_of(reference)).read_text()
        made = [self.keep(f"{content} {what}", ".jpg") for what in ("after", "small", "smaller")]
        return reference, *made

    def look(self, form: str, shown: dict[str, tuple[str, ...]]) -> None:
        """As a form looks: see what there is, hold it, and make anew what went meanwhile."""
        self.store.hold_files(form, names_of(shown), self.clock())
        for reference, shown_of_it in shown.items():
            if not all(self.media.has(name_of(it)) for it in shown_of_it):
                shown[reference] = self.repaired(reference)

    def generate(self, run_id: str, carried: str) -> Run:
        run = sample_run(run_id, status=Status.DONE, request={"prompt": "x", "image": carried})
        self.store.add(run, admit=lambda _: require_files([run], self.media.has))
        return run

    def delete(self, run_id: str) -> Deletion:
        return self.store.delete([run_id], self.clock())

    def go_on(self, seconds: float) -> None:
        """Let time pass, with a round of tidying now and then."""
        end = self.clock.now + seconds
        for _ in range(min(MOST_ROUNDS, int(seconds // ROUND_S))):
            self.clock.now += ROUND_S
            self.tidy()
        self.clock.now = end
        self.tidy()

    def tidy(self) -> None:
        now = self.clock()
        self.store.purge(now - UNDO_S, partial(self.media.delete, idle_s=UNOWNED_S), now)
        self.tidying.sweep_if_due()

    def files(self) -> list[Path]:
        return [file for file in (self.folder / "media").rglob("*") if file.is_file()]


def names_of(shown: dict[str, tuple[str, ...]]) -> set[str]:
    return {name_of(it) for all_of_it in shown.values() for it in all_of_it}


@pytest.fixture
def room(tmp_path: Path, store_url: str) -> Iterator[Room]:
    opened = Room(tmp_path, store_url)
    yield opened
    opened.store.close()


class AnyOrder(RuleBasedStateMachine):
    """Everything that brings files, uses them and lets go of them, in any order."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.room = Room(self.folder, url)
        self.forms: dict[str, dict[str, tuple[str, ...]]] = {form: {} for form in FORMS}
        self.looked_at = dict.fromkeys(FORMS, NOW)
        self.runs: dict[str, Run] = {}
        self.deleted: dict[str, float] = {}
        self.count = 0

    def look(self, form: str) -> None:
        self.looked_at[form] = self.room.clock()
        self.room.look(form, self.forms[form])

    @rule(form=st.sampled_from(FORMS), number=FEW)
    def add_to_a_form(self, form: str, number: int) -> None:
        reference = self.room.upload(f"picture {number}")
        self.forms[form][reference] = self.room.repaired(reference)
        self.look(form)

    @rule(number=FEW)
    def upload_for_nothing(self, number: int) -> None:
        reference = self.room.upload(f"picture {number}")
        if number:
            self.room.repaired(reference)

    @rule(form=st.sampled_from(FORMS))
    def clear(self, form: str) -> None:
        self.forms[form].clear()
        self.look(form)

    @precondition(lambda self: any(self.forms.values()))
    @rule(data=st.data())
    def generate(self, data: st.DataObject) -> None:
        form = data.draw(st.sampled_from([it for it in FORMS if self.forms[it]]))
        self.look(form)
        carried = data.draw(st.sampled_from(sorted(it[1] for it in self.forms[form].values())))
        self.count += 1
        run_id = f"run {self.count}"
        self.runs[run_id] = self.room.generate(run_id, carried)

    @precondition(lambda self: self.runs.keys() - self.deleted.keys())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.runs.keys() - self.deleted.keys())))
        self.deleted[run_id] = self.room.clock()
        self.room.delete(run_id)

    @precondition(lambda self: self.deleted)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.deleted)))
        came_back = self.room.store.undelete([run_id])
        del self.deleted[run_id]
        if not came_back:
            del self.runs[run_id]

    @precondition(lambda self: any(self.forms.values()))
    @rule(data=st.data())
    def keep_an_element(self, data: st.DataObject) -> None:
        form = data.draw(st.sampled_from([it for it in FORMS if self.forms[it]]))
        self.look(form)
        front = data.draw(st.sampled_from(sorted(self.forms[form])))
        views = {"frontal_image_url": front, "reference_image_urls": [front]}
        self.room.kit.keep("Hero", views, self.room.clock())

    @precondition(lambda self: self.room.kit.all())
    @rule()
    def forget_an_element(self) -> None:
        self.room.kit.delete(self.room.kit.all()[0].id)

    @rule(seconds=st.sampled_from([1.0, 700.0, LET_GO_S + 1, HOUR_S, 40 * 86_400.0]))
    def wait(self, seconds: float) -> None:
        self.room.go_on(seconds)
        for form in FORMS:
            if self.room.clock() - self.looked_at[form] >= HOLD_S:
                self.forms[form].clear()

    @invariant()
    def nothing_shown_is_missing(self) -> None:
        shown = {name for form in self.forms.values() for name in names_of(form)}
        hidden = {it for it, when in self.deleted.items() if self.room.clock() - when > UNDO_S}
        for run_id in self.runs.keys() - hidden:
            shown |= set(names_in(self.runs[run_id].request))
        for element in self.room.kit.all():
            shown |= set(names_in(element.element))
        assert {name for name in shown if not self.room.media.has(name)} == set()

    def teardown(self) -> None:
        for form in FORMS:
            self.clear(form)
        for element in self.room.kit.all():
            self.room.kit.delete(element.id)
        for run_id in self.runs:
            self.room.delete(run_id)
        self.room.go_on(HOUR_S)
        left = self.room.files()
        self.room.store.close()
        shutil.rmtree(self.folder)
        assert left == []


def test_nothing_shown_is_missing_and_nothing_stays(new_database: Callable[[], str]) -> None:
    class InIt(AnyOrder):
        def __init__(self) -> None:
            super().__init__(new_database())

    run_state_machine_as_test(
        InIt,
        settings=settings(max_examples=12, stateful_step_count=20, deadline=None),
    )


def test_what_a_call_brought_goes_within_the_hour(room: Room) -> None:
    original, after, *_ = room.repaired(room.upload("with a place in it"))
    room.generate("run", after)
    room.go_on(HOUR_S)
    assert room.media.has(name_of(after))
    assert not room.media.has(name_of(original))
    assert len(room.files()) == 1
    room.delete("run")
    room.go_on(HOUR_S)
    assert room.files() == []


def test_a_file_that_stands_in_no_table_is_found_after_a_crash(room: Room) -> None:
    room.keep("kept by a process that was killed", ".png")
    (room.folder / "media" / "work" / "left").mkdir()
    again = Room(room.folder, room.url, clock=room.clock)
    again.media.clear_work()
    again.go_on(HOUR_S)
    again.store.close()
    assert again.files() == []


def test_what_nobody_owns_makes_room_oldest_first(tmp_path: Path, store_url: str) -> None:
    room = Room(tmp_path, store_url, max_bytes=250)
    held, owned = room.upload("held " + 95 * "x"), room.upload("owned " + 94 * "x")
    room.store.hold_files("form", [name_of(held)], NOW)
    room.generate("run", owned)
    uploads = []
    for number in range(6):
        room.clock.now += 1
        uploads.append(room.upload(f"{number}" * 100))
    kept = [room.media.has(name_of(it)) for it in uploads]
    room.store.close()
    assert kept == [False, False, False, False, True, True]
    assert room.media.has(name_of(held))
    assert room.media.has(name_of(owned))


def test_a_result_that_is_not_written_down_yet_makes_no_room(
    tmp_path: Path, store_url: str
) -> None:
    room = Room(tmp_path, store_url, max_bytes=100)
    result = room.keep("a result " * 100, ".png")
    for number in range(3):
        room.upload(f"{number}" * 60)
    room.store.close()
    assert room.media.has(name_of(result))


def test_a_run_whose_file_just_went_is_not_kept(room: Room) -> None:
    reference = room.upload("gone")
    room.go_on(HOUR_S)
    with pytest.raises(MediaRejected, match="nothing was sent or charged"):
        room.generate("run", reference)
    with pytest.raises(RunNotFound):
        room.store.get("run")


def test_a_file_handed_in_again_is_young_again(room: Room) -> None:
    reference = room.upload("twice")
    room.go_on(UNOWNED_S - 2 * SWEEP_EVERY_S)
    assert room.upload("twice") == reference
    room.go_on(UNOWNED_S - 2 * SWEEP_EVERY_S)
    assert room.media.has(name_of(reference))


def test_a_clock_that_was_set_back_keeps_no_file_for_long(room: Room) -> None:
    reference = room.upload("from the future")
    room.clock.now -= 10 * HOUR_S
    room.tidying.sweep()
    assert room.media.has(name_of(reference))
    room.go_on(HOUR_S)
    assert room.files() == []
