"""References: looked at, repaired, named in the prompt, moved, kept, and there after a reload."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.reference_to_video import ReferenceToVideo
from components.catalog.models.video_reference import VideoReference
from tests.apps.playgrounds import SAMPLES, Playground
from tests.samples.media_files import drawing
from tests.ui.visitor import Form, Visitor, visiting

HARBOUR, PRINT = SAMPLES / "place.jpg", SAMPLES / "style.jpg"


@pytest.fixture
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    with visiting(browser, playground) as (_, someone):
        someone.open()
        yield someone


def panel(form: Form) -> Locator:
    return form.part("form")


def add(form: Form, *pictures: Path) -> None:
    form.upload("image_urls", *pictures)
    expect(panel(form).locator(".ref-ready")).to_have_count(len(pictures))


def test_what_breaks_a_limit_is_repaired_and_shown_before_and_after(
    visitor: Visitor, tmp_path: Path
) -> None:
    banner = tmp_path / "banner.png"
    drawing(3000, 300).save(banner)
    form = visitor.form(ImageO1)
    form.prompt.fill("@Image1, wide")
    add(form, banner)
    card = panel(form).locator(".ref")
    expect(card).to_contain_text("PNG · 3000×300")
    expect(card).to_contain_text("Padded from 3000×300 to 3000×1200")
    card.get_by_text("Before and after").click()
    expect(card.locator("figure img")).to_have_count(2)
    card.get_by_label("Too wide or tall").select_option("crop")
    expect(panel(form)).to_contain_text("Cropped from 3000×300 to 750×300")
    form.generate.click()
    form.expect_result()


def test_names_are_put_into_the_prompt_and_follow_their_reference(visitor: Visitor) -> None:
    form = visitor.form(ImageO1)
    add(form, HARBOUR, PRINT)
    form.prompt.press_sequentially("Draw @ima")
    expect(visitor.page.get_by_role("option")).to_have_text(["@Image1", "@Image2"])
    form.prompt.press("Enter")
    panel(form).get_by_role("button", name="Put @Image2 into the prompt").click()
    expect(form.prompt).to_have_value("Draw @Image1 @Image2 ")
    panel(form).get_by_role("button", name="Move @Image2 earlier").click()
    expect(form.prompt).to_have_value("Draw @Image2 @Image1 ")
    form.prompt.fill("Draw @Image1 and @Image7")
    expect(panel(form)).to_contain_text("@Image7 points to nothing")
    expect(panel(form)).to_contain_text("Not named in the prompt: @Image2")


def test_the_keys_move_and_remove_a_reference_and_stay_with_it(visitor: Visitor) -> None:
    form = visitor.form(ImageO1)
    add(form, HARBOUR, PRINT, SAMPLES / "place-night.jpg")
    cards = form.cards_of("image_urls")
    panel(form).get_by_role("button", name="Move @Image1 later").press("Enter")
    expect(cards.nth(1)).to_contain_text("place.jpg")
    expect(panel(form).get_by_role("button", name="Move @Image2 later")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(cards.nth(2)).to_contain_text("place.jpg")
    expect(panel(form).get_by_role("button", name="Move @Image3 earlier")).to_be_focused()
    panel(form).get_by_role("button", name="Remove @Image3").press("Enter")
    expect(cards).to_have_count(2)
    expect(panel(form).get_by_role("button", name="Move @Image2 earlier")).to_be_focused()


def test_a_reference_taken_out_by_mistake_comes_back_with_its_name_in_the_prompt(
    visitor: Visitor,
) -> None:
    form = visitor.form(ImageO1)
    add(form, HARBOUR, PRINT)
    form.prompt.fill("@Image1 in the style of @Image2")
    panel(form).get_by_role("button", name="Remove @Image1").click()
    expect(form.prompt).to_have_value("@Image? in the style of @Image1")
    visitor.page.get_by_role("button", name="Undo").click()
    expect(form.prompt).to_have_value("@Image1 in the style of @Image2")
    expect(form.cards_of("image_urls").first).to_contain_text("place.jpg")


def test_what_was_typed_and_added_is_there_after_a_reload(visitor: Visitor) -> None:
    form = visitor.form(ImageO1)
    form.prompt.fill("Kept over a reload")
    form.part("aspect_ratio").get_by_label("3:4", exact=True).check()
    add(form, HARBOUR, PRINT)
    visitor.open()
    form = visitor.form(ImageO1)
    expect(form.prompt).to_have_value("Kept over a reload")
    expect(panel(form).locator(".ref-ready")).to_have_count(2)
    expect(form.part("aspect_ratio").get_by_label("3:4", exact=True)).to_be_checked()
    form.generate.click()
    form.expect_result()


def test_a_kept_element_is_used_on_another_tab_renamed_and_deleted(visitor: Visitor) -> None:
    form = visitor.form(ReferenceToVideo)
    form.example()
    form.expect_result()
    expect(panel(form)).to_contain_text("2 of 7 references")
    question = visitor.page.get_by_role("dialog")
    panel(form).get_by_role("button", name="Keep in kit").click()
    question.get_by_label("Name").fill("The fox")
    question.get_by_role("button", name="Keep", exact=True).click()
    expect(panel(form).get_by_role("button", name="The fox", exact=True)).to_be_visible()

    other = visitor.form(VideoReference)
    other.prompt.fill("Here it is again")
    panel(other).get_by_role("button", name="The fox", exact=True).click()
    expect(panel(other)).to_contain_text("@Element1")
    panel(other).get_by_role("button", name="Rename The fox").click()
    expect(question.get_by_label("New name")).to_have_value("The fox")
    question.get_by_label("New name").fill("The courier")
    question.get_by_label("New name").press("Enter")
    expect(panel(other).get_by_role("button", name="The courier", exact=True)).to_be_visible()
    panel(other).get_by_role("button", name="Delete The courier").click()
    question.get_by_role("button", name="Delete").click()
    expect(panel(other).get_by_role("button", name="The courier", exact=True)).to_have_count(0)
    expect(panel(other)).to_contain_text("@Element1")


def test_an_address_that_cannot_be_reached_from_here_is_passed_on(visitor: Visitor) -> None:
    form = visitor.form(ImageO1)
    form.prompt.fill("@Image1 from far away")
    form.link("image_urls", "https://no-such-host.invalid/far.png")
    expect(panel(form)).to_contain_text("could not be checked, and is passed on as it is")
