"""A plan of which some runs fail: why, in each place, and all of them sent again by one button."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, expect

from components.catalog.models.image_o1 import ImageO1
from components.sandbox.faults.fault import Fault
from tests.apps.playgrounds import Playground, posts
from tests.ui.appearance import DESKTOP, PHONE, fits, violations
from tests.ui.visitor import visiting

DECLINED = Fault("status", method="POST", path="/v1/images", status_code=400, times=2)


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_failed_of_a_plan_is_told_and_sent_again_once(
    window: ViewportSize, browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground, viewport=window) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        form.example()
        form.expect_result()
        playground.sandbox.faults.add(DECLINED)
        sent = len(posts(playground.sandbox))
        form.prompt.fill("A {red|blue|green|white} fox, @Image1 at @Image2")
        expect(form.generate).to_have_text("Lay out the runs")
        form.generate.click()
        with form.starting():
            visitor.page.get_by_role("button", name="Generate 4 runs · $0.15").click()
        card = form.card
        expect(card).to_contain_text("2 of 4 done")
        expect(card.locator(".plan-cell .reason")).to_have_count(2)
        expect(card.locator(".plan-cell .reason").first).not_to_be_empty()
        plan = str(card.get_attribute("data-run")).removeprefix("plan:")
        sheet = visitor.page.request.get(f"{playground.url}/plans/{plan}/sheet")
        assert Image.open(io.BytesIO(sheet.body())).width > 900
        assert fits(visitor.page)
        assert violations(visitor.page) == []
        again = card.get_by_role("button", name="Send the 2 failed again · $0.07")
        again.dblclick()
        expect(card).to_contain_text("4 of 4 done")
        expect(card.locator(".plan-cell img")).to_have_count(4)
        expect(again).to_have_count(0)
        assert len(posts(playground.sandbox)) == sent + 6
