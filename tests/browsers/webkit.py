"""WebKit, as GTK's MiniBrowser on a display of its own, driven by WebKitWebDriver."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import av
from PIL import Image
from selenium.webdriver import ActionChains, WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browsers.error_recorder import TAKE_RECORDED
from tests.browsers.walked_page import WalkedPage

SIZE = "1600x1200"
VIEW = "() => [(outerWidth - innerWidth) / 2, outerHeight - innerHeight, innerWidth, innerHeight]"
"""Where the view is on the screen, whose one window stands in its corner."""
NARROW = "* { min-width: 0; min-height: 0; padding: 0; margin: 0; }\n"
"""GTK's style for the browser's own buttons: as they are, no window is narrower than 447 pixels."""


class WebKit(WalkedPage):
    """Its console cannot be read: errors are those that the page has recorded itself."""

    PROGRAMS = ("WebKitWebDriver",)

    def __init__(self, path: str, folder: Path) -> None:
        super().__init__(folder)
        styles = folder / ".config" / "gtk-3.0"
        styles.mkdir(parents=True)
        (styles / "gtk.css").write_text(NARROW, encoding="utf-8")
        self._screen, self._display = _display()
        try:
            service = Service(
                path,
                env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "DISPLAY": self._display},
            )
            self._driver = WebKitGTK(Options(), service)
        except BaseException:
            self._end_screen()
            raise

    def open(self, address: str) -> None:
        self._driver.get(address)

    def run(self, function: str, *arguments: Any) -> Any:
        return self._driver.execute_script(f"return ({function})(...arguments)", *arguments)

    def touch(self, x: int, y: int) -> None:
        actions = ActionChains(self._driver)
        actions.w3c_actions.pointer_action.move_to_location(x, y)  # type: ignore[no-untyped-call]
        actions.click().perform()

    def type(self, text: str) -> None:
        ActionChains(self._driver).send_keys(text).perform()

    def set_files(self, selector: str, *files: Path) -> None:
        chooser = self._driver.find_element(By.CSS_SELECTOR, selector)
        chooser.send_keys("\n".join(str(file) for file in files))

    def resize(self, width: int, height: int) -> None:
        frame = self.run("() => [outerWidth - innerWidth, outerHeight - innerHeight]")
        self._driver.set_window_size(width + frame[0], height + frame[1])
        self.wait(
            "(width, height) => innerWidth === width && innerHeight === height", width, height
        )

    def back(self) -> None:
        self._driver.back()

    def picture(self) -> Image.Image:
        # The driver's own pictures lack clips, and what is still being decoded.
        left, top, width, height = self.run(VIEW)
        with av.open(self._display, format="x11grab", options={"video_size": SIZE}) as screen:
            shown = Image.fromarray(next(screen.decode(video=0)).to_ndarray(format="rgb24"))
        return shown.crop((left, top, left + width, top + height))

    def errors(self) -> list[str]:
        return list(json.loads(self.run(TAKE_RECORDED)))

    def close(self) -> None:
        self._driver.quit()
        self._end_screen()

    def _end_screen(self) -> None:
        self._screen.terminate()
        self._screen.wait()


def _display() -> tuple[subprocess.Popen[bytes], str]:
    """A display without a screen, and its name."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as said:
        return process, f":{said.readline().strip()}"
