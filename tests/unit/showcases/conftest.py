"""A room of showcases with six runs in History."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.samples.showcase_room import Room, opened_room


@pytest.fixture
def room(tmp_path: Path, store_url: str) -> Iterator[Room]:
    with opened_room(tmp_path, url=store_url) as opened:
        yield opened
