"""How one value of a request body is checked: a check is a function of its name and value.

It returns the value in its normal form, or raises `Breach` with one line that names the field, what
was expected and what was received.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Check = Callable[[str, object], object]

_DATA_URI = re.compile(r"data:([a-z]+)/[a-zA-Z0-9.+-]+;base64,", re.IGNORECASE)


class Breach(Exception):
    """One value does not keep to the contract."""

    def __init__(self, name: str, expected: str, received: object) -> None:
        super().__init__(f"{name}: Expected {expected}, received {received}")


@dataclass(frozen=True)
class Element:
    """A character or object: one frontal picture and one to four others, as URLs or data URIs."""

    frontal: str
    others: tuple[str, ...]


def kind_of(value: object) -> str:
    """Return the JSON name of the type of `value`."""
    if value is None:
        return "null"
    names = {bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "number")


def text(*, max_length: int) -> Check:
    """Accept a string of at most `max_length` characters."""

    def check(name: str, value: object) -> str:
        if not isinstance(value, str):
            raise Breach(name, "string", kind_of(value))
        if len(value) > max_length:
            raise Breach(name, f"string with at most {max_length} characters", len(value))
        return value

    return check


def one_of(*choices: str) -> Check:
    """Accept exactly one of `choices`."""

    def check(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Breach(name, " | ".join(f"'{choice}'" for choice in choices), shown(value))
        return value

    return check


def whole_number(low: int, high: int) -> Check:
    """Accept a whole number from `low` to `high`."""

    def check(name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise Breach(name, "whole number", shown(value))
        if not low <= value <= high:
            raise Breach(name, f"number from {low} to {high}", shown(value))
        return int(value)

    return check


def seconds(*choices: int) -> Check:
    """Accept a length as a number or, as the provider's own samples write it, as a string."""

    def check(name: str, value: object) -> int:
        for choice in choices:
            if value in (choice, str(choice)):
                return choice
        raise Breach(name, " | ".join(map(str, choices)), shown(value))

    return check


def switch(name: str, value: object) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise Breach(name, "boolean", kind_of(value))
    return value


def named(choices: Sequence[str], aliases: Mapping[str, str]) -> Check:
    """Accept one of `choices` in any case, or another name of one."""
    known = {**{choice: choice for choice in choices}, **aliases}

    def check(name: str, value: object) -> str:
        if not isinstance(value, str) or value.lower() not in known:
            raise Breach(name, " | ".join(f"'{it}'" for it in known), shown(value))
        return known[value.lower()]

    return check


def media(kind: str) -> Check:
    """Accept a URL, or a base64 data URI of `kind` ("image" or "video")."""

    def check(name: str, value: object) -> str:
        if not isinstance(value, str):
            raise Breach(name, "string", kind_of(value))
        if value[:5].lower() == "data:":
            head = _DATA_URI.match(value)
            if head is None or head.group(1).lower() != kind:
                raise Breach(name, f"base64 data URI of {kind}", shown(value[:48].split(",")[0]))
            return value
        if not _is_web_address(value):
            raise Breach(name, "https URL or base64 data URI", shown(value))
        return value

    return check


def array(item: Check, *, low: int, high: int) -> Check:
    """Accept a list of `low` to `high` values, each passing `item`; returns a tuple."""

    def check(name: str, value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise Breach(name, "array", kind_of(value))
        if len(value) < low:
            raise Breach(name, f"array with at least {low} items", len(value))
        if len(value) > high:
            raise Breach(name, f"array with at most {high} items", len(value))
        return tuple(item(f"{name}[{index}]", entry) for index, entry in enumerate(value))

    return check


def element(front: str, others: str, check_others: Check, name: str, value: object) -> Element:
    """Accept an object with a picture as `front` and several as `others`."""
    if not isinstance(value, dict):
        raise Breach(name, "object", kind_of(value))
    for part, kind in ((front, "string"), (others, "array")):
        if part not in value:
            raise Breach(f"{name}.{part}", kind, "undefined")
    check_others(f"{name}.{others}", value[others])
    frontal = media("image")(f"{name}.{front}", value[front])
    return Element(str(frontal), tuple(map(str, value[others])))


def shown(value: object) -> str:
    """Return `value` as a short piece of a message."""
    written = f"'{value}'" if isinstance(value, str) else str(value)
    return written if len(written) <= 60 else written[:57] + "..."


def _is_web_address(value: str) -> bool:
    try:
        address = urlsplit(value)
        return address.scheme in ("https", "http") and bool(address.hostname)
    except ValueError:
        return False
