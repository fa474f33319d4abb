"""Pictures in full size: all of a run one after the other, on the whole screen, and back again."""

from collections.abc import Iterator

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Browser, Locator, Page, expect

from tests.apps.playgrounds import SAMPLES, Playground, finished
from tests.ui.appearance import PHONE, violations
from tests.ui.visitor import Visitor, visiting

PICTURES = 3
SWIPE = """([from, to]) => {
  const view = document.querySelector(".zoom-view");
  const at = (type, clientX) => view.dispatchEvent(new PointerEvent(type, {
    clientX, clientY: 300, pointerType: "touch", isPrimary: true, bubbles: true,
  }));
  at("pointerdown", from);
  at("pointerup", to);
  view.click();
}"""


@pytest.fixture(scope="module")
def run_id(client: Client) -> str:
    """A run with several pictures."""
    run = client.predict(
        prompt="Three ideas for a poster",
        image_urls=[handle_file(SAMPLES / "place.jpg")],
        num_images=PICTURES,
        api_name="/image_o1",
    )
    return str(finished(client, run)["id"])


@pytest.fixture
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    with visiting(browser, playground) as (_, visitor):
        yield visitor


def opened(visitor: Visitor, run_id: str, at: int) -> Locator:
    """The dialog, opened at one of the pictures."""
    visitor.open(f"?run={run_id}")
    visitor.page.locator(f"[data-run='{run_id}'] [data-zoom]").nth(at).click()
    dialog = visitor.page.locator("dialog.zoomed")
    expect(dialog).to_be_visible()
    return dialog


def shown(page: Page) -> str:
    """The address of the picture that is looked at, once it is there."""
    page.wait_for_function("() => document.querySelector('.zoom-view img').naturalWidth > 0")
    return str(page.locator(".zoom-view img").get_attribute("src"))


def test_all_pictures_of_a_run_are_gone_through_by_button_and_key(
    visitor: Visitor, run_id: str
) -> None:
    page = visitor.page
    dialog = opened(visitor, run_id, 1)
    expect(dialog.locator("output")).to_have_text("2 of 3")
    second = shown(page)
    dialog.get_by_role("button", name="Next picture").click()
    expect(dialog.locator("output")).to_have_text("3 of 3")
    assert shown(page) != second
    expect(dialog.get_by_role("button", name="Next picture")).to_be_focused()
    expect(dialog.get_by_role("button", name="Next picture")).to_have_attribute(
        "aria-disabled", "true"
    )
    page.keyboard.press("ArrowRight")
    expect(dialog.locator("output")).to_have_text("3 of 3")
    page.keyboard.press("ArrowLeft")
    assert shown(page) == second
    page.keyboard.press("Home")
    expect(dialog.locator("output")).to_have_text("1 of 3")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_swipe_goes_on_and_closes_nothing(visitor: Visitor, run_id: str) -> None:
    page = visitor.page
    page.set_viewport_size(PHONE)
    dialog = opened(visitor, run_id, 0)
    page.evaluate(SWIPE, [300, 100])
    expect(dialog.locator("output")).to_have_text("2 of 3")
    page.evaluate(SWIPE, [100, 300])
    expect(dialog.locator("output")).to_have_text("1 of 3")
    page.evaluate(SWIPE, [200, 205])
    expect(dialog).to_have_count(0)


def test_a_picture_fills_the_screen_and_leaves_it_again(visitor: Visitor, run_id: str) -> None:
    page = visitor.page
    dialog = opened(visitor, run_id, 0)
    dialog.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement?.className === 'zoom-view'")
    page.keyboard.press("ArrowRight")
    expect(dialog.locator("output")).to_have_text("2 of 3")
    page.keyboard.press("f")
    page.wait_for_function("() => !document.fullscreenElement")
    expect(dialog.get_by_role("button", name="Full screen")).to_be_visible()
    expect(dialog.locator("output")).to_have_text("2 of 3")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_and_axe_finds_nothing_grave(
    scheme: str, browser: Browser, playground: Playground, run_id: str
) -> None:
    with visiting(browser, playground, viewport=PHONE, color_scheme=scheme) as (_, visitor):
        dialog = opened(visitor, run_id, 0)
        for name in ("Next picture", "Full screen", "Close"):
            expect(dialog.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        assert violations(visitor.page) == []
