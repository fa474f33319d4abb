"""Firefox without a window, driven over WebDriver BiDi, which it speaks itself."""

import base64
import json
import os
import re
import subprocess
import time
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from websockets.sync.client import connect

from tests.browsers.walked_page import LOOK_EVERY_S, WAIT_S, WalkedPage

LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
BY_JSON = "async (given) => JSON.stringify(await ({function})(...JSON.parse(given)) ?? null)"


END_TIMEOUT_S = 20.0


class Firefox(WalkedPage):
    """Raises RuntimeError where Firefox does not start, or refuses a command."""

    PROGRAMS = ("firefox-esr", "firefox")

    def __init__(self, path: str, folder: Path) -> None:
        super().__init__(folder)
        self._last = 0
        self._errors: list[str] = []
        log = folder / "firefox.log"
        with ExitStack() as opening:
            self._process = _started(path, folder, log)
            opening.callback(self._end)
            talk = connect(f"{_address(log)}/session", max_size=None, proxy=None)
            self._socket = opening.enter_context(talk)
            self._ask("session.new", capabilities={})
            self._ask("session.subscribe", events=["log.entryAdded"])
            (window,) = self._ask("browsingContext.getTree")["contexts"]
            self._open = opening.pop_all()
        self._window = {"context": window["context"]}

    def open(self, address: str) -> None:
        self._ask("browsingContext.navigate", **self._window, url=address, wait="complete")

    def run(self, function: str, *arguments: Any) -> Any:
        given = {"type": "string", "value": json.dumps(arguments)}
        answer = self._call(BY_JSON.replace("{function}", function), given)
        return json.loads(answer["value"])

    def touch(self, x: int, y: int) -> None:
        steps = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": steps})

    def type(self, text: str) -> None:
        steps = [
            {"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")
        ]
        self._act({"type": "key", "id": "keys", "actions": steps})

    def set_files(self, selector: str, *files: Path) -> None:
        chosen = {"type": "string", "value": selector}
        element = self._call("(selector) => document.querySelector(selector)", chosen)
        self._ask(
            "input.setFiles",
            **self._window,
            element={"sharedId": element["sharedId"]},
            files=[str(file) for file in files],
        )

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", **self._window, viewport=size)

    def back(self) -> None:
        self._ask("browsingContext.traverseHistory", **self._window, delta=-1)

    def picture(self) -> Image.Image:
        answer = self._ask("browsingContext.captureScreenshot", **self._window)
        return Image.open(BytesIO(base64.b64decode(answer["data"]))).convert("RGB")

    def errors(self) -> list[str]:
        self._ask("session.status")
        taken, self._errors = self._errors, []
        return taken

    def close(self) -> None:
        self._ask("browser.close")
        self._open.close()

    def _end(self) -> None:
        """Wait until Firefox has gone, or end it if it stays."""
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _act(self, source: dict[str, Any]) -> None:
        self._ask("input.performActions", **self._window, actions=[source])

    def _call(self, function: str, *arguments: dict[str, str]) -> dict[str, Any]:
        answer = self._ask(
            "script.callFunction",
            functionDeclaration=function,
            awaitPromise=True,
            target=self._window,
            arguments=list(arguments),
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        result: dict[str, Any] = answer["result"]
        return result

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command, and note what happens until its answer comes."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(WAIT_S))
            if message.get("id") == self._last:
                break
            if message.get("method") == "log.entryAdded":
                self._note(message["params"])
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
        result: dict[str, Any] = message["result"]
        return result

    def _note(self, entry: dict[str, Any]) -> None:
        if entry["level"] == "error":
            self._errors.append(str(entry["text"]))


def _started(path: str, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Firefox with a profile of its own, which listens on a free port."""
    profile = folder / "profile"
    profile.mkdir()
    flags = ["--headless", "--no-remote", "--remote-debugging-port=0"]
    with log.open("wb") as stderr:
        return subprocess.Popen(
            [path, *flags, "--profile", str(profile), "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env={"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"},
        )


def _address(log: Path) -> str:
    """Where Firefox says that it listens."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if found := LISTENS.search(log.read_text("utf-8", "replace")):
            return found[1]
        time.sleep(LOOK_EVERY_S)
    raise RuntimeError(f"Firefox does not listen: {log.read_text('utf-8', 'replace')}")
