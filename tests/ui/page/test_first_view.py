"""What a visitor sees and does before, while and after the page's scripts come."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from tests.apps.playgrounds import SAMPLES, Playground, posts
from tests.ui.appearance import DESKTOP, PHONE
from tests.ui.visitor import Form, Visitor, held, visiting

SIZES = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
OUR_SCRIPTS, GRADIO_SCRIPTS = "**/playground-scripts-*/**", "**/assets/index-*.js"
MOST_SHIFT = 0.02
COUNT_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((it) => [
    it.value, it.sources.map((source) => source.node?.className ?? source.node?.nodeName),
]))).observe({ type: "layout-shift", buffered: true });
"""
WHERE_THINGS_ARE = """
() => [...document.querySelectorAll("[data-part] *, [role=tab]")]
    .filter((it) => it.checkVisibility({ visibilityProperty: true }))
    .filter((it) => !it.closest("[data-account]"))
    .map((it) => {
        const box = it.getBoundingClientRect();
        const name = it.id || it.className || it.tagName;
        return [name, ...[box.x, box.y, box.width, box.height].map((side) => Math.round(side))];
    })
"""


def settled(page: Page) -> None:
    """Wait until all that was drawn stands in gradio's parts."""
    expect(page.locator("#first-view")).to_have_count(0)


def opened_early(visitor: Visitor, query: str = "") -> Form:
    """Open the page and wait for no script."""
    visitor.page.goto(f"{visitor.playground.url}/{query}", wait_until="commit")
    form = Form(visitor.page, ImageO1.api_name, ImageO1.output)
    expect(form.prompt).to_be_visible()
    return form


@SIZES
def test_what_is_drawn_first_stays_where_it_stands(
    viewport: ViewportSize, browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground, viewport=viewport) as (_, visitor):
        with held(visitor.page, GRADIO_SCRIPTS):
            form = opened_early(visitor)
            expect(form.generate).to_contain_text("$")
            expect(visitor.page.locator("#header .balance")).to_contain_text("$")
            visitor.page.evaluate("document.fonts.ready")
            before = visitor.page.evaluate(WHERE_THINGS_ARE)
        settled(visitor.page)
        after = visitor.page.evaluate(WHERE_THINGS_ARE)
    assert len(before) > 100
    assert after == before


@SIZES
def test_nothing_jumps_while_the_page_loads(
    viewport: ViewportSize, browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground, viewport=viewport) as (_, visitor):
        visitor.page.add_init_script(COUNT_SHIFTS)
        visitor.open()
        settled(visitor.page)
        expect(visitor.form(ImageO1).generate).to_contain_text("$")
        shifts: list[Any] = visitor.page.evaluate("window.shifts")
    assert sum(value for value, _ in shifts) <= MOST_SHIFT, shifts


@pytest.mark.parametrize("moves", [True, False], ids=["moveBefore", "without"])
def test_what_is_typed_before_the_scripts_come_stays_with_focus_and_caret(
    moves: bool, browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground) as (_, visitor):
        page = visitor.page
        if not moves:
            page.add_init_script("delete Element.prototype.moveBefore")
        with held(page, GRADIO_SCRIPTS):
            with held(page, OUR_SCRIPTS):
                form = opened_early(visitor)
                form.prompt.click()
                page.keyboard.type("Early ird")
                for _ in "ird":
                    page.keyboard.press("ArrowLeft")
                form.part("aspect_ratio").get_by_label("9:16").check()
                form.prompt.focus()
            expect(form.generate).to_contain_text("$")
            page.keyboard.type("b")
        settled(page)
        page.keyboard.type("!")
        assert form.prompt.input_value() == "Early b!ird"
        checked = form.part("aspect_ratio").locator("input:checked")
        assert checked.get_attribute("value") == '"9:16"'


