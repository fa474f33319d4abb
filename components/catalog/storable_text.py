"""Text from outside, made such that every database and every encoding takes it."""

import re
from typing import Any

REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")


def storable(value: Any) -> Any:
    """The same value with every lone surrogate and NUL in its texts replaced by U+FFFD.

    Goes through the values, keys and items of dicts, lists and tuples; anything else comes back as
    it is. Half a surrogate pair is what a JavaScript server sends when it cuts a text: Python reads
    it, but no UTF-8 can hold it; PostgreSQL takes no NUL.
    """
    match value:
        case str() if value.isascii() and "\0" not in value:
            return value
        case str():
            return _UNSTORABLE.sub(REPLACEMENT, value)
        case dict():
            return {storable(key): storable(item) for key, item in value.items()}
        case list():
            return [storable(item) for item in value]
        case tuple():
            return tuple(storable(item) for item in value)
    return value
