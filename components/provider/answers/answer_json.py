"""Parses an answer's JSON once; a strange value is dropped, the others are kept."""

import json
from math import isfinite
from typing import Any

from components.catalog.storable_text import storable

MAX_DEPTH = 40
"""Deeper parts are left out: the contract's answers nest 5 deep, and what keeps them has limits."""
MAX_INT_DIGITS = 18
"""A longer number is read as a float: Python and databases refuse longer ones."""


def read_json(content: bytes) -> Any:
    """The values of a JSON text, which every database takes.

    Bytes that are no UTF-8 and half a surrogate pair become U+FFFD; NaN, infinities and what lies
    deeper than `MAX_DEPTH` become None; of a name given twice the last value counts.

    Raises:
        ValueError: it is no JSON, or nested beyond reading.
    """
    try:
        value = json.loads(
            content.decode("utf-8-sig", errors="replace"),
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=lambda _: None,
        )
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply.") from error
    return storable(_flattened(value, MAX_DEPTH))


def _flattened(value: Any, levels: int) -> Any:
    if not isinstance(value, dict | list):
        return value
    if not levels:
        return None
    if isinstance(value, list):
        return [_flattened(item, levels - 1) for item in value]
    return {name: _flattened(item, levels - 1) for name, item in value.items()}


def _integer(text: str) -> float | int | None:
    return int(text) if len(text) <= MAX_INT_DIGITS else _finite(text)


def _finite(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) else None
