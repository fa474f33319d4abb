"""Links and reviews of showcases in Chromium, as their maker sees them."""

import json
import re
import time

from playwright.sync_api import expect

from components.showcases.review import Place, Verdict
from tests.ui.showcases.showcase_stage import Stage, opened
from tests.ui.visitor import Visitor

DAY_S = 86_400.0
HOSTILE = '<img src=x onerror="window.wasRun=1">'


def test_a_link_is_made_limited_renewed_and_ended(visitor: Visitor, stage: Stage) -> None:
    showcase_id, links = stage.fresh(), stage.rooms.links
    page = opened(visitor, showcase_id)
    panel = page.locator("[data-link]")
    panel.get_by_role("button", name="Create link").click()
    box = panel.get_by_label("Address of the link")
    link = links.of(showcase_id)
    expect(box).to_have_value(re.compile("/show/"))
    link = links.of(showcase_id)
    assert link
    expect(box).to_have_value(f"{stage.playground.url}/show/{link.token}")
    expect(panel).to_contain_text("Not opened yet.")

    panel.locator("[data-ends]").select_option("In 7 days")
    expect(panel.locator("time")).to_be_visible()
    link = links.of(showcase_id)
    assert link
    assert link.expires_at
    assert abs(link.expires_at - time.time() - 7 * DAY_S) < 600

    panel.locator("[data-ends]").select_option("On a date …")
    panel.get_by_label("Last day").fill("2020-01-31")
    expect(panel.locator("[data-link-problem]")).to_contain_text("is over: choose a day to come")

    panel.get_by_role("button", name="Set a passphrase").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input").fill("a")
    dialog.get_by_role("button", name="Set", exact=True).click()
    expect(panel.locator("[data-link-problem]")).to_contain_text("Take at least 8 characters")
    panel.get_by_role("button", name="Set a passphrase").click()
    dialog.locator("input").fill("three blue boats")
    dialog.get_by_role("button", name="Set", exact=True).click()
    expect(panel).to_contain_text("Asks for a passphrase")
    changed = links.of(showcase_id)
    assert changed
    assert changed.has_passphrase
    assert changed.expires_at == link.expires_at
    panel.get_by_role("button", name="Remove").click()
    expect(panel).to_contain_text("No passphrase")

    panel.get_by_role("button", name="Renew").click()
    dialog.get_by_role("button", name="Renew").click()
    expect(box).not_to_have_value(re.compile(link.token))
    panel.get_by_role("button", name="Revoke").click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(panel.get_by_role("button", name="Create link")).to_be_visible()
    assert links.of(showcase_id) is None


def test_what_guests_say_arrives_and_is_answered_and_resolved(
    visitor: Visitor, stage: Stage
) -> None:
    showcase_id = stage.fresh()
    page = opened(visitor, showcase_id)
    guest = stage.guest(showcase_id, HOSTILE)
    first, second = stage.items(showcase_id)[:2]
    stage.rooms.reviews.judge(
        showcase_id, first.id, guest, verdict=Verdict.APPROVE, is_favourite=True
    )
    stage.say(showcase_id, 0, HOSTILE, guest, Place(x=0.25, y=0.75))
    thread = page.locator(".showcase-item").nth(0).locator(".thread")
    expect(thread.locator(".words")).to_have_text(HOSTILE)
    verdicts = page.locator(".showcase-item").nth(0).locator(".verdicts")
    expect(verdicts).to_contain_text(re.compile(r"1\s*Approved"))
    expect(verdicts).to_contain_text(HOSTILE)
    assert not page.evaluate("window.wasRun")

    thread.get_by_role("button", name="A place").click()
    pin = page.locator(".showcase-item").nth(0).locator(".pin")
    place = pin.evaluate("it => [it.style.left, it.style.top]")
    assert place == ["25%", "75%"]

    thread.get_by_role("button", name="Answer").click()
    thread.get_by_label("Answer").fill("It will go.")
    thread.get_by_role("button", name="Send").click()
    expect(thread.locator(".answer")).to_contain_text("The maker")
    expect(thread.locator(".answer")).to_contain_text("It will go.")
    thread.get_by_role("button", name="Resolve").click()
    expect(thread).to_contain_text("resolved")

    every = page.locator("[data-all-comments]")
    expect(every.locator("li:visible")).to_have_count(0)
    expect(every).to_contain_text("No comments here.")
    every.get_by_role("radio", name="Resolved").check()
    expect(every.locator("li:visible")).to_have_count(1)

    stage.say(showcase_id, 1, "It shakes here.", guest, Place(frame=12, time_s=0.5))
    clip = page.locator(".showcase-item").nth(1)
    clip.get_by_role("button", name="Frame 12").click()
    rate = stage.items(showcase_id)[1].media[0].frames_per_s
    page.wait_for_function(
        "([it, at]) => Math.abs(it.currentTime - at) < 0.01",
        arg=[clip.locator("video").element_handle(), 12.5 / rate],
    )
    clip.get_by_role("button", name="Delete the comment of").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(clip.locator(".thread")).to_have_count(0)
    assert second.id == stage.items(showcase_id)[1].id


def test_what_was_said_can_be_taken_along(visitor: Visitor, stage: Stage) -> None:
    showcase_id = stage.fresh()
    guest = stage.guest(showcase_id)
    stage.say(showcase_id, 0, "=1+1", guest)
    page = opened(visitor, showcase_id)
    with page.expect_download() as table:
        page.get_by_role("link", name="Save as CSV").click()
    assert table.value.suggested_filename == "harbour-film-reviews.csv"
    assert "'=1+1" in table.value.path().read_text("utf-8-sig")
    with page.expect_download() as record:
        page.get_by_role("link", name="JSON").click()
    items = json.loads(record.value.path().read_text())["items"]
    assert items[0]["comments"][0]["text"] == "=1+1"
