"""The table of differences shows what is not the same, under the labels of the form."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.request import ModelRequest
from components.interface.parts.compare.differences import (
    Difference,
    Medium,
    Piece,
    Value,
    differences,
    differences_html,
)
from tests.processes.snippet_runs import PICTURE_REF, all_values
from tests.samples.models import CATALOG, MODELS
from tests.samples.run_samples import FRAMES, IMAGE_O1, PICTURE, sample_run

BASE: dict[str, Any] = {"prompt": "A boat", "image_urls": [PICTURE]}
EDIT = "klingai/video-o1-video-to-video-edit"


def compared(*requests: dict[str, Any]) -> dict[str, Difference]:
    runs = [sample_run(model=IMAGE_O1, request={**BASE, **it}) for it in requests]
    return {row.label: row for row in differences(runs, CATALOG)}


def texts(row: Difference) -> list[str | None]:
    return [None if value is None else value.text for value in row.values]


def test_what_is_the_same_is_left_out() -> None:
    rows = compared({"resolution": "2K"}, {"resolution": "1K"}, {})
    assert {label: texts(row) for label, row in rows.items()} == {"Resolution": ["2K", "1K", "1K"]}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.api_name)
def test_a_run_does_not_differ_from_itself(model: type[ModelRequest]) -> None:
    run = sample_run(model=model.model_id, request=all_values()[model])
    assert differences([run, run], CATALOG) == ()
    assert "The settings are the same." in differences_html({"A": run, "B": run}, CATALOG)


def test_rows_come_in_the_order_of_the_form() -> None:
    change = {"provider": "fal", "num_images": 4, "prompt": "A car", "aspect_ratio": "1:1"}
    labels = ["Prompt", "Aspect ratio", "Number of images", "Provider route"]
    assert list(compared({}, change)) == labels


def test_words_that_only_one_prompt_has_are_marked() -> None:
    rows = compared({"prompt": "A red boat at dusk"}, {"prompt": "A blue boat at dusk"})
    first, second = rows["Prompt"].values
    assert first is not None
    assert first.pieces == (Piece("A "), Piece("red ", differs=True), Piece("boat at dusk"))
    assert second is not None
    assert second.pieces[1] == Piece("blue ", differs=True)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_marked_prompt_is_still_the_prompt(one: str, other: str) -> None:
    row = compared({"prompt": one}, {"prompt": other}).get("Prompt")
    assert (row is None) == (one == other)
    if row:
        assert texts(row) == [one, other]


def test_media_are_counted_and_can_be_shown() -> None:
    element = {"frontal_image_url": PICTURE_REF, "reference_image_urls": [PICTURE]}
    request = {"prompt": "x", "video_url": "https://example.com/a.mp4"}
    runs = [
        sample_run(model=EDIT, request={**request, "elements": [element]}),
        sample_run(model=EDIT, request=request),
    ]
    (row,) = differences(runs, CATALOG)
    assert row.label == "Elements"
    assert row.values == (
        Value((Piece("1 element"),), (Medium("image", PICTURE_REF), Medium("image", PICTURE))),
        Value(),
    )


def test_different_models_differ_in_their_fields() -> None:
    rows = differences([sample_run(model=IMAGE_O1), sample_run(model=FRAMES)], CATALOG)
    found = {row.label: texts(row) for row in rows}
    assert found["Model"] == ["Image", "Image to video"]
    assert found["Duration"] == [None, "5"]
    assert found["Last frame"] == [None, ""]
    assert found["Resolution"] == ["1K", None]
    assert "Prompt" not in found
    assert "Provider route" not in found


def test_the_table_escapes_what_it_is_given() -> None:
    nasty = '<img src=x onerror="alert(1)">'
    runs = [
        sample_run(model=IMAGE_O1, request={"prompt": nasty, "image_urls": [f"https://x/{nasty}"]}),
        sample_run(model=IMAGE_O1),
    ]
    html = differences_html({"A": runs[0], "<B>": runs[1]}, CATALOG)
    assert "<img src=x" not in html
    assert "<B>" not in html
    assert "Reference images" in html
