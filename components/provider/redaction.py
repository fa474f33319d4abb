"""Redacts the key from what is logged, shown or kept."""

import re
from collections.abc import Set
from typing import Any

LONG_KEY_CHARS = 8
"""From here on a key does not stand in a text by chance, and is taken out wherever it stands."""
TEXT_MAX_CHARS = 10_000
"""Longer texts of an answer are kept up to here."""
PARSED: Set[str] = frozenset({"id", "status", "url", "b64_json"})
"""Fields of a generation's answer that are used and not only shown: they stay exact."""
HIDDEN = "…"


class Redaction:
    """Takes a key out of texts, should the provider, a proxy or an error have echoed it.

    A short key, such as `k` or `test`, is taken out only where it stands alone, since it is part
    of other words too.
    """

    def __init__(self, key: str) -> None:
        """`key` is "" where there is no secret."""
        is_long = len(key) >= LONG_KEY_CHARS
        pattern = re.escape(key) if is_long else rf"(?<![\w-]){re.escape(key)}(?![\w-])"
        self._pattern = re.compile(pattern) if key else None

    def text(self, text: object) -> str:
        """A text to be logged, shown or kept, without the key."""
        return self._pattern.sub(HIDDEN, str(text)) if self._pattern else str(text)

    def answer(self, value: Any) -> Any:
        """A generation's answer as it may be kept: its free texts without the key, and bounded."""
        if isinstance(value, str):
            return self.text(value)[:TEXT_MAX_CHARS]
        if isinstance(value, list):
            return [self.answer(item) for item in value]
        if isinstance(value, dict):
            return {
                name if name in PARSED else self.answer(name): (
                    item if name in PARSED and isinstance(item, str) else self.answer(item)
                )
                for name, item in value.items()
            }
        return value
