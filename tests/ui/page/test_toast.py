"""The short word at the foot of the page covers nothing that can be pressed, and is read out."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from components.catalog.models.video_edit import VideoEdit
from components.interface.web.served.scripts import page_scripts
from tests.apps.playgrounds import Playground
from tests.ui.appearance import DESKTOP, PHONE
from tests.ui.visitor import visiting

DIALOG = f"{page_scripts().url}/browser/dialogs/dialog.js"
SAY = f"""sentence => import('{DIALOG}')
    .then(it => it.say(sentence, {{ action: 'Undo', onAction() {{}}, forMs: 60000 }}))"""
COVERED = """() => {
  const said = document.querySelector(".said").getBoundingClientRect();
  const isUnder = (it) => {
    const { left, right, top, bottom } = it.getBoundingClientRect();
    const width = Math.min(right, said.right) - Math.max(left, said.left);
    const height = Math.min(bottom, said.bottom) - Math.max(top, said.top);
    // A page full of pictures has no free place: of those a strip may be hidden.
    return width > 0 && height > 0 && width * height > 0.4 * (right - left) * (bottom - top);
  };
  const ground = document.querySelector(".said").parentElement;
  return [...ground.querySelectorAll("button, a[href], input, select, textarea, summary")]
    .filter((it) => !it.closest(".said") && it.checkVisibility() && isUnder(it))
    .map((it) => it.outerHTML.slice(0, 80));
}"""


def covered(page: Page) -> list[str]:
    """Say something and list what can be pressed and lies under it."""
    page.evaluate(SAY, "Two runs are deleted. They can come back for ten minutes.")
    expect(page.locator(".said [role=status]")).to_contain_text("Two runs are deleted")
    found: list[str] = page.evaluate(COVERED)
    return found


@pytest.mark.parametrize("window", [DESKTOP, PHONE])
def test_a_word_covers_nothing_that_can_be_pressed(
    window: ViewportSize, browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground, viewport=window) as (_, visitor):
        visitor.open()
        form = visitor.form(VideoEdit)
        page = visitor.page
        assert covered(page) == []
        form.example()
        form.expect_result()
        assert covered(page) == []
        page.evaluate("scrollTo(0, 300)")
        page.wait_for_function(f"() => ({COVERED})().length === 0")
        visitor.tab("History")
        expect(page.locator(".history-card").first).to_be_visible()
        assert covered(page) == []
        visitor.form(VideoEdit).part("form").get_by_role("button", name="Code").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert covered(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(".said")).to_be_visible()
        page.wait_for_function(f"() => ({COVERED})().length === 0")
