"""What a finger or a paste reaches: sizes on a phone, tabs in view, pasting anywhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.video_edit import VideoEdit
from components.sandbox import Sandbox
from tests.apps.playgrounds import SAMPLES, Playground, serving
from tests.samples.kept_runs import keep_runs
from tests.ui.appearance import PHONE
from tests.ui.visitor import Form, Visitor, visiting

LEAST_PX = 24
SMALL = """least => [...document.querySelectorAll(
        'button, a[href], input, select, textarea, summary, [role=tab], [role=slider]')]
    .filter(it => it.checkVisibility({visibilityProperty: true}) && !it.disabled
        && !it.matches('[type=file]') && !it.closest('[aria-hidden=true]'))
    .map(it => [it, (it.matches('[type=radio], [type=checkbox]') && it.closest('label')) || it])
    .filter(([, area]) => {
        const {width, height} = area.getBoundingClientRect();
        return width && (width < least || height < least);
    })
    .map(([it]) => it.outerHTML.slice(0, 160))"""
TAB_SHOWN = """() => {
    const tab = document.querySelector('#tabs [aria-selected=true]');
    const {left, right} = tab.getBoundingClientRect();
    return left >= 0 && right <= innerWidth;
}"""
PASTE = """([bytes, name, type, text]) => {
    const clipboardData = new DataTransfer();
    if (name) clipboardData.items.add(new File([new Uint8Array(bytes)], name, {type}));
    if (text) clipboardData.setData('text/plain', text);
    const paste = new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData});
    document.body.dispatchEvent(paste);
}"""


@pytest.fixture(scope="module")
def kept(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground with runs to look at."""
    data_dir = tmp_path_factory.mktemp("touch")
    keep_runs(data_dir, 6)
    with serving(data_dir, sandbox) as playground:
        yield playground


@pytest.fixture(scope="module")
def phone(browser: Browser, kept: Playground) -> Iterator[Visitor]:
    """Somebody with a phone."""
    with visiting(browser, kept, viewport=PHONE, has_touch=True) as (_, visitor):
        yield visitor


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("?tab=image_to_video&run=run-0003", "#image_to_video-feed .run-card"),
        ("?tab=reference_to_video", "#reference_to_video-generate"),
        ("?tab=video_edit", "#video_edit-generate"),
        ("?tab=history", "#history-grid .history-card"),
        ("?tab=history&run=run-0003", "dialog.detail .receipt"),
        ("?compare=run-0001,run-0003", "#compare .player"),
        ("?tab=usage", "#usage .tile"),
    ],
)
def test_whatever_can_be_touched_is_large_enough_and_the_tab_is_in_view(
    phone: Visitor, query: str, seen: str
) -> None:
    phone.open(query)
    expect(phone.page.locator(seen).first).to_be_visible()
    phone.page.wait_for_function(TAB_SHOWN)
    assert phone.page.evaluate(SMALL, LEAST_PX) == []


def test_a_bar_of_tabs_that_is_cut_off_says_so(phone: Visitor) -> None:
    tabs = phone.page.locator("#tabs")
    phone.open()
    expect(tabs).to_have_attribute("data-more-after", "")
    phone.open("?tab=usage")
    expect(tabs).to_have_attribute("data-more-before", "")
    expect(tabs).not_to_have_attribute("data-more-after", "")


def test_what_is_pasted_with_nothing_focused_goes_to_the_open_form(
    browser: Browser, kept: Playground
) -> None:
    picture = [list((SAMPLES / "place.jpg").read_bytes()), "place.jpg", "image/jpeg", ""]
    with visiting(browser, kept) as (_, visitor):
        visitor.open(f"?tab={ImageToVideo.api_name}")
        form = Form(visitor.page, ImageToVideo.api_name, "video")
        expect(form.part("examples").locator("[data-price]").first).to_contain_text("$")
        visitor.page.evaluate(PASTE, picture)
        expect(form.cards_of("image_url")).to_have_count(1)
        expect(visitor.page.locator(".said")).to_contain_text("Pasted into First frame.")
        visitor.page.evaluate(PASTE, picture)
        expect(form.cards_of("last_image_url")).to_have_count(1)
        address = ["", "", "", "https://example.com/clip.mp4"]
        form = visitor.form(VideoEdit)
        expect(form.part("examples").locator("[data-price]").first).to_contain_text("$")
        visitor.page.evaluate(PASTE, address)
        expect(form.cards_of("video_url")).to_have_count(1)


def test_what_an_example_left_makes_way_for_a_result_and_what_was_typed_stays(
    browser: Browser, kept: Playground
) -> None:
    with visiting(browser, kept) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageToVideo)
        form.example()
        left = str(ImageToVideo.examples[0].values["prompt"])
        expect(form.prompt).to_have_value(left)
        paint = visitor.form(ImageO1)
        paint.example()
        paint.expect_result()
        use = visitor.page.get_by_role("dialog").get_by_role("button", name="last frame")
        paint.card.get_by_role("button", name="Use as").click()
        use.click()
        expect(form.cards_of("last_image_url")).to_have_count(1)
        expect(form.prompt).to_have_value("")
        expect(form.cards_of("image_url")).to_have_count(0)
        form.part("form").get_by_role("button", name="Bring back what was here").click()
        expect(form.prompt).to_have_value(left)
        expect(form.cards_of("image_url")).to_have_count(1)
