"""From one result to the next: used again, run again, as code, and what it costs beforehand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.video_reference import VideoReference
from components.sandbox.faults.fault import Fault
from tests.apps.playgrounds import Playground, posts
from tests.ui.visitor import Visitor, visiting

DROP = """([bytes, name]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name));
    const drop = new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: transfer});
    document.querySelector('#image_o1-feed').dispatchEvent(drop);
}"""


@pytest.fixture(scope="module")
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    """One visitor who goes on from what they made."""
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        yield visitor


def test_a_picture_becomes_a_first_frame_and_the_video_its_next_shot(visitor: Visitor) -> None:
    page = visitor.page
    form = visitor.form(ImageO1)
    form.example()
    form.expect_result()
    form.card.get_by_role("button", name="Use as").click()
    page.get_by_role("dialog").get_by_role("button", name="first frame").click()
    form = visitor.form(ImageToVideo)
    expect(form.cards_of("image_url").locator("img").first).to_be_visible()
    form.prompt.fill("It moves")
    with form.starting():
        form.generate.click()
    form.expect_result()
    form.card.get_by_role("button", name="Use as").click()
    page.get_by_role("dialog").get_by_role("button", name="next shot").click()
    form = visitor.form(VideoReference)
    expect(form.cards_of("video_url").locator("img").first).to_be_visible()
    expect(form.prompt).to_have_value("Based on @Video1, show the next shot: ")


def test_settings_of_a_run_come_back_and_what_was_typed_can_be_brought_back(
    visitor: Visitor,
) -> None:
    form = visitor.form(ImageO1)
    form.example(2)
    form.expect_result()
    form.prompt.fill("Something else, typed with care")
    form.card.get_by_role("button", name="Use these settings").click()
    expect(form.prompt).to_have_value(str(ImageO1.examples[2].values["prompt"]))
    expect(form.part("output_format").get_by_label("webp")).to_be_checked()
    form.part("form").get_by_role("button", name="Bring back what was here").click()
    expect(form.prompt).to_have_value("Something else, typed with care")


def test_what_was_typed_before_an_example_can_be_brought_back(visitor: Visitor) -> None:
    form = visitor.form(ImageO1)
    form.prompt.fill("Typed with care, before a click beside it")
    form.example(1)
    form.expect_result()
    form.part("form").get_by_role("button", name="Bring back what was here").click()
    expect(form.prompt).to_have_value("Typed with care, before a click beside it")


def test_a_run_is_run_again_as_it_was_with_a_card_of_its_own(
    visitor: Visitor, playground: Playground
) -> None:
    form = visitor.form(ImageO1)
    form.example(1)
    form.expect_result()
    form.prompt.fill("In the form is something else by now")
    with form.starting():
        form.card.get_by_role("button", name="Run again").click()
    form.expect_result()
    bodies = posts(playground.sandbox)
    assert bodies[-1]["prompt"] == bodies[-2]["prompt"]


def test_the_button_says_what_a_run_costs_and_a_dear_one_is_asked_about(
    visitor: Visitor, playground: Playground
) -> None:
    form = visitor.form(ImageO1)
    form.example()
    form.expect_result()
    expect(form.generate).to_have_text("Generate · $0.04")
    sent = len(posts(playground.sandbox))
    visitor.page.evaluate("localStorage.setItem('ask-above-usd', '0.01')")
    form.generate.click()
    question = visitor.page.get_by_role("dialog")
    expect(question).to_contain_text("This costs $0.04 (1 picture")
    question.get_by_role("button", name="Close").click()
    assert len(posts(playground.sandbox)) == sent
    form.generate.click()
    with form.starting():
        question.get_by_role("button", name="Generate").click()
    form.expect_result()
    assert len(posts(playground.sandbox)) == sent + 1
    visitor.page.evaluate("localStorage.removeItem('ask-above-usd')")


def test_the_form_is_shown_as_code_in_four_languages(visitor: Visitor) -> None:
    form = visitor.form(ImageO1)
    form.part("form").get_by_role("button", name="Code").click()
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog.get_by_role("tabpanel")).to_contain_text("AIML_API_KEY")
    for language, sign in {
        "cURL": "curl ",
        "JavaScript": "fetch(",
        "This playground": "Client(",
    }.items():
        dialog.get_by_role("tab", name=language).click()
        expect(dialog.get_by_role("tabpanel")).to_contain_text(sign)
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_downloaded_file_dropped_on_the_page_brings_its_form_back(
    visitor: Visitor, tmp_path: Path
) -> None:
    form = visitor.form(ImageO1)
    form.example(2)
    form.expect_result()
    with visitor.page.expect_download() as downloading:
        form.card.locator("a.download").first.click()
    file = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(file)
    assert file.name.startswith("image_o1_a-poster-for-a-photo-walk")
    form.part("form").get_by_role("button", name="Clear").click()
    expect(form.prompt).to_have_value("")
    visitor.page.evaluate(DROP, [list(file.read_bytes()), file.name])
    expect(form.prompt).to_have_value(str(ImageO1.examples[2].values["prompt"]))
    expect(form.cards_of("image_urls")).to_have_count(2)


def test_a_frame_of_a_video_becomes_a_reference(visitor: Visitor) -> None:
    form = visitor.form(ImageToVideo)
    form.example(1)
    form.expect_result()
    form.card.get_by_role("button", name="Use as").click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Last frame", exact=True).click()
    dialog.get_by_role("heading", name="Use this picture as").wait_for()
    dialog.get_by_role("button", name="Last frame", exact=True).click()
    expect(form.cards_of("last_image_url").locator("img").first).to_be_visible()


def test_the_title_of_the_tab_counts_what_is_under_way(
    visitor: Visitor, playground: Playground
) -> None:
    playground.sandbox.faults.add(Fault("stuck", path="/v2/video/generations", times=None))
    form = visitor.form(ImageToVideo)
    form.example()
    expect(visitor.page).to_have_title(
        f"(1) Generating · {ImageToVideo.title} · Kling O1 Playground"
    )
    playground.sandbox.faults.clear()
    form.expect_result()
    expect(visitor.page).to_have_title(f"{ImageToVideo.title} · Kling O1 Playground")
