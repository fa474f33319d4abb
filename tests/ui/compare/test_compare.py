"""Runs side by side in Chromium: one slider, one zoom, clips in step, and a link to it all."""

import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Browser, Locator, Page, expect

from components.interface.web.served.scripts import page_scripts
from tests.apps.playgrounds import SAMPLES, Playground, finished
from tests.ui.appearance import PHONE, fits, violations
from tests.ui.visitor import Form, Visitor, visiting

NAVIGATION = f"{page_scripts().url}/browser/navigation/navigation.js"
OPEN = f"ids => import('{NAVIGATION}').then(it => it.openCompare(ids))"
OPEN_RUN = f"id => import('{NAVIGATION}').then(it => it.openRun('video_edit', id))"
FRAME_S = 1 / 24
TIMES = "() => [...document.querySelectorAll('#compare video')].map(it => it.currentTime)"
HEARD = """() => [...document.querySelectorAll('#compare video')].filter(it => !it.muted)
    .map(it => it.closest('.pane').dataset.letter)"""
SHAPES = """() => [...document.querySelectorAll('#compare .pane-media')]
    .map(it => getComputedStyle(it).transform)"""

Ids = dict[str, str]


@pytest.fixture(scope="module")
def runs(client: Client) -> Ids:
    """The ids of finished runs: two pictures, an edit with its sound, and a longer clip."""
    place, clip = handle_file(SAMPLES / "place.jpg"), handle_file(SAMPLES / "clip.mp4")

    def accepted(api_name: str, prompt: str, **fields: Any) -> Any:
        return client.predict(prompt=prompt, api_name=api_name, **fields)

    wanted = {
        "dusk": accepted("/image_o1", "The headland at dusk", image_urls=[place], num_images=2),
        "night": accepted("/image_o1", "The headland at deep night", image_urls=[place]),
        "edit": accepted("/video_edit", "Make it night", video_url=clip, keep_audio=True),
        "long": accepted("/image_to_video", "A long look", image_url=place, duration=10),
    }
    return {name: str(finished(client, run)["id"]) for name, run in wanted.items()}


@pytest.fixture(scope="module")
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    """One visitor who compares this and that."""
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        yield visitor


def opened(page: Page, *ids: str) -> Locator:
    """Come to a comparison as from another part of the page; returns its stage."""
    # The same runs may have been compared before: what showed them makes way for what is opened.
    page.evaluate(
        "() => document.querySelector('#compare .comparison')?.setAttribute('data-before', '')"
    )
    page.evaluate(OPEN, list(ids))
    sides = " ".join(f"{it}:[a-z]*" for it in ids)
    alone = f"{ids[0]}~s1:done {ids[0]}~1:done"
    comparison = page.locator("#compare .comparison:not([data-before])")
    expect(comparison).to_have_attribute("data-signature", re.compile(f"^({sides}|{alone})$"))
    page.locator("#compare").get_by_role("button", name="Fit").click()
    return page.locator("#compare .stage")


def expect_in_step(page: Page) -> None:
    """Wait until two clips show the same moment, within a frame; a busy machine may be late."""
    page.wait_for_function(
        f"() => {{ const [a, b] = ({TIMES})(); return Math.abs(a - b) <= {FRAME_S}; }}"
    )


