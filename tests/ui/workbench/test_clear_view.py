"""The bar under a form covers nothing one needs, and files may be dropped anywhere."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.video_edit import VideoEdit
from tests.apps.playgrounds import SAMPLES, Playground
from tests.ui.visitor import visiting

SIZES = [(1440, 900), (390, 844), (768, 1024), (720, 450)]
CUT = """() => {
    const bar = [...document.querySelectorAll(".actions")].find((it) => it.offsetParent);
    const edge = bar.getBoundingClientRect();
    const controls = "button, textarea, summary, input, .drop";
    return [...bar.closest("form").querySelectorAll(controls)].filter((it) => {
        const { top, bottom, width } = it.getBoundingClientRect();
        const isCut = width > 1 && top < edge.top && bottom > edge.top + 1 && !bar.contains(it);
        return isCut && it.checkVisibility({ opacityProperty: true });
    }).map((it) => it.outerHTML.slice(0, 80));
}"""
HIDDEN_FOCUS = """() => {
    const it = document.activeElement;
    const bar = [...document.querySelectorAll(".actions")].find((each) => each.offsetParent);
    if (!bar.closest("form").contains(it) || bar.contains(it)) return null;
    const { top, bottom } = it.getBoundingClientRect();
    const edge = bar.getBoundingClientRect();
    const limit = edge.bottom > top ? Math.min(edge.top, innerHeight) : innerHeight;
    const isSeen = top >= -1 && bottom <= limit + 1;
    return isSeen ? null : `${it.outerHTML.slice(0, 80)} ${top} ${bottom} ${limit}`;
}"""
DRAG = """([selector, kind, bytes, name, type]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const event = new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer });
    document.querySelector(selector).dispatchEvent(event);
    return event.defaultPrevented;
}"""

CRAMPED = """bar => [...bar.querySelectorAll("button")]
    .filter(it => it.checkVisibility() && it.scrollWidth > it.clientWidth)
    .map(it => it.textContent)"""


@pytest.mark.parametrize("size", SIZES)
def test_the_bar_cuts_through_no_control_and_hides_nothing_that_has_the_focus(
    browser: Browser, playground: Playground, size: tuple[int, int]
) -> None:
    viewport: Any = {"width": size[0], "height": size[1]}
    with visiting(browser, playground, viewport=viewport) as (_, visitor):
        visitor.open()
        for model in (ImageO1, VideoEdit):
            form = visitor.form(model)
            visitor.page.wait_for_function(f"() => ({CUT})().length === 0")
            form.prompt.focus()
            for _ in range(14):
                visitor.page.keyboard.press("Tab")
                assert visitor.page.evaluate(HIDDEN_FOCUS) is None


@pytest.mark.parametrize("width_px", [1440, 1280, 1024, 768, 390])
def test_every_button_of_the_bar_has_room_for_its_words(
    browser: Browser, playground: Playground, width_px: int
) -> None:
    """Also when one more comes, which on a wide page costs no line."""
    viewport: Any = {"width": width_px, "height": 900}
    with visiting(browser, playground, viewport=viewport) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        bar = visitor.page.locator(".actions", has=form.generate)
        expect(form.generate).to_contain_text("$")
        form.prompt.fill("What an example takes the place of")
        before_px = bar.evaluate("it => it.offsetHeight")
        assert bar.evaluate(CRAMPED) == []
        form.example()
        expect(bar.get_by_role("button", name="Bring back")).to_be_visible()
        expect(form.generate).to_contain_text("$")
        assert bar.evaluate(CRAMPED) == []
        assert width_px < 1280 or bar.evaluate("it => it.offsetHeight") == before_px


def test_a_file_dropped_on_the_header_goes_where_the_page_says(
    browser: Browser, playground: Playground
) -> None:
    content = list((SAMPLES / "place.jpg").read_bytes())
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        page, form = visitor.page, visitor.form(ImageToVideo)
        file = [content, "place.jpg", "image/jpeg"]
        assert page.evaluate(DRAG, ["#header", "dragover", *file])
        expect(page.locator(".drop-anywhere")).to_have_text("Drop to add to “First frame”")
        assert page.evaluate(DRAG, ["#header", "drop", *file])
        expect(page.locator(".drop-anywhere")).to_be_hidden()
        expect(form.cards_of("image_url")).to_have_count(1)
        expect(form.problem("")).to_be_hidden()
        form.prompt.focus()
        visitor.tab("History")
        assert page.evaluate(DRAG, ["#header", "dragover", *file])
        expect(page.locator(".drop-anywhere")).to_contain_text("of the form you used last")
        assert page.evaluate(DRAG, ["#header", "drop", *file])
        expect(form.generate).to_be_visible()


def test_what_matters_to_nobody_is_grey_and_folded(
    browser: Browser, playground: Playground, tmp_path: Path
) -> None:
    photo, exif = tmp_path / "photo.jpg", Image.Exif()
    exif[0x010F] = "A camera"
    with Image.open(SAMPLES / "place.jpg") as picture:
        picture.save(photo, exif=exif)
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        form.upload("image_urls", photo)
        card = form.cards_of("image_urls").first
        expect(card.locator("summary")).to_have_text("Checked: fits")
        expect(card.locator(".ref-change")).to_have_count(0)
        expect(card.locator(".ref-harmless")).to_be_hidden()
        card.locator("summary").click()
        expect(card.locator(".ref-harmless")).to_contain_text("Removed the metadata")


def test_text_is_dropped_into_boxes_as_ever_and_an_address_beside_them_is_not_gone_to(
    browser: Browser, playground: Playground
) -> None:
    drag = """([selector, type]) => {
        const transfer = new DataTransfer();
        transfer.setData(type, "https://example.com/");
        const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
        const over = new DragEvent("dragover", options);
        document.querySelector(selector).dispatchEvent(over);
        return over.defaultPrevented;
    }"""
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        page = visitor.page
        assert not page.evaluate(drag, ["#image_o1-prompt textarea", "text/plain"])
        assert not page.evaluate(drag, ["#image_o1-prompt textarea", "text/uri-list"])
        assert page.evaluate(drag, ["#image_o1-feed", "text/uri-list"])
        expect(page.locator(".drop-anywhere:not([hidden])")).to_have_count(0)
