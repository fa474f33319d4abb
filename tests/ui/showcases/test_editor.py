"""The editor of showcases in Chromium: put into order, worded, undone, and found again."""

import re

import pytest
from playwright.sync_api import APIResponse, Browser, Locator, Page, Route, expect

from components.showcases.reviews import NewComment
from tests.apps.playgrounds import SAMPLES
from tests.ui.appearance import DESKTOP, PHONE, fits, violations
from tests.ui.showcases.showcase_stage import Stage, expect_soon, opened
from tests.ui.visitor import Visitor, held, visiting

LOOK_MS = 50
PICTURES = "**/showcases/pictures/**"
ARRIVED = "every => Promise.all(every.map((it) => (it.loading = 'eager', it.decode())))"


def item(page: Page, number: int) -> Locator:
    """An item by its place, from 0."""
    return page.locator(".showcase-item").nth(number)


def grab(page: Page, number: int) -> None:
    """Press the handle of an item."""
    item(page, number).locator("[data-handle]").hover()
    page.mouse.down()
    expect(item(page, number)).to_have_class(re.compile("dragged"))


def saved(page: Page) -> None:
    """Wait until all that was typed is kept."""
    expect(page.locator("[data-save-state]")).to_have_text("Saved")


def shown_captions(page: Page) -> list[str]:
    """The words of the items as they stand on the page."""
    boxes = page.locator(".showcase-item :is([data-words=caption], [data-words=text])")
    return [str(it.input_value()) for it in boxes.all()]


def test_a_showcase_is_made_listed_deleted_and_brought_back(visitor: Visitor, stage: Stage) -> None:
    page = visitor.page
    visitor.open("?tab=showcases")
    page.get_by_role("button", name="New showcase").click()
    page.get_by_role("button", name="Create").click()
    expect(page.locator("#showcase-new-problem")).to_contain_text("Give the showcase a title")
    page.locator(".showcase-new input").fill("Spring campaign")
    page.locator(".showcase-new input").press("Enter")
    expect(page.locator(".showcase-editor")).to_contain_text("Nothing in it yet.")
    expect(page.locator(".showcase-editor")).to_contain_text("Add to showcase …")
    expect(page).to_have_url(re.compile(r"/\?showcase=[\w-]+$"))
    expect(page).to_have_title("Spring campaign · Kling O1 Playground")

    page.get_by_role("link", name="Showcases").click()
    card = page.locator(".showcase-card").filter(has_text="Spring campaign")
    expect(card).to_contain_text("0 items")
    card.hover()
    card.get_by_role("button", name="Delete Spring campaign").click()
    expect(card).to_have_count(0)
    page.locator(".said button", has_text="Undo").click()
    expect(card).to_have_count(1)
    assert "Spring campaign" in [it.title for it in stage.rooms.editor.all()]


def test_a_showcase_deleted_in_its_editor_gives_way_to_the_list_even_if_its_end_is_told_first(
    visitor: Visitor, stage: Stage
) -> None:
    late: list[tuple[Route, APIResponse]] = []
    stage.fresh("One that stays")
    page = opened(visitor, stage.fresh("To be deleted"))
    page.route("**/delete", lambda it: late.append((it, it.fetch())))
    page.locator("[data-do=delete-showcase]").click()
    while not late:
        page.wait_for_timeout(LOOK_MS)
    # The second question was asked after that.
    for _ in range(2):
        with page.expect_response("**/changes?*"):
            pass
    [(route, answer)] = late
    route.fulfill(response=answer)
    expect(page.locator(".said")).to_contain_text("“To be deleted” was deleted.")
    cards = page.locator(".showcase-card")
    expect(cards.filter(has_text="One that stays").first).to_be_visible()
    expect(cards.filter(has_text="To be deleted")).to_have_count(0)
    page.unroute_all(behavior="wait")
    assert visitor.complaints == []


def test_items_are_put_into_order_by_dragging_and_by_keys(visitor: Visitor, stage: Stage) -> None:
    showcase_id = stage.fresh()
    page = opened(visitor, showcase_id)
    grab(page, 0)
    last = item(page, 3).bounding_box()
    assert last
    page.mouse.move(last["x"] + 20, last["y"] + last["height"] - 2, steps=12)
    page.mouse.up()
    order = ["Sailing", "Dusk", "That is all.", "Dawn"]
    assert shown_captions(page) == order
    expect(page.locator("#showcases [data-spoken]")).to_have_text("Dawn is now 4 of 4.")
    expect_soon(lambda: stage.captions(showcase_id), order)

    handle = item(page, 3).locator("[data-handle]")
    handle.press("ArrowUp")
    expect(page.locator("#showcases [data-spoken]")).to_have_text("Dawn is now 3 of 4.")
    expect(item(page, 2).locator("[data-handle]")).to_be_focused()
    page.keyboard.press("Home")
    assert shown_captions(page)[0] == "Dawn"
    for _ in range(3):
        page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.locator(".showcase-editor [data-do=undo]")).to_be_disabled()
    before = ["Dawn", "Sailing", "Dusk", "That is all."]
    expect_soon(lambda: shown_captions(page), before)
    assert stage.captions(showcase_id) == before


