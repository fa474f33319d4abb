"""What one needs is in view and keeps the focus: long forms, runs under way, dialogs, refusals."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.video_edit import VideoEdit
from components.sandbox.faults.fault import Fault
from tests.apps.playgrounds import Playground
from tests.ui.visitor import Visitor, visiting

NOTE = """id => fetch(`/runs/${id}`, {
    method: "PATCH", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ remark: "from elsewhere" }),
})"""
STUCK = Fault("stuck", path="/v2/video/generations", times=None)


@pytest.fixture(scope="module")
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    """Somebody with a window that is lower than most forms."""
    with visiting(browser, playground, viewport={"width": 1280, "height": 640}) as (_, visitor):
        visitor.open()
        yield visitor


def test_the_button_and_the_newest_run_stay_in_view_along_a_long_form(visitor: Visitor) -> None:
    form = visitor.form(VideoEdit)
    expect(form.generate).to_be_in_viewport()
    form.example()
    form.part("form").get_by_text("Advanced").click()
    form.part("provider").scroll_into_view_if_needed()
    expect(form.card.locator(".pill")).to_be_in_viewport()
    expect(form.generate).to_be_in_viewport()
    form.expect_result()


def test_a_refused_form_goes_to_the_first_fault_and_forgets_it_when_that_is_mended(
    visitor: Visitor,
) -> None:
    form = visitor.form(ImageToVideo)
    form.generate.click()
    expect(form.problem("prompt")).to_be_in_viewport()
    expect(form.problem("image_url")).to_be_visible()
    expect(form.prompt).to_be_focused()
    expect(form.prompt).to_have_accessible_description(
        "Prompt is empty: describe what you want to see."
    )
    form.prompt.press_sequentially("A")
    expect(form.problem("prompt")).to_be_hidden()
    expect(form.problem("image_url")).to_be_visible()


def test_a_run_under_way_keeps_the_focus_and_what_was_opened(
    visitor: Visitor, playground: Playground
) -> None:
    playground.sandbox.faults.add(STUCK)
    form = visitor.form(ImageToVideo)
    form.example()
    form.expect_status("generating")
    form.card.get_by_text("Request and response").click()
    form.cancel.focus()
    clock = form.card.locator("[data-elapsed-s]")
    drawn = clock.get_attribute("data-elapsed-s")
    # What somebody writes elsewhere has it drawn anew.
    visitor.page.evaluate(NOTE, form.run_id())
    expect(clock).not_to_have_attribute("data-elapsed-s", str(drawn))
    expect(form.cancel).to_be_focused()
    playground.sandbox.faults.clear()
    form.expect_result()
    expect(form.card.get_by_text("Request · POST")).to_be_visible()
    expect(visitor.page.locator(".spoken")).to_contain_text("Done")


def test_a_double_click_starts_one_run(visitor: Visitor) -> None:
    form = visitor.form(ImageToVideo)
    cards = form.part("feed").locator(".run-card")
    before = cards.count()
    form.generate.dblclick(delay=80)
    expect(cards).to_have_count(before + 1)
    form.expect_result()
    assert cards.count() == before + 1


def test_a_dialog_stays_when_text_is_selected_in_it_and_gives_the_focus_back(
    visitor: Visitor,
) -> None:
    form = visitor.form(ImageToVideo)
    opener = form.part("form").get_by_role("button", name="Code")
    opener.click()
    dialog = visitor.page.get_by_role("dialog", name="Code")
    expect(dialog.get_by_role("tab", name="Python")).to_be_focused()
    box = dialog.locator("pre:visible").bounding_box()
    assert box
    mouse = visitor.page.mouse
    mouse.move(box["x"] + 20, box["y"] + 20)
    mouse.down()
    mouse.move(4, 4)
    mouse.up()
    expect(dialog).to_be_visible()
    mouse.click(4, 4)
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_an_example_tells_its_price_before_it_is_clicked(visitor: Visitor) -> None:
    form = visitor.form(VideoEdit)
    for number in range(len(VideoEdit.examples)):
        example = form.part("examples").locator(f"[data-example='{number}']")
        expect(example).to_contain_text(re.compile(r"\$\d"))


def test_a_playground_that_does_not_answer_is_named_until_it_does(visitor: Visitor) -> None:
    form = visitor.form(ImageToVideo)
    unreached = visitor.page.get_by_role("alert").filter(has_text="does not answer")
    visitor.page.context.set_offline(True)
    form.prompt.fill("Typed while nobody listened")
    expect(unreached).to_be_visible()
    visitor.page.context.set_offline(False)
    expect(unreached).to_be_hidden()
    expect(form.prompt).to_have_value("Typed while nobody listened")
    # Chromium notes every request that found nobody.
    visitor.complaints[:] = [
        it for it in visitor.complaints if "ERR_INTERNET_DISCONNECTED" not in it
    ]


def test_a_link_to_a_run_that_is_not_there_says_so(visitor: Visitor) -> None:
    visitor.open("?run=no-such-run")
    expect(visitor.page.locator(".said")).to_contain_text("is not here")
