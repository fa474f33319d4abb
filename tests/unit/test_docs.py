"""What the README and the pages under docs say can be followed."""

import re
from pathlib import Path

import pytest

from components.settings import help_text
from tests.samples.models import MODELS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([\w-]+))?\)")
CODE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as GitHub makes them."""
    headings = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", it.lower()).replace(" ", "-") for it in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_or_a_heading_leads_there(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text("utf-8")):
        if path.startswith("http"):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_in_the_pages_can_be_read(page: Path) -> None:
    for code in re.findall(
        r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    ):
        compile(code, page.name, "exec")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_are_short(page: Path) -> None:
    lines = page.read_text("utf-8").splitlines()
    if page.name != "CHANGELOG.md":
        assert len(lines) <= 150


def test_every_setting_is_explained_and_every_endpoint_named() -> None:
    settings = (ROOT / "docs" / "settings.md").read_text("utf-8")
    named = set(re.findall(r"\b(?:AIML|AWS|PLAYGROUND|GRADIO)_[A-Z0-9_]+\b", help_text()))
    assert named == set(re.findall(r"^\| `(\w+)`", settings, re.MULTILINE))
    api = (ROOT / "docs" / "api.md").read_text("utf-8")
    assert all(f"/{model.api_name}`" in api for model in MODELS)
