"""The elements kit: kept, listed, renamed and forgotten."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from components.database.engine import open_database
from components.errors import InvalidRequest
from components.runs.store.forms.element_library import MOST_ELEMENTS, ElementLibrary, files_of_kit
from tests.samples.run_samples import database_url

FOX = {
    "frontal_image_url": "https://x.test/f.png",
    "reference_image_urls": ["https://x.test/l.png"],
}


@pytest.fixture
def database(store_url: str) -> Iterator[sa.Engine]:
    opened = open_database(store_url)
    yield opened
    opened.dispose()


@pytest.fixture
def kit(database: sa.Engine) -> ElementLibrary:
    return ElementLibrary(database)


def test_elements_are_listed_in_the_order_they_were_kept(kit: ElementLibrary) -> None:
    kit.keep("Fox", FOX, 1.0)
    kit.keep("  Old   camera ", FOX, 2.0)
    assert [(it.name, it.element) for it in kit.all()] == [("Fox", FOX), ("Old camera", FOX)]


def test_an_element_is_renamed_and_forgotten(kit: ElementLibrary) -> None:
    kept = kit.keep("Fox", FOX, 1.0)
    kit.rename(kept.id, "Courier")
    assert [it.name for it in kit.all()] == ["Courier"]
    kit.delete(kept.id)
    assert kit.all() == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "\x07\x1b"])
def test_a_name_that_cannot_be_kept_is_one_sentence(kit: ElementLibrary, name: str) -> None:
    with pytest.raises(InvalidRequest, match="name"):
        kit.keep(name, FOX, 1.0)
    assert kit.all() == []


def test_a_name_is_kept_in_characters_that_can_be_stored(kit: ElementLibrary) -> None:
    kept = kit.keep("Half\ud83e a\0 fox\x1b[1m 🦊", FOX, 1.0)
    assert kept.name == "Half\ufffd a\ufffd fox[1m 🦊"
    kit.rename(kept.id, "Whole\udc00")
    assert [it.name for it in kit.all()] == ["Whole\ufffd"]


KEPT_PICTURE = "/media/" + "a" * 64 + ".png"


@pytest.mark.parametrize(
    "element",
    [
        {"frontal_image_url": KEPT_PICTURE, "reference_image_urls": [KEPT_PICTURE] * 4},
        {"frontal_image_url": KEPT_PICTURE, "reference_image_urls": (KEPT_PICTURE,)},
        {"frontal_image_url": KEPT_PICTURE, "reference_image_urls": [None, KEPT_PICTURE, ""]},
    ],
)
def test_an_element_of_kept_pictures_is_kept_without_gaps(
    kit: ElementLibrary, element: Any
) -> None:
    kept = kit.keep("Fox", element, 1.0)
    assert kit.all() == [kept]
    assert set(kept.element["reference_image_urls"]) == {KEPT_PICTURE}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"frontal_image_url": None}, "Front view is missing"),
        ({"frontal_image_url": 7}, "Front view: give pictures"),
        ({"frontal_image_url": ["https://x.test/f.png"]}, "Front view: give pictures"),
        ({"frontal_image_url": "/etc/passwd"}, "Front view: .*https://"),
        ({"frontal_image_url": "/media/../x.png"}, "Front view: .*not a file kept here"),
        ({"frontal_image_url": "/media/" + "a" * 64 + ".mp4"}, "Front view: .*not a picture"),
        ({"frontal_image_url": "http://x.test/f.png"}, "Front view: .*https://"),
        ({"frontal_image_url": "https://10.0.0.1/f.png"}, "Front view: .*private"),
        ({"frontal_image_url": "https://x.test/\ud83e"}, "Front view: .*invisible"),
        ({"frontal_image_url": "https://x.test/" + "x" * 9000}, "Front view: .*longer than"),
        ({"frontal_image_url": "data:image/png;base64,AAAA"}, "Front view: .*https://"),
        ({"reference_image_urls": []}, "Other views: add at least one"),
        ({"reference_image_urls": None}, "Other views: add at least one"),
        ({"reference_image_urls": 7}, "Other views: give pictures"),
        ({"reference_image_urls": {"a": 1}}, "Other views: give pictures"),
        ({"reference_image_urls": [["https://x.test/f.png"]]}, "Other views: give pictures"),
        ({"reference_image_urls": ["https://x.test/f.png"] * 5}, "5 pictures, .* at most 4"),
        ({"title": "x"}, "no field 'title'"),
        ({"\ud83e": "x"}, r"no field '\\ud83e'"),
    ],
)
def test_what_is_no_element_is_a_sentence_and_is_not_kept(
    kit: ElementLibrary, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidRequest, match=said) as caught:
        kit.keep("Fox", {**FOX, **change}, 1.0)
    assert len(caught.value.problems) == 1
    assert kit.all() == []


@pytest.mark.parametrize("element", [None, [], "x", 7, {}])
def test_what_is_nothing_like_an_element_is_refused(kit: ElementLibrary, element: Any) -> None:
    with pytest.raises(InvalidRequest):
        kit.keep("Fox", element, 1.0)
    assert kit.all() == []


def test_the_same_element_kept_twice_at_once_is_kept_once(kit: ElementLibrary) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: kit.keep("Fox", FOX, 1.0), range(8)))
    assert len({it.id for it in kept}) == len(kit.all()) == 1
    kit.keep("Another name", FOX, 1.0)
    assert len(kit.all()) == 2


def test_a_full_kit_says_so(kit: ElementLibrary) -> None:
    for number in range(MOST_ELEMENTS):
        kit.keep(f"Fox {number}", FOX, 1.0)
    with pytest.raises(InvalidRequest, match="200 elements, as many as it holds"):
        kit.keep("One more", FOX, 1.0)


NO_JSON = ["no JSON", "[" * 100_000]
UNREADABLE = [
    "[]", "7", '{"title": "x"}', '{"frontal_image_url": 5}',
    '{"frontal_image_url": "/media/x", "reference_image_urls": 5}',
    '{"reference_image_urls": [{"a": 1}]}', '{"frontal_image_url": "\\ud83e"}',
]  # fmt: skip


def insert_as_it_is(connection: sa.Connection, text: str) -> None:
    kind = "JSON" if connection.dialect.name == "postgresql" else "TEXT"
    insert = f"INSERT INTO kit_elements VALUES ('odd', 'Odd', CAST(:text AS {kind}), 0)"
    connection.execute(sa.text(insert), {"text": text})


@pytest.mark.parametrize("stored", UNREADABLE)
def test_an_element_that_cannot_be_read_is_set_aside_logged_and_deleted(
    kit: ElementLibrary, database: sa.Engine, stored: str, caplog: pytest.LogCaptureFixture
) -> None:
    sets_aside(kit, database, stored, caplog)


@pytest.mark.parametrize("stored", NO_JSON)
def test_so_is_one_that_broke_in_the_file(
    tmp_path: Path, stored: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = open_database(database_url(tmp_path))
    sets_aside(ElementLibrary(database), database, stored, caplog)
    database.dispose()


def sets_aside(
    kit: ElementLibrary, database: sa.Engine, stored: str, caplog: pytest.LogCaptureFixture
) -> None:
    kit.keep("Fox", FOX, 1.0)
    with database.begin() as connection:
        insert_as_it_is(connection, stored)
    for _ in range(2):
        odd, fox = kit.all()
        assert (odd.name, odd.element, odd.is_readable) == ("Odd", {}, False)
        assert (fox.name, fox.element, fox.is_readable) == ("Fox", FOX, True)
    assert caplog.text.count("cannot be read") == 1
    kit.delete("odd")
    assert [it.name for it in kit.all()] == ["Fox"]


def test_the_files_of_an_element_that_cannot_be_read_still_stay(
    kit: ElementLibrary, database: sa.Engine
) -> None:
    kit.keep("Fox", {**FOX, "frontal_image_url": KEPT_PICTURE}, 1.0)
    odd = "/media/" + "b" * 64 + ".png"
    with database.begin() as connection:
        insert_as_it_is(connection, f'{{"title": "{odd}"}}')
        assert files_of_kit(connection) == {"a" * 64 + ".png", "b" * 64 + ".png"}
