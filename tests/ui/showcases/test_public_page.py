"""The public page in Chromium: read without scripts, reviewed with them, also by keyboard."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from components.sandbox import Sandbox
from components.showcases.opening import Showcases
from components.showcases.review import Place
from components.showcases.reviews import NewComment
from components.showcases.showcase import Showcase
from tests.apps.playgrounds import Playground, serving
from tests.samples.shown_results import keep_showcase, room
from tests.ui.appearance import DESKTOP, PHONE, fits, violations
from tests.ui.visitor import visiting

PICTURE, CLIP, PICTURES, CLIPS, PLAN = range(5)
"""The items, in their order; words are none."""
AT_S = 1.3


@dataclass(frozen=True)
class Shared:
    """A showcase behind a link."""

    playground: Playground
    room: Showcases
    showcase: Showcase
    url: str

    def open(self, page: Page) -> None:
        page.goto(self.url)
        expect(page.get_by_role("heading", level=1)).to_have_text("Harbours")


@pytest.fixture(scope="module")
def shared(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    data_dir = tmp_path_factory.mktemp("shown")
    showcase = keep_showcase(data_dir)
    with serving(data_dir, sandbox) as playground, room(data_dir) as showcases:
        token = showcases.links.share(showcase.id).token
        yield Shared(playground, showcases, showcase, f"{playground.url}/show/{token}")


def item(page: Page, number: int) -> Locator:
    return page.locator("article.item").nth(number)


def introduce(page: Page, name: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Go on").click()


def say(place: Locator, text: str) -> None:
    place.locator("form.saying textarea").first.fill(text)
    place.get_by_role("button", name="Send").click()


def test_it_is_readable_without_scripts(browser: Browser, shared: Shared) -> None:
    with visiting(browser, shared.playground, java_script_enabled=False) as (_, visitor):
        page = visitor.page
        shared.open(page)
        expect(item(page, PICTURE).locator("img")).to_be_visible()
        expect(item(page, CLIP).locator("video[controls]")).to_be_visible()
        expect(item(page, PICTURES).locator("img")).to_have_count(2)
        expect(item(page, PLAN).get_by_role("columnheader")).to_have_text(["Calm", "Storm"])
        expect(item(page, PLAN).get_by_role("rowheader")).to_have_text(["Dawn", "Dusk"])
        expect(page.get_by_text("What follows is a second thought.")).to_be_visible()
        assert not any(it.is_visible() for it in page.locator("form, .review").all())
        first = item(page, PICTURE).locator("img")
        assert first.get_attribute("loading") is None
        assert first.get_attribute("fetchpriority") == "high"


def test_a_passphrase_opens_it_without_scripts(browser: Browser, shared: Shared) -> None:
    showcase = shared.room.editor.create("Behind a door")
    token = shared.room.links.share(showcase.id, passphrase="three little words").token
    with visiting(browser, shared.playground, java_script_enabled=False) as (_, visitor):
        page = visitor.page
        page.goto(f"{shared.playground.url}/show/{token}")
        page.get_by_label("Passphrase").fill("three little words")
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_role("heading", name="Behind a door")).to_be_visible()


def test_two_people_review_without_a_reload(browser: Browser, shared: Shared) -> None:
    with (
        visiting(browser, shared.playground, viewport=DESKTOP) as (_, anna),
        visiting(browser, shared.playground, has_nothing_stored=True) as (_, ben),
    ):
        for visitor in (anna, ben):
            shared.open(visitor.page)
        mine, theirs = item(anna.page, PICTURE), item(ben.page, PICTURE)
        approve = mine.get_by_role("button", name="Approve")
        approve.click()
        introduce(anna.page, "Anna")
        expect(approve).to_have_attribute("aria-pressed", "true")
        expect(theirs.get_by_text("Anna approves.")).to_be_visible()
        mine.get_by_role("button", name="Point at a place").click()
        mine.locator(".frame").click(position={"x": 290, "y": 100})
        say(mine, "The gull is missing.")
        expect(theirs.get_by_text("The gull is missing.")).to_be_visible()
        expect(theirs.get_by_role("button", name="Comment 1, by Anna")).to_be_visible()
        frame, pin = (
            mine.locator(".frame").bounding_box(),
            mine.locator("[data-pin]").bounding_box(),
        )
        assert frame is not None
        assert pin is not None
        assert abs(pin["x"] + pin["width"] / 2 - frame["x"] - 290) < 2
        assert abs(pin["y"] + pin["height"] / 2 - frame["y"] - 100) < 2
        theirs.get_by_role("button", name="Answer").click()
        theirs.get_by_label("Answer to Anna").fill("I put it back.")
        theirs.locator("form.is-answer").get_by_role("button", name="Answer").click()
        introduce(ben.page, "Ben")
        expect(mine.get_by_text("I put it back.")).to_be_visible()
        mine.get_by_role("button", name="Resolve").click()
        expect(theirs.get_by_text("Resolved")).to_be_visible()
        theirs.locator(".answers").get_by_role("button", name="Delete").click()
        expect(mine.get_by_text("I put it back.")).to_have_count(0)
        shared.room.editor.change(shared.showcase.id, introduction="Changed.")
        expect(ben.page.get_by_text("The maker changed this page.")).to_be_visible()
        ben.page.get_by_role("button", name="Reload").click()
        expect(ben.page.get_by_text("Changed.")).to_be_visible()


def test_a_comment_at_a_frame_leads_back_to_it(browser: Browser, shared: Shared) -> None:
    with visiting(browser, shared.playground, viewport=DESKTOP) as (_, visitor):
        page = visitor.page
        shared.open(page)
        clip = item(page, CLIP)
        clip.scroll_into_view_if_needed()
        video = clip.locator("video")
        video.evaluate(f"it => new Promise(r => {{ it.onseeked = r; it.currentTime = {AT_S}; }})")
        clip.get_by_role("button", name="At this frame").click()
        say(clip, "Cut here.")
        introduce(page, "Clara")
        expect(clip.get_by_text("Cut here.")).to_be_visible()
        video.evaluate("it => new Promise(r => { it.onseeked = r; it.currentTime = 0; })")
        clip.get_by_role("button", name="At 0:01.30").click()
        rate = float(video.get_attribute("data-fps") or 0)
        middle_s = (int(AT_S * rate) + 0.5) / rate
        page.wait_for_function(
            "([it, at]) => Math.abs(it.currentTime - at) < 0.001 && it.paused",
            arg=[video.element_handle(), middle_s],
        )


def test_clips_are_compared_in_step_and_commented(browser: Browser, shared: Shared) -> None:
    with visiting(browser, shared.playground, viewport=DESKTOP) as (_, visitor):
        page = visitor.page
        shared.open(page)
        pair = item(page, CLIPS)
        pair.scroll_into_view_if_needed()
        expect(pair.locator(".stage")).to_be_visible()
        expect(pair.get_by_role("slider", name="Divider")).to_be_visible()
        for _ in range(3):
            pair.get_by_role("button", name="One frame on").click()
        expect(pair.locator("[data-clock]")).to_contain_text("frame 4")
        pair.get_by_role("button", name="Point at a place").click()
        pair.locator(".stage").click(position={"x": 900, "y": 120})
        say(pair, "On the right side.")
        introduce(page, "Dora")
        expect(pair.get_by_text("On the right side.")).to_be_visible()
        [comment] = [
            it
            for it in shared.room.reviews.since(shared.showcase.id).comments  # type: ignore[union-attr]
            if it.text == "On the right side."
        ]
        assert comment.place is not None
        assert (comment.place.side, comment.place.frame) == (1, 3)


def test_a_place_is_pointed_at_by_keyboard_alone(browser: Browser, shared: Shared) -> None:
    with visiting(browser, shared.playground, viewport=DESKTOP) as (_, visitor):
        page = visitor.page
        shared.open(page)
        plan = item(page, PLAN)
        plan.get_by_role("button", name="Point at a place").focus()
        page.keyboard.press("Enter")
        expect(plan.locator(".pin.is-new")).to_be_focused()
        for key in ("ArrowRight", "Shift+ArrowDown", "Enter"):
            page.keyboard.press(key)
        expect(plan.locator("textarea")).to_be_focused()
        page.keyboard.type("By keys.")
        page.keyboard.press("Control+Enter")
        page.keyboard.type("Edgar")
        page.keyboard.press("Enter")
        expect(plan.get_by_text("By keys.")).to_be_visible()
        told = shared.room.reviews.since(shared.showcase.id)
        assert told is not None
        [comment] = [it for it in told.comments if it.text == "By keys."]
        assert comment.place == Place(side=0, x=0.51, y=0.6)


def test_what_was_typed_survives_a_failure_and_a_reload(browser: Browser, shared: Shared) -> None:
    with visiting(browser, shared.playground, viewport=DESKTOP) as (context, visitor):
        page = visitor.page
        shared.open(page)
        place = item(page, PICTURES)
        place.get_by_role("button", name="Favourite").click()
        introduce(page, "Fay")
        expect(place.get_by_role("button", name="Favourite")).to_have_attribute(
            "aria-pressed", "true"
        )
        context.set_offline(True)
        say(place, "Typed on a train.")
        expect(place.get_by_text("There is no connection.")).to_be_visible()
        expect(place.locator("textarea")).to_have_value("Typed on a train.")
        context.set_offline(False)
        visitor.complaints.clear()
        shared.open(page)
        expect(place.locator("textarea")).to_have_value("Typed on a train.")
        place.get_by_role("button", name="Send").click()
        expect(place.locator(".comment")).to_have_count(1)
        expect(place.locator("textarea")).to_have_value("")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave(
    scheme: Literal["light", "dark"], viewport: ViewportSize, browser: Browser, shared: Shared
) -> None:
    reviews = shared.room.reviews
    with visiting(browser, shared.playground, viewport=viewport, color_scheme=scheme) as (
        _,
        visitor,
    ):
        page = visitor.page
        shared.open(page)
        for number in range(5):
            item(page, number).scroll_into_view_if_needed()
        expect(page.locator(".stage")).to_have_count(2)
        assert violations(page) == []
        assert fits(page)
        first = shared.showcase.items[0].id
        pinned = NewComment(item_id=first, text="A word " * 40, place=Place(x=0.9, y=0.1))
        kept = reviews.comment(shared.showcase.id, pinned, None)
        answer = NewComment(item_id=first, text="Yes.", answers=kept.id)
        reviews.comment(shared.showcase.id, answer, None)
        reviews.resolve(shared.showcase.id, kept.id, is_resolved=True)
        expect(item(page, PICTURE).locator(".is-resolved .answers .comment").last).to_be_visible()
        for name in ("Approve", "Favourite"):
            item(page, PICTURE).get_by_role("button", name=name).click()
            if name == "Approve":
                introduce(page, "Gil")
            pressed = item(page, PICTURE).get_by_role("button", name=name)
            expect(pressed).to_have_attribute("aria-pressed", "true")
        assert violations(page) == []
        assert fits(page)


def test_nothing_moves_by_itself(browser: Browser, shared: Shared) -> None:
    with visiting(browser, shared.playground, reduced_motion="reduce") as (_, visitor):
        page = visitor.page
        shared.open(page)
        for number in range(5):
            item(page, number).scroll_into_view_if_needed()
        expect(page.locator(".stage")).to_have_count(2)
        moving = "[...document.querySelectorAll('video')].filter(it => it.autoplay || !it.paused)"
        assert page.evaluate(f"{moving}.length") == 0
        assert page.evaluate("document.getAnimations().length") == 0
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
