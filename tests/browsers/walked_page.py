"""A page that is walked through in any browser: found by script, touched by pointer and keys."""

import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from PIL import Image, ImageStat

WAIT_S = 60.0
LOOK_EVERY_S = 0.1
DESKTOP, PHONE = (1440, 900), (390, 844)
"""Widths and heights of the view."""
SMALL = (64, 64)
MIDDLE_OF = """(selector, text) => {
    const named = (it) => !text || it.textContent.trim() === text;
    const shown = [...document.querySelectorAll(selector)]
        .filter((it) => it.checkVisibility({ visibilityProperty: true }) && named(it));
    if (!shown.length) return null;
    const [found] = shown;
    found.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = found.getBoundingClientRect();
    const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
    const top = document.elementFromPoint(x, y);
    return top && (found.contains(top) || top.closest("label")?.control === found) ? [x, y] : null;
}"""
"""The middle of the first visible match, if nothing lies over it."""
PAINTED = """async () => {
    const shown = [...document.images].filter((it) => it.checkVisibility());
    await Promise.allSettled(shown.map((it) => it.decode()));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
BOXES = """(selector) => [...document.querySelectorAll(selector)].map((it) => {
    const box = it.getBoundingClientRect();
    const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
    return [Math.max(box.left, 0), Math.max(box.top, 0), right, bottom].map(Math.round);
})"""
"""What of each match is in view."""
FOREIGN = """() => performance.getEntriesByType("resource").map((it) => it.name)
    .filter((it) => !it.startsWith(location.origin) && !/^(data|blob):/.test(it))"""


class NeverSeen(AssertionError):
    """What was waited for did not come."""


class WalkedPage(ABC):
    """One window of one browser, and where pictures of it are kept."""

    def __init__(self, pictures: Path) -> None:
        self._pictures = pictures

    @abstractmethod
    def open(self, address: str) -> None:
        """Load a page and wait for its load event."""

    @abstractmethod
    def run(self, function: str, *arguments: Any) -> Any:
        """Call a script's function in the page; arguments and the answer are JSON."""

    @abstractmethod
    def touch(self, x: int, y: int) -> None:
        """Press and release the main button of the pointer there, in CSS pixels of the view."""

    @abstractmethod
    def type(self, text: str) -> None:
        """Press the keys of a text, or of selenium's `Keys`, one after another."""

    @abstractmethod
    def set_files(self, selector: str, *files: Path) -> None:
        """Choose files in an `<input type=file>`, shown or not."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Make the view this large, in CSS pixels."""

    @abstractmethod
    def back(self) -> None:
        """Go back as by the browser's button."""

    @abstractmethod
    def picture(self) -> Image.Image:
        """What the view shows, a pixel for each CSS pixel, as RGB."""

    @abstractmethod
    def errors(self) -> list[str]:
        """What came up as an error in the browser's console since this was asked last."""

    @abstractmethod
    def close(self) -> None:
        """End the browser."""

    def wait(self, function: str, *arguments: Any) -> Any:
        """Wait until a function answers with something true; raises `NeverSeen`."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            if found := self.run(function, *arguments):
                return found
            time.sleep(LOOK_EVERY_S)
        raise NeverSeen(f"{function} {arguments}")

    def ready(self) -> None:
        """Wait until what was drawn at first stands in its place and answers."""
        self.see("[role=tab]", "History")
        self.see("#header .balance", "$")
        self.wait("() => !document.getElementById('first-view')")

    def click(self, selector: str, text: str = "") -> None:
        """Click the first visible match (whose text is this) once nothing lies over it."""
        self.touch(*self.wait(MIDDLE_OF, selector, text))

    def see(self, selector: str, text: str = "") -> None:
        """Wait until something that is visible matches, and contains the text."""
        self.wait(
            """(selector, text) => [...document.querySelectorAll(selector)]
                .filter((it) => it.checkVisibility({ visibilityProperty: true }))
                .some((it) => it.textContent.includes(text))""",
            selector,
            text,
        )

    def see_gone(self, selector: str) -> None:
        """Wait until nothing visible matches."""
        self.wait(
            """(selector) => ![...document.querySelectorAll(selector)]
                .some((it) => it.checkVisibility({ visibilityProperty: true }))""",
            selector,
        )

    def foreign(self) -> list[str]:
        """Addresses of other hosts that the page has asked for."""
        return list(self.run(FOREIGN))

    def keep(self, name: str) -> None:
        """Keep a picture of what is seen, once all pictures in it are."""
        self.run(PAINTED)
        self.picture().save(self._pictures / f"{name}.png")

    def colours(self, selector: str) -> list[int]:
        """How many colours each of the matches shows; one that shows nothing has next to none."""
        picture = self.picture()
        boxes = self.run(BOXES, selector)
        small = [picture.crop(box).resize(SMALL) for box in boxes]
        return [len(it.getcolors(SMALL[0] * SMALL[1]) or ()) for it in small]

    def lightness_below(self, selector: str, height: int) -> float:
        """How light the lowest rows of the first match are, from 0 to 255: where it scrolls."""
        left, _, right, bottom = self.run(BOXES, selector)[0]
        rows = self.picture().crop((left, bottom - height, right, bottom))
        return float(ImageStat.Stat(rows.convert("L")).mean[0])
