"""The page's own scripts: browsers keep them, and take new ones as soon as one has changed."""

import re
from pathlib import Path

import httpx
import pytest

from components.interface.web.served.scripts import Scripts, page_scripts
from tests.apps.playgrounds import Playground


def test_the_page_names_the_version_of_its_scripts_which_browsers_keep(
    playground: Playground,
) -> None:
    with httpx.Client(base_url=playground.url) as client:
        named = re.search(
            r"(/playground-scripts-\w+)/parts/header/header\.js", client.get("/").text
        )
        assert named
        script = client.get(f"{named[1]}/parts/header/header.js")
    assert "javascript" in script.headers["content-type"]
    assert "immutable" in script.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "parts/history/history.py",
        "parts/history/history.html",
        "parts/history/history.css",
        "parts/history/",
        "parts",
        "../../settings.py",
        "%2e%2e/%2e%2e/settings.py",
        "browser/../page.py",
    ],
)
def test_nothing_but_scripts_is_served_from_the_rooms(path: str, playground: Playground) -> None:
    with httpx.Client(base_url=playground.url) as client:
        answer = client.get(f"{page_scripts().url}/{path}")
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_a_changed_script_gives_all_of_them_another_address(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("export const a = 1;")
    before = Scripts.read(tmp_path).url
    assert Scripts.read(tmp_path).url == before
    (tmp_path / "a.js").write_text("export const a = 2;")
    assert Scripts.read(tmp_path).url != before
