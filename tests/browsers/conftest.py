"""Fixtures: a playground whose pages record errors, and a window of each browser before it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file

from components.sandbox import Sandbox
from tests.apps.playgrounds import SAMPLES, Playground, finished, serving_behind
from tests.browsers.error_recorder import ErrorRecorder
from tests.browsers.firefox import Firefox
from tests.browsers.walked_page import DESKTOP, WalkedPage
from tests.browsers.webkit import WebKit

Ids = dict[str, str]


@pytest.fixture(scope="session")
def watched(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """One playground for all walks."""
    data_dir = tmp_path_factory.mktemp("data")
    with serving_behind(ErrorRecorder, data_dir, sandbox) as playground:
        yield playground


@pytest.fixture(scope="session")
def made(watched: Playground) -> Ids:
    """The ids of finished runs: two pictures and two clips."""
    place, clip = handle_file(SAMPLES / "place.jpg"), handle_file(SAMPLES / "clip.mp4")
    with_page = Client(watched.url, verbose=False)

    def accepted(api_name: str, prompt: str, **fields: Any) -> Any:
        return with_page.predict(prompt=prompt, api_name=api_name, **fields)

    runs = {
        "dusk": accepted("/image_o1", "The headland at dusk", image_urls=[place]),
        "night": accepted("/image_o1", "The headland at night", image_urls=[place]),
        "edit": accepted("/video_edit", "Make it night", video_url=clip),
        "look": accepted("/image_to_video", "A long look", image_url=place),
    }
    ids = {name: str(finished(with_page, run)["id"]) for name, run in runs.items()}
    with_page.close()
    return ids


@pytest.fixture(scope="session", params=[Firefox, WebKit], ids=["firefox", "webkit"])
def window(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WalkedPage]:
    """A window of each browser in turn; a machine without that browser skips."""
    kind: type[Firefox | WebKit] = request.param
    path = next(filter(None, map(shutil.which, kind.PROGRAMS)), None)
    if path is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing(f"There is no {kind.PROGRAMS[0]} here")
    folder: Path = tmp_path_factory.mktemp(kind.__name__.lower())
    opened = kind(path, folder)
    yield opened
    opened.close()


@pytest.fixture
def page(window: WalkedPage, watched: Playground) -> Iterator[WalkedPage]:
    """The first page, wide and ready; on leaving, nothing may have gone wrong on the way."""
    window.resize(*DESKTOP)
    window.open(watched.url)
    window.ready()
    yield window
    window.run("() => localStorage.clear()")
    assert (window.errors(), window.foreign()) == ([], [])
