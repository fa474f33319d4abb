"""A result that is awaited has its frame: how many, side by side, and in which ratio."""

from pathlib import Path
from typing import Any

import pytest

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.reference_to_video import ReferenceToVideo
from components.catalog.models.video_edit import VideoEdit
from components.catalog.request import ModelRequest
from components.interface.parts.feed.card.awaited_frame import awaited, columns_of
from components.media.store.media_store import FolderStore, ref
from tests.apps.playgrounds import SAMPLES


@pytest.fixture
def media(tmp_path: Path) -> FolderStore:
    """A store of one's own."""
    return FolderStore(tmp_path)


@pytest.mark.parametrize(
    ("model", "request_values", "frame"),
    [
        (ImageO1, {"aspect_ratio": "3:4", "num_images": 4}, (3, 4, 4, 2)),
        (ImageO1, {"num_images": 9}, (16, 9, 9, 3)),
        (ReferenceToVideo, {"aspect_ratio": "9:16"}, (9, 16, 1, 1)),
        (ImageToVideo, {"image_url": "https://example.com/a.jpg"}, (16, 9, 1, 1)),
        (ImageToVideo, {"image_url": ref("0" * 64 + ".jpg")}, (16, 9, 1, 1)),
    ],
)
def test_the_asked_ratio_and_count_make_the_frame_and_16_to_9_what_is_unknown(
    model: type[ModelRequest],
    request_values: dict[str, Any],
    frame: tuple[int, int, int, int],
    media: FolderStore,
) -> None:
    found = awaited(model, request_values, media)
    assert (found.width, found.height, found.count, found.columns) == frame


def test_a_first_frame_and_a_clip_that_is_changed_lend_their_ratio(media: FolderStore) -> None:
    picture = ref(media.keep(SAMPLES / "character-front.jpg", ".jpg"))
    clip = ref(media.keep(SAMPLES / "clip.mp4", ".mp4"))
    of_picture = awaited(ImageToVideo, {"image_url": picture}, media)
    of_clip = awaited(VideoEdit, {"video_url": clip}, media)
    assert of_picture.width / of_picture.height == pytest.approx(1, abs=0.01)
    assert of_clip.width / of_clip.height == pytest.approx(16 / 9, abs=0.01)


def test_results_stand_in_a_square_of_at_most_three_columns() -> None:
    assert [columns_of(count) for count in (0, 1, 2, 4, 5, 9)] == [1, 1, 2, 2, 3, 3]
