"""The maker before a playground that has results to show."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from components.sandbox import Sandbox
from tests.ui.showcases.showcase_stage import Stage, staged
from tests.ui.visitor import Visitor, visiting


@pytest.fixture(scope="module")
def stage(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A playground with results to show."""
    with staged(sandbox, tmp_path_factory.mktemp("showcases")) as it:
        yield it


@pytest.fixture(scope="module")
def visitor(browser: Browser, stage: Stage) -> Iterator[Visitor]:
    """The maker."""
    with visiting(browser, stage.playground) as (_, visitor):
        yield visitor
