"""The elements kit: kept, listed, renamed and forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.errors import InvalidRequest
from components.runs.database import open_database
from components.runs.kit import Kit
from tests.run_samples import database_url

FOX = {
    "frontal_image_url": "https://x.test/f.png",
    "reference_image_urls": ["https://x.test/l.png"],
}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    database = open_database(database_url(tmp_path))
    yield Kit(database)
    database.dispose()


def test_elements_are_listed_in_the_order_they_were_kept(kit: Kit) -> None:
    kit.keep("Fox", FOX, 1.0)
    kit.keep("  Old   camera ", FOX, 2.0)
    assert [(it.name, it.element) for it in kit.all()] == [("Fox", FOX), ("Old camera", FOX)]


def test_an_element_is_renamed_and_forgotten(kit: Kit) -> None:
    kept = kit.keep("Fox", FOX, 1.0)
    kit.rename(kept.id, "Courier")
    assert [it.name for it in kit.all()] == ["Courier"]
    kit.delete(kept.id)
    assert kit.all() == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_cannot_be_kept_is_one_sentence(kit: Kit, name: str) -> None:
    with pytest.raises(InvalidRequest, match="name"):
        kit.keep(name, FOX, 1.0)
    assert kit.all() == []
