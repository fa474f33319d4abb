"""Varying a form: a plan with its price, all its runs at once, and their results as a grid."""

import pytest
from playwright.sync_api import Browser, Route, ViewportSize, expect

from components.catalog.models.image_o1 import ImageO1
from tests.apps.playgrounds import Playground, posts
from tests.ui.visitor import visiting


def test_alternatives_become_a_priced_plan_and_a_labelled_grid(
    browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        form.example()
        form.expect_result()
        form.prompt.fill("A {red|blue} fox, @Image1 at @Image2")
        expect(form.generate).to_have_text("Lay out the runs")
        sent = len(posts(playground.sandbox))
        form.generate.click()
        dialog = visitor.page.get_by_role("dialog")
        dialog.get_by_label("1:1", exact=True).check()
        expect(dialog.get_by_role("row")).to_have_count(5)
        start = dialog.get_by_role("button", name="Generate 4 runs · $0.15")
        assert len(posts(playground.sandbox)) == sent
        with form.starting():
            start.click()
        card = form.card
        expect(card).to_contain_text("4 of 4 done")
        expect(card.get_by_role("columnheader")).to_have_text(["16:9", "1:1"])
        expect(card.get_by_role("rowheader")).to_have_text(["red", "blue"])
        expect(card.locator(".plan-cell img")).to_have_count(4)
        prompts = sorted(str(body["prompt"])[:8] for body in posts(playground.sandbox)[sent:])
        assert prompts == ["A blue f", "A blue f", "A red fo", "A red fo"]
        visitor.open()
        form = visitor.form(ImageO1)
        expect(form.card.locator(".plan-cell img")).to_have_count(4)
        with form.starting():
            form.card.get_by_role("button", name="Open the run blue 1:1").click()
        form.expect_result()
        assert len(posts(playground.sandbox)) == sent + 4


def test_a_plan_that_cannot_be_is_refused_in_the_dialog(
    browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        form.prompt.fill("A {a|b|c|d|e} and {f|g|h|i|j}")
        form.part("form").get_by_role("button", name="Vary").click()
        dialog = visitor.page.get_by_role("dialog")
        expect(dialog.locator(".problem")).to_contain_text("a plan has at most 24")
        expect(dialog.get_by_role("button", name="Generate")).to_have_count(0)


def test_a_plan_whose_answer_was_lost_is_asked_for_again_and_paid_once(
    browser: Browser, playground: Playground
) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.fulfill(status=422, json={"problems": {"": "The answer was lost."}})

    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        form.example()
        form.expect_result()
        form.prompt.fill("Lost {once|twice} with @Image1 and @Image2")
        expect(form.generate).to_have_text("Lay out the runs")
        visitor.page.route("**/plan/runs", lose, times=1)
        form.generate.click()
        dialog = visitor.page.get_by_role("dialog")
        start = dialog.get_by_role("button", name="Generate 2 runs")
        start.click()
        expect(dialog.locator(".problem")).to_contain_text("The answer was lost.")
        with form.starting():
            start.click()
        expect(form.card).to_contain_text("2 of 2 done")
        lost = [it for it in posts(playground.sandbox) if str(it["prompt"]).startswith("Lost ")]
        assert len(lost) == 2


@pytest.mark.parametrize("height", [900, 720, 600])
def test_the_button_that_starts_a_plan_is_in_sight_however_much_can_vary(
    height: int, browser: Browser, playground: Playground
) -> None:
    window: ViewportSize = {"width": 1440, "height": height}
    with visiting(browser, playground, viewport=window) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        form.example()
        form.expect_result()
        form.prompt.fill("{a|b|c|d|e|f|g|h} {fox|owl|cat} @Image1 @Image2")
        form.part("form").get_by_role("button", name="Vary").click()
        start = visitor.page.get_by_role("dialog").get_by_role("button", name="Generate 24 runs")
        expect(start).to_be_in_viewport(ratio=1)
        dialog = visitor.page.get_by_role("dialog").bounding_box()
        button = start.bounding_box()
        assert dialog
        assert button
        assert button["y"] + button["height"] <= dialog["y"] + dialog["height"]
        visitor.page.get_by_label("Runs of each").scroll_into_view_if_needed()
        expect(visitor.page.get_by_label("Runs of each")).to_be_in_viewport()