def test_a_late_answer_does_not_bring_back_an_order_that_was_changed_meanwhile(
    visitor: Visitor, stage: Stage
) -> None:
    late: list[tuple[Route, APIResponse]] = []

    def delay(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    showcase_id = stage.fresh()
    page = opened(visitor, showcase_id)
    page.route(f"**/showcases/{showcase_id}", delay)
    stage.change_caption(stage.items(showcase_id)[2].id, "From elsewhere")
    while not late:
        page.wait_for_timeout(LOOK_MS)
    with held(page, "**/changes?*"):
        item(page, 0).locator("[data-handle]").press("ArrowDown")
        order = ["Sailing", "Dawn", "From elsewhere", "That is all."]
        expect_soon(lambda: stage.captions(showcase_id), order)
        [(route, answer)] = late
        route.fulfill(response=answer)
        expect(item(page, 2).get_by_label("Caption")).to_have_value("From elsewhere")
        assert shown_captions(page) == order
    page.unroute_all(behavior="wait")


def test_pictures_have_their_room_before_they_come(visitor: Visitor, stage: Stage) -> None:
    showcase_id = stage.fresh()
    stage.with_comparison(showcase_id)
    with held(visitor.page, PICTURES):
        page = opened(visitor, showcase_id)
        media = page.locator(".shown-medium")
        empty = [it.bounding_box() for it in media.all()]
    page.locator(".showcase-item img").evaluate_all(ARRIVED)
    page.unroute_all(behavior="wait")
    assert [it.bounding_box() for it in media.all()] == empty


def test_what_is_dragged_stays_under_the_pointer_while_a_wheel_turns(
    browser: Browser, stage: Stage
) -> None:
    low = {"width": 1280, "height": 500}
    with visiting(browser, stage.playground, viewport=low) as (_, visitor):
        page = opened(visitor, stage.fresh())
        grab(page, 0)
        page.mouse.wheel(0, 200)
        expect(item(page, 1)).to_have_class(re.compile("dragged"))
        page.mouse.up()
        assert shown_captions(page) == ["Sailing", "Dawn", "Dusk", "That is all."]


def test_words_are_kept_by_themselves_also_when_the_page_is_left_at_once(
    visitor: Visitor, stage: Stage
) -> None:
    showcase_id = stage.fresh()
    page = opened(visitor, showcase_id)
    item(page, 0).get_by_label("Caption").fill("The harbour at dawn")
    saved(page)
    assert stage.captions(showcase_id)[0] == "The harbour at dawn"
    page.get_by_label("Introduction").fill("Four directions.")
    page.reload()
    expect(page.get_by_label("Introduction")).to_have_value("Four directions.")
    expect(item(page, 0).get_by_label("Caption")).to_have_value("The harbour at dawn")
    assert stage.rooms.editor.get(showcase_id).introduction == "Four directions."


def test_what_could_not_be_kept_says_so_and_stays(visitor: Visitor, stage: Stage) -> None:
    showcase_id = stage.fresh()
    page = opened(visitor, showcase_id)
    page.locator(".edit-title").fill("   ")
    state = page.locator("[data-save-state]")
    expect(state).to_contain_text("Not saved: Give the showcase a title")
    item(page, 0).get_by_label("Caption").fill("Another")
    expect_soon(lambda: stage.captions(showcase_id)[0], "Another")
    page.locator(".edit-title").fill("A title")
    saved(page)
    assert stage.rooms.editor.get(showcase_id).title == "A title"


def test_every_change_can_be_undone(visitor: Visitor, stage: Stage) -> None:
    showcase_id = stage.fresh()
    page = opened(visitor, showcase_id)
    before = stage.rooms.editor.get(showcase_id)
    page.locator(".edit-title").fill("Another title")
    page.get_by_label("Prompt", exact=True).check()
    expect(page.get_by_label("Prompt", exact=True)).to_be_checked()
    page.get_by_label("Accent").fill("#0f766e")
    expect(page.locator(".showcase-editor")).to_have_attribute("data-accent", "#0f766e")
    page.locator("[data-logo-file]").set_input_files(SAMPLES / "style.jpg")
    expect(page.get_by_alt_text("The logo")).to_be_visible()
    item(page, 1).get_by_role("button", name="Take out").click()
    expect(page.locator(".showcase-item")).to_have_count(3)
    page.get_by_role("button", name="Add a text").click()
    expect(page.locator(".showcase-item")).to_have_count(4)
    item(page, 1).get_by_role("button", name="Cover").click()
    expect(item(page, 1).get_by_role("button", name="Cover")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect_soon(lambda: stage.rooms.editor.get(showcase_id).title, "Another title")
    changed = stage.rooms.editor.get(showcase_id)
    assert changed.shown.prompt
    assert (changed.accent, bool(changed.logo)) == ("#0f766e", True)
    assert changed.cover_item

    undo = page.locator(".showcase-editor [data-do=undo]")
    for _ in range(7):
        expect(undo).to_be_enabled()
        page.locator("#tab-showcases-button").focus()
        page.keyboard.press("Control+z")
    expect(undo).to_be_disabled()
    expect(page.locator(".showcase-item")).to_have_count(4)
    expect(page.locator(".edit-title")).to_have_value(before.title)
    expect(page.get_by_label("Prompt", exact=True)).not_to_be_checked()
    after = stage.rooms.editor.get(showcase_id)
    assert after.items == before.items
    assert (after.title, after.shown, after.accent, after.logo, after.cover_item) == (
        before.title,
        before.shown,
        before.accent,
        before.logo,
        before.cover_item,
    )


def test_a_logo_that_is_no_picture_gets_a_sentence(visitor: Visitor, stage: Stage) -> None:
    page = opened(visitor, stage.fresh())
    page.locator("[data-logo-file]").set_input_files(SAMPLES / "clip.mp4")
    expect(page.locator("[data-look-problem]")).to_contain_text("is no picture")


def test_what_another_tab_changes_arrives_but_not_where_one_writes(
    visitor: Visitor, stage: Stage
) -> None:
    showcase_id = stage.fresh()
    page = opened(visitor, showcase_id)
    box = item(page, 0).get_by_label("Caption")
    box.click()
    first, second = stage.items(showcase_id)[:2]
    stage.change_caption(first.id, "From elsewhere")
    stage.change_caption(second.id, "Also from elsewhere")
    expect(item(page, 1).get_by_label("Caption")).to_have_value("Also from elsewhere")
    expect(box).to_have_value("Dawn")
    expect(box).to_be_focused()


def test_back_forward_and_a_reload_lead_through_list_and_editor(
    visitor: Visitor, stage: Stage
) -> None:
    showcase_id = stage.fresh("To be found again")
    visitor.open("?tab=showcases")
    page = visitor.page
    page.locator(".showcase-card").filter(has_text="To be found again").first.click()
    expect(page.locator(".showcase-editor")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/\?showcase={showcase_id}$"))
    page.go_back()
    expect(page.locator(".showcase-editor")).to_have_count(0)
    expect(page.locator(".showcase-card").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?tab=showcases$"))
    page.go_forward()
    expect(page.locator(".showcase-editor")).to_be_visible()
    page.reload()
    expect(page.locator(".showcase-editor")).to_be_visible()
    visitor.tab("Usage")
    expect(page).to_have_url(re.compile(r"\?tab=usage"))
    visitor.tab("Showcases")
    expect(page).to_have_url(re.compile(rf"/\?showcase={showcase_id}$"))
    expect(page.locator(".showcase-editor")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_is_accessible_and_fits(
    browser: Browser, stage: Stage, window: dict[str, int], scheme: str
) -> None:
    showcase_id = stage.fresh()
    stage.with_comparison(showcase_id)
    stage.rooms.links.share(showcase_id)
    guest = stage.guest(showcase_id, "<b>Ann</b>")
    first = stage.items(showcase_id)[0]
    stage.rooms.reviews.comment(showcase_id, NewComment(item_id=first.id, text="Good."), guest)
    with visiting(browser, stage.playground, viewport=window, color_scheme=scheme) as (_, visitor):
        page = opened(visitor, showcase_id)
        expect(page.locator(".thread")).to_have_count(1)
        assert violations(page) == []
        assert fits(page)
        page.get_by_role("link", name="Showcases").click()
        expect(page.locator(".showcase-card").first).to_be_visible()
        assert violations(page) == []
        assert fits(page)
