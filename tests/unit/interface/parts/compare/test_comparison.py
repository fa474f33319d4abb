"""What stands side by side, and what is said where something cannot be shown."""

from pathlib import Path
from typing import Any

import pytest

from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.video_edit import VideoEdit
from components.errors import RunNotFound
from components.interface.parts.compare.comparison import MOST_SIDES, Comparer, Comparison
from components.media.store.media_store import FolderStore, ref
from components.runs.run import Output, Run, Status
from tests.apps.playgrounds import SAMPLES
from tests.samples.media_files import drawing, saved
from tests.samples.models import CATALOG
from tests.samples.run_samples import IMAGE_O1, sample_run


@pytest.fixture
def media(tmp_path: Path) -> FolderStore:
    """The files of a test."""
    return FolderStore(tmp_path / "media")


@pytest.fixture
def picture(media: FolderStore, tmp_path: Path) -> str:
    """The name of a kept picture, 400 pixels wide and 300 high."""
    return media.keep(saved(tmp_path / "picture.png", drawing(400, 300)), ".png")


@pytest.fixture
def clip(media: FolderStore) -> str:
    """The name of a kept clip of five seconds with sound."""
    return media.keep(SAMPLES / "clip.mp4", ".mp4")


class Kept(dict[str, Run]):
    """The runs of a test, by their ids."""

    def find(self, run_id: str) -> Run:
        """As the store does."""
        if run_id not in self:
            raise RunNotFound("There is no run with this id here.")
        return self[run_id]

    def keep(self, run_id: str, *names: str, **changes: Any) -> str:
        """Keep a finished run with these files as its results; returns its id."""
        outputs = tuple(Output(kind="image", name=name) for name in names)
        given: dict[str, Any] = {
            "status": Status.DONE,
            "outputs": outputs,
            "model": IMAGE_O1,
            **changes,
        }
        self[run_id] = sample_run(run_id, **given)
        return run_id

    def keep_edit(self, source: str, result: str) -> str:
        """Keep an edit of a clip; returns its id."""
        request = {"prompt": "Night", "video_url": source}
        return self.keep("edit", result, model=VideoEdit.model_id, request=request)


@pytest.fixture
def runs() -> Kept:
    """No runs yet."""
    return Kept()


def compared(runs: Kept, media: FolderStore, *specs: str) -> Comparison:
    """What the page would show of these."""
    return Comparer(runs.find, media, CATALOG).compare(specs)


def shown(comparison: Comparison) -> dict[str, str]:
    """What is seen, by letter."""
    return {letter: pane.medium.label for letter, pane in comparison.panes.items()}


def test_runs_stand_in_the_order_they_are_asked_for(
    runs: Kept, media: FolderStore, picture: str
) -> None:
    runs.keep("first", picture)
    runs.keep("second", picture, picture, picture)
    comparison = compared(runs, media, "second~3", "first")
    assert shown(comparison) == {"A": "Result 3 of 3", "B": "Result"}
    assert comparison.sentences == ()
    facts = comparison.panes["B"].facts
    assert (facts.width_px, facts.height_px) == (400, 300)


def test_an_edit_alone_stands_against_its_source(runs: Kept, media: FolderStore, clip: str) -> None:
    comparison = compared(runs, media, runs.keep_edit(ref(clip), clip))
    assert shown(comparison) == {"S": "Source video", "A": "Result"}
    source = comparison.panes["S"].facts
    assert source.frames_per_s == 24
    assert source.has_sound
    assert set(comparison.runs) == {"A"}


def test_a_source_at_another_host_is_not_loaded_but_told_of(
    runs: Kept, media: FolderStore, clip: str
) -> None:
    comparison = compared(runs, media, runs.keep_edit("https://films.example/a.mp4", clip))
    assert shown(comparison) == {"A": "Result"}
    assert "lies at films.example" in comparison.sentences[0]
    assert "https" not in str([pane.medium.url for pane in comparison.panes.values()])
    asked_for = compared(runs, media, "edit~s1", "edit")
    assert "other hosts" in asked_for.sides[0].sentence


def test_pictures_of_one_run_stand_against_each_other_where_the_source_is_elsewhere(
    runs: Kept, media: FolderStore, picture: str
) -> None:
    comparison = compared(runs, media, runs.keep("four", *[picture] * 4))
    assert shown(comparison) == {"A": "Result 1 of 4", "B": "Result 2 of 4"}


def test_what_is_gone_or_unfinished_says_so(runs: Kept, media: FolderStore, picture: str) -> None:
    runs.keep("fine", picture)
    runs.keep("broken", status=Status.FAILED, error="The provider declined it.")
    runs.keep("going", status=Status.GENERATING)
    runs.keep("emptied", picture.replace(picture[:4], "0000", 1))
    comparison = compared(runs, media, "fine", "deleted", "<b>", "broken", "going", "emptied")
    assert list(shown(comparison)) == ["A"]
    sentences = [side.sentence for side in comparison.sides]
    assert sentences == [
        "",
        "This run was deleted, or was never kept here.",
        "This run was deleted, or was never kept here.",
        "It has no result. The provider declined it.",
        "Generating: its result appears here when it is there.",
        "Its file is not kept here any more.",
    ]


def test_one_run_without_anything_to_compare_asks_for_another(
    runs: Kept, media: FolderStore, clip: str
) -> None:
    runs.keep("alone", clip, model=ImageToVideo.model_id)
    comparison = compared(runs, media, "alone")
    assert comparison.sentences == ("Choose another run to compare it with.",)


def test_unlike_kinds_and_lengths_and_too_many_are_told_of(
    runs: Kept, media: FolderStore, picture: str, clip: str
) -> None:
    runs.keep("still", picture)
    runs.keep("moving", clip, model=ImageToVideo.model_id)
    mixed = compared(runs, media, "still", "moving")
    assert mixed.sentences == (
        "A picture and a video cannot be laid over each other: they stand side by side.",
    )
    many = compared(runs, media, *["still"] * (MOST_SIDES + 1))
    assert len(many.sides) == MOST_SIDES
    assert "At most 6" in many.sentences[0]


def test_a_run_is_listed_once_however_often_it_is_shown(
    runs: Kept, media: FolderStore, picture: str
) -> None:
    runs.keep("twice", picture, picture)
    runs.keep("other", picture)
    comparison = compared(runs, media, "twice~1", "twice~2", "other")
    assert {letter: run.id for letter, run in comparison.runs.items()} == {
        "A": "twice",
        "C": "other",
    }
