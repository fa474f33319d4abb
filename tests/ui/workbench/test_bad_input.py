"""What a form says when something is wrong: beside its field; nothing is lost, nothing sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.reference_to_video import ReferenceToVideo
from components.catalog.models.video_edit import VideoEdit
from components.catalog.request import ModelRequest
from tests.apps.playgrounds import SAMPLES, Playground, posts
from tests.samples.media_files import cut, drawing, png_by_hand, sound_only, video
from tests.ui.visitor import Form, Visitor, visiting

PROMPT = "Typed with care"


@pytest.fixture(scope="module")
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    """One visitor who makes every mistake in turn."""
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        yield visitor


@pytest.fixture
def sent(playground: Playground) -> Iterator[None]:
    """Nothing may reach the provider during the test."""
    before = len(posts(playground.sandbox))
    yield
    assert len(posts(playground.sandbox)) == before


def refused(form: Form, field_name: str, sentence: str) -> None:
    """Generate, and read the sentence where it belongs."""
    form.generate.click()
    problem = form.problem(field_name)
    expect(problem).to_contain_text(sentence)
    expect(problem).to_be_visible()
    expect(form.card).to_have_count(0)


@pytest.mark.usefixtures("sent")
def test_an_empty_prompt_and_missing_references_are_said_beside_their_fields(
    visitor: Visitor,
) -> None:
    form = visitor.form(ImageO1)
    refused(form, "prompt", "Prompt is empty: describe what you want to see.")
    expect(form.problem("image_urls")).to_contain_text("add at least one picture")
    form.prompt.fill(PROMPT)
    refused(form, "image_urls", "add at least one picture")
    expect(form.problem("prompt")).to_be_hidden()
    assert form.prompt.input_value() == PROMPT

    form = visitor.form(ReferenceToVideo)
    form.prompt.fill(PROMPT)
    refused(form, "", "Add at least one reference: an image or an element.")
    assert form.prompt.input_value() == PROMPT


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://169.254.169.254/", "https://"),
        ("https://169.254.169.254/", "private or reserved network"),
        ("file:///etc/passwd", "https://"),
        ("javascript:alert(1)", "https://"),
        ("/etc/passwd", "must begin with https://"),
    ],
)
@pytest.mark.parametrize(
    ("model", "field_name"), [(ImageO1, "image_urls"), (VideoEdit, "video_url")]
)
def test_an_address_one_may_not_use_is_refused(
    model: type[ModelRequest], field_name: str, address: str, sentence: str, visitor: Visitor
) -> None:
    form = visitor.form(model)
    form.prompt.fill(PROMPT)
    form.link(field_name, address)
    refused(form, field_name, sentence)
    expect(form.cards_of(field_name)).to_contain_text(address)
    assert form.prompt.input_value() == PROMPT
    form.cards_of(field_name).get_by_role("button", name="Remove").click()
    expect(form.cards_of(field_name)).to_have_count(0)


def odd_pictures(folder: Path) -> dict[Path, str]:
    jpeg = folder / "cut.jpg"
    jpeg.write_bytes((SAMPLES / "place.jpg").read_bytes())
    small = folder / "small.png"
    drawing(8, 8).save(small)
    return {
        cut(jpeg): "cut",
        small: "too small to be enlarged",
        png_by_hand(
            folder / "bomb.png", 30_000, 30_000
        ): "more than the 64 megapixels that can be read",
    }


@pytest.mark.usefixtures("sent")
def test_pictures_no_model_takes_are_refused_by_name(visitor: Visitor, tmp_path: Path) -> None:
    form = visitor.form(ImageO1)
    form.prompt.fill(PROMPT)
    for picture, sentence in odd_pictures(tmp_path).items():
        form.part("image_urls-file").set_input_files(picture)
        card = form.cards_of("image_urls")
        expect(card).to_contain_text(picture.name)
        expect(card).to_contain_text(sentence)
        refused(form, "image_urls", sentence)
        assert form.prompt.input_value() == PROMPT
        card.get_by_role("button", name="Remove").click()
        expect(card).to_have_count(0)


@pytest.mark.usefixtures("sent")
def test_a_file_that_is_neither_picture_nor_video_is_not_even_added(
    visitor: Visitor, tmp_path: Path
) -> None:
    text = tmp_path / "text.png"
    text.write_text("just words")
    form = visitor.form(ImageO1)
    form.part("image_urls-file").set_input_files(text)
    expect(form.problem("image_urls")).to_contain_text("text.png is not a picture or a video")
    expect(form.cards_of("image_urls")).to_have_count(0)


@pytest.mark.usefixtures("sent")
def test_clips_no_model_takes_are_refused_by_name(visitor: Visitor, tmp_path: Path) -> None:
    form = visitor.form(VideoEdit)
    form.prompt.fill(PROMPT)
    clips = {
        video(tmp_path / "short.mp4", size=(720, 720), seconds=2.0): "lasts 2.00 seconds",
        sound_only(tmp_path / "sound.mp4", 4.0): "picture",
    }
    for clip, sentence in clips.items():
        form.part("video_url-file").set_input_files(clip)
        card = form.cards_of("video_url")
        expect(card).to_contain_text(sentence)
        refused(form, "video_url", sentence)
        assert form.prompt.input_value() == PROMPT
        card.get_by_role("button", name="Remove").click()
