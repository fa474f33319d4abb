"""How a page looks: whether it fits a window, and what axe finds grave in it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
GRAVE = ("serious", "critical")


def violations(page: Page) -> list[str]:
    """The serious and critical faults axe finds, one line for each element."""
    # Colours on their way from one to another are nobody's fault: what arrives from here on does
    # not fade in, and what was fading ends.
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(
        """() => Promise.allSettled(document.getAnimations()
            .filter(it => Number.isFinite(it.effect.getComputedTiming().endTime))
            .map(it => it.finished))"""
    )
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary')}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )
