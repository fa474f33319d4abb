"""The header in Chromium: live or not, the balance, what today cost, and when to ask."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from components.catalog.models.image_o1 import ImageO1
from components.sandbox.faults.fault import Fault
from tests.apps.playgrounds import Playground, serving, small_sandbox
from tests.ui.visitor import Visitor, visiting


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground of its own, where nothing was spent and a day's runs may cost a dollar."""
    folder = tmp_path_factory.mktemp("header")
    with (
        small_sandbox() as sandbox,
        serving(folder, sandbox, PLAYGROUND_SPEND_LIMIT_USD="1") as playground,
    ):
        yield playground


@pytest.fixture(scope="module")
def visitor(browser: Browser, limited: Playground) -> Iterator[Visitor]:
    """One visitor who spends some money."""
    with visiting(browser, limited) as (_, visitor):
        visitor.open()
        yield visitor


def test_what_a_run_cost_is_told_as_soon_as_it_has_ended(visitor: Visitor) -> None:
    header = visitor.page.locator("#header")
    expect(header.locator(".badge")).to_have_text("live")
    expect(header.locator(".balance")).to_have_text("Balance $50.00")
    expect(header.locator(".spent")).to_have_text("Spent today $0.00 of $1.00")
    form = visitor.form(ImageO1)
    form.example()
    form.expect_result()
    expect(header.locator(".spent")).to_have_text("Spent today $0.04 of $1.00", timeout=5_000)
    expect(header.locator(".balance")).to_have_text("Balance $49.96")


def test_the_amount_above_which_to_ask_is_chosen_and_remembered(visitor: Visitor) -> None:
    page = visitor.page
    chooser = page.locator("#header").get_by_role("button", name="Ask above")
    expect(chooser).to_have_text("Ask above $5.00")
    chooser.click()
    page.get_by_role("dialog").get_by_role("spinbutton").fill("0.5")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(chooser).to_have_text("Ask above $0.50")
    visitor.open()
    expect(chooser).to_have_text("Ask above $0.50")


def test_a_balance_that_was_not_told_is_asked_for_again_soon(
    visitor: Visitor, limited: Playground
) -> None:
    fault = Fault("status", method="GET", path="/v2/billing", status_code=500, times=1)
    limited.sandbox.faults.add(fault)
    visitor.page.reload()
    balance = visitor.page.locator("#header .balance")
    expect(balance).to_have_text("Balance unknown")
    expect(balance).to_contain_text("$", timeout=20_000)
