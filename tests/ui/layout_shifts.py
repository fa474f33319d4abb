"""How much a page jumps: the layout shifts that no input of the last half second explains."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

_BEGIN = """() => {
    window.layoutShifts = [];
    window.layoutShiftObserver?.disconnect();
    window.layoutShiftObserver = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.layoutShifts.push({
            value: entry.value,
            explained: entry.hadRecentInput,
            moved: entry.sources.map(({ node }) => node?.className ?? node?.nodeName ?? ""),
        });
    });
    window.layoutShiftObserver.observe({ type: "layout-shift" });
}"""
_SEEN = """() => new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.layoutShifts))))"""


class Shifts:
    """What moved: `total` is the sum as browsers count it, `moved` what it was."""

    def __init__(self) -> None:
        self.total = 0.0
        self.moved: list[str] = []


@contextmanager
def counting_shifts(page: Page) -> Iterator[Shifts]:
    """Count from here to the end of the block."""
    page.evaluate(_BEGIN)
    shifts = Shifts()
    yield shifts
    for entry in page.evaluate(_SEEN):
        if not entry["explained"]:
            shifts.total += entry["value"]
            shifts.moved.append(f"{entry['value']:.4f}: {entry['moved']}")