def test_a_draft_fills_only_what_nobody_has_touched(
    browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        form.upload("image_urls", SAMPLES / "place.jpg")
        form.prompt.fill("From the draft")
        form.part("aspect_ratio").get_by_label("4:3").check()
        with held(visitor.page, OUR_SCRIPTS):
            opened_early(visitor)
            form.prompt.fill("Typed at once")
        settled(visitor.page)
        expect(form.cards_of("image_urls")).to_have_count(1)
        assert form.prompt.input_value() == "Typed at once"
        checked = form.part("aspect_ratio").locator("input:checked")
        assert checked.get_attribute("value") == '"4:3"'


def test_a_file_chosen_and_a_generate_pressed_early_are_carried_out_once(
    browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground) as (_, visitor):
        with held(visitor.page, OUR_SCRIPTS, GRADIO_SCRIPTS):
            form = opened_early(visitor)
            form.part("image_urls-file").set_input_files(SAMPLES / "place.jpg")
            form.prompt.fill("Pressed before anything could happen")
            form.generate.click()
            form.generate.click()
            form.prompt.press("Control+Enter")
            expect(form.generate).to_have_attribute("aria-busy", "true")
        form.expect_result()
        expect(form.generate).not_to_have_attribute("aria-busy", "true")
        expect(form.part("feed").locator(".run-card")).to_have_count(1)
    sent = [it for it in posts(playground.sandbox) if it["prompt"].startswith("Pressed before")]
    assert [len(it["image_urls"]) for it in sent] == [1]


@pytest.mark.parametrize("is_alive", [True, False], ids=["alive", "lifeless"])
def test_another_tab_chosen_early_opens(
    is_alive: bool, browser: Browser, playground: Playground
) -> None:
    late = (GRADIO_SCRIPTS,) if is_alive else (GRADIO_SCRIPTS, OUR_SCRIPTS)
    with visiting(browser, playground) as (_, visitor):
        with held(visitor.page, *late):
            form = opened_early(visitor)
            if is_alive:
                expect(form.generate).to_contain_text("$")
            form.prompt.fill("Left behind for a moment")
            visitor.tab("History")
            expect(form.prompt).to_be_hidden()
        settled(visitor.page)
        chosen = visitor.page.get_by_role("tab", name="History", exact=True)
        expect(chosen).to_have_attribute("aria-selected", "true")
        expect(visitor.page.locator("#tab-history .history")).to_be_visible()
        expect(visitor.page).to_have_url(re.compile("tab=history"))
        visitor.tab(ImageO1.title)
        assert form.prompt.input_value() == "Left behind for a moment"


def test_a_link_to_a_run_shows_its_tab_from_the_first_moment(
    browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageToVideo)
        form.example()
        run_id = form.run_id()
        with held(visitor.page, OUR_SCRIPTS, GRADIO_SCRIPTS):
            visitor.page.goto(f"{playground.url}/?run={run_id}", wait_until="commit")
            expect(form.prompt).to_be_visible()
            expect(visitor.page.get_by_role("tab", selected=True)).to_have_text(ImageToVideo.title)
        settled(visitor.page)
        expect(visitor.page.get_by_role("tab", selected=True)).to_have_text(ImageToVideo.title)
        assert form.run_id() == run_id


def test_nobody_meets_two_copies(browser: Browser, playground: Playground) -> None:
    with visiting(browser, playground) as (_, visitor):
        opened_early(visitor)
        page = visitor.page
        for _ in range(2):
            expect(page.get_by_role("tablist")).to_have_count(1)
            expect(page.get_by_role("heading", level=1)).to_have_count(1)
            expect(page.get_by_role("textbox", name="Prompt")).to_have_count(1)
            settled(page)
        repeated = page.evaluate(
            """() => {
                const named = [...document.querySelectorAll('[id]:not([id=""])')];
                const ids = named.map((it) => it.id);
                return ids.filter((id, index) => ids.indexOf(id) !== index);
            }"""
        )
        assert repeated == []