def pinch(page: Page, x: float, y: float) -> None:
    """Two fingers, 40 pixels apart around a point, move until they are 120 apart."""
    touch = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 40), ("touchMove", 80), ("touchMove", 120)):
        fingers = [{"x": x + side * apart / 2, "y": y, "id": side} for side in (-1, 1)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def at_frame(page: Page, number: int) -> None:
    """Wait until the clock says that this frame is shown."""
    expect(page.locator("#compare [data-clock]")).to_contain_text(re.compile(f"frame {number}$"))


def test_a_link_opens_the_comparison_that_was_chosen(
    browser: Browser, playground: Playground, visitor: Visitor, runs: Ids
) -> None:
    page = visitor.page
    visitor.tab("Compare")
    strip = page.locator("#compare-strip")
    page.locator("#compare-text").fill("HEADLAND")
    expect(strip.locator(".strip-run")).to_have_count(2)
    for name, letter in (("night", "A"), ("dusk", "B")):
        chosen = strip.locator(f"[data-run='{runs[name]}']")
        chosen.click()
        expect(chosen).to_have_attribute("aria-pressed", "true")
        expect(chosen.locator(".letter")).to_have_text(letter)
    page.get_by_label("What B shows").select_option(label="Result 2 of 2")
    address = f"{playground.url}/?compare={runs['night']},{runs['dusk']}~2"
    expect(page).to_have_url(address)
    panes = page.locator("#compare .pane-media")
    expect(panes.nth(1)).to_have_attribute("alt", "B: Result 2 of 2")
    sources = [it.get_attribute("src") for it in panes.all()]
    with visiting(browser, playground) as (_, other):
        other.open(address.removeprefix(f"{playground.url}/"))
        panes = other.page.locator("#compare .pane-media")
        expect(panes).to_have_count(2)
        assert [it.get_attribute("src") for it in panes.all()] == sources
        other.tab("History")
        expect(other.page).to_have_url(f"{playground.url}/?tab=history")


def test_pictures_lie_under_one_slider_and_are_zoomed_and_moved_as_one(
    visitor: Visitor, runs: Ids
) -> None:
    page = visitor.page
    stage = opened(page, runs["dusk"], runs["night"])
    divider = stage.get_by_role("slider", name="Divider")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    stage.click(position={"x": stage.evaluate("it => it.clientWidth") / 4, "y": 50})
    expect(divider).to_have_attribute("aria-valuenow", "25")
    clip = stage.locator("[data-place=left]").evaluate("it => getComputedStyle(it).clipPath")
    assert clip.startswith("inset(0px 75")
    divider.press("End")
    divider.press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", "98")

    page.get_by_label("Side by side").check()
    expect(divider).to_be_hidden()
    stage.locator(".pane").nth(1).hover(position={"x": 10, "y": 10})
    page.mouse.wheel(0, -400)
    expect(page.locator("#compare [data-zoom-text]")).to_have_text("182 %")
    before = page.evaluate(SHAPES)
    assert len(before) == 2
    assert before[0] == before[1] != "none"
    page.mouse.down()
    page.mouse.move(0, 0)
    page.mouse.up()
    after = page.evaluate(SHAPES)
    assert after[0] == after[1] != before[0]
    stage.press("0")
    assert page.evaluate(SHAPES) == ["matrix(1, 0, 0, 1, 0, 0)"] * 2
    page.get_by_label("Slider", exact=True).check()


def test_an_edit_stands_against_its_source_frame_by_frame(visitor: Visitor, runs: Ids) -> None:
    page = visitor.page
    page.evaluate(OPEN_RUN, runs["edit"])
    form = Form(page, "video_edit", "video")
    form.card.get_by_role("button", name="Compare with source").click()
    stage = page.locator("#compare .stage")
    labels = stage.locator(".pane-label")
    expect(labels).to_have_text(["S Source video", "A Result"])
    at_frame(page, 1)
    stage.press("ArrowRight")
    stage.press("Shift+ArrowRight")
    at_frame(page, 12)
    expect_in_step(page)
    stage.press("ArrowLeft")
    at_frame(page, 11)
    page.get_by_label("Position").fill("2.5")
    at_frame(page, 61)
    first, second = page.evaluate(TIMES)
    assert first == second == pytest.approx(2.5, abs=FRAME_S)

    stage.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    # A pause goes back to the frame that the longest clip shows.
    page.wait_for_function(f"Math.min(...({TIMES})()) > 3.5 + {2 * FRAME_S}")
    expect_in_step(page)
    stage.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    first, second = page.evaluate(TIMES)
    assert first == second > 3.5


def test_clips_begin_again_together_and_play_at_one_speed(visitor: Visitor, runs: Ids) -> None:
    page = visitor.page
    stage = opened(page, runs["edit"])
    at_frame(page, 1)
    page.get_by_label("Speed").select_option("2×")
    page.get_by_label("Position").fill("4.5")
    stage.press(" ")
    page.wait_for_function(f"({TIMES})().every(it => it > 0.3 && it < 3)")
    expect_in_step(page)
    # A busy machine is waited for; when it keeps up, both play as fast as was asked.
    page.wait_for_function(
        "() => [...document.querySelectorAll('#compare video')].every(it => it.playbackRate >= 1)"
    )
    stage.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_exactly_one_clip_is_heard(visitor: Visitor, runs: Ids) -> None:
    page = visitor.page
    stage = opened(page, runs["edit"])
    assert page.evaluate(HEARD) == ["S"]
    stage.press("s")
    assert page.evaluate(HEARD) == ["A"]
    page.locator("#compare .sound").get_by_label("S", exact=True).check()
    assert page.evaluate(HEARD) == ["S"]


def test_a_shorter_clip_waits_on_its_last_frame(visitor: Visitor, runs: Ids) -> None:
    page = visitor.page
    stage = opened(page, runs["edit"], runs["long"])
    expect(page.locator("#compare .compare-note")).to_contain_text("Their lengths differ")
    at_frame(page, 1)
    stage.press("End")
    at_frame(page, 240)
    first, second = page.evaluate(TIMES)
    assert first == pytest.approx(5, abs=2 * FRAME_S)
    assert second == pytest.approx(10, abs=2 * FRAME_S)
    expect(stage.locator(".is-waiting")).to_have_attribute("data-letter", "A")


def test_what_cannot_be_laid_over_each_other_says_so(visitor: Visitor, runs: Ids) -> None:
    page = visitor.page
    opened(page, runs["dusk"], "no-such-run", runs["long"])
    sides = page.locator("#compare .side")
    expect(sides.nth(1)).to_contain_text("This run was deleted, or was never kept here.")
    expect(page.locator("#compare .compare-note")).to_contain_text("they stand side by side")
    expect(page.locator("#compare .pane")).to_have_count(2)
    sides.nth(1).get_by_role("button", name="Take B out").click()
    expect(sides).to_have_count(2)


def test_a_table_shows_what_differs_and_marks_the_words(visitor: Visitor, runs: Ids) -> None:
    page = visitor.page
    opened(page, runs["dusk"], runs["night"])
    table = page.locator("#compare").get_by_role("table")
    prompt = table.get_by_role("row", name="Prompt")
    expect(prompt.get_by_role("cell")).to_have_text(
        ["The headland at dusk", "The headland at deep night"]
    )
    expect(prompt.locator("mark")).to_have_text(["dusk", "deep night"])
    counts = table.get_by_role("row", name="Number of images").get_by_role("cell")
    expect(counts).to_have_text(["2", "1"])
    expect(table.get_by_role("row")).to_have_count(3)
    opened(page, runs["edit"])
    expect(page.locator("#compare .differences-place")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_stacked_and_axe_finds_nothing_grave(
    scheme: Literal["light", "dark"], browser: Browser, playground: Playground, runs: Ids
) -> None:
    options: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "color_scheme": scheme}
    with visiting(browser, playground, **options) as (_, visitor):
        visitor.open(f"?compare={runs['edit']},{runs['long']}")
        page = visitor.page
        stage = page.locator("#compare .stage")
        at_frame(page, 1)
        assert fits(page)
        assert violations(page) == []
        box = stage.bounding_box()
        assert box
        page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + 60)
        divider = stage.get_by_role("slider", name="Divider")
        expect(divider).to_have_attribute("aria-valuenow", "80")
        pinch(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator("#compare [data-zoom-text]")).to_have_text("300 %")
        page.get_by_label("Side by side").check()
        tops = stage.locator(".pane").evaluate_all("all => all.map(it => it.offsetTop)")
        assert tops[1] > tops[0]
