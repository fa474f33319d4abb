"""Text that no database takes is made such that every one does, and nothing else is changed."""

import json
from typing import Any

import pytest

from components.catalog.storable_text import storable

HALF = json.loads('"A boat \\ud83e"')


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (HALF, "A boat \ufffd"),
        ("A\0boat", "A\ufffdboat"),
        ("\udca0 odd name", "\ufffd odd name"),
        (
            {HALF: [HALF, 1, None, {"x": (HALF, 2.5)}]},
            {"A boat \ufffd": ["A boat \ufffd", 1, None, {"x": ("A boat \ufffd", 2.5)}]},
        ),
    ],
)
def test_half_a_character_and_nul_are_replaced_at_any_depth(value: Any, kept: Any) -> None:
    assert storable(value) == kept
    json.dumps(storable(value), ensure_ascii=False).encode()


@pytest.mark.parametrize("value", ["A boat 🦊", "", "é\n\t", 5, 2.5, None, True, b"\0", [], {}])
def test_everything_else_stays_as_it_is(value: Any) -> None:
    assert storable(value) == value
