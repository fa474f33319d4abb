"""Values as source text: Python, JavaScript, and JSON inside a bash here-document.

What cannot be seen (control characters, marks that change the direction of writing) is written as
an escape, so that a program does what it seems to do.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.interface.snippets.material import UploadedFile

_IN_HERE_DOCUMENT = re.compile(r"\\\\|[$`]")


@dataclass(frozen=True)
class Language:
    """How one language writes text, words it has others for, a step to the right, a list's end."""

    text: Callable[[str], str]
    words: Mapping[str, str] = field(default_factory=dict)
    step: str = "  "
    last_comma: str = ""


def json_text(text: str) -> str:
    """Return a string of JSON, which JavaScript reads as well."""
    return _visible(text, lambda sign: json.dumps(sign)[1:-1])


def python_text(text: str) -> str:
    """Return a string of Python in double quotes."""
    return _visible(text, lambda sign: ascii(sign)[1:-1])


def here_document_text(text: str) -> str:
    """Return a string of JSON as it stands in a here-document in which bash expands `$(…)`."""
    return _IN_HERE_DOCUMENT.sub(
        lambda match: r"\\\\" if match[0].startswith("\\") else "\\" + match[0], json_text(text)
    )


_PYTHON_WORDS = {"true": "True", "false": "False", "null": "None"}
PYTHON = Language(python_text, _PYTHON_WORDS, step="    ", last_comma=",")
JAVASCRIPT = Language(json_text, last_comma=",")
HERE_DOCUMENT = Language(here_document_text)


def written(
    value: Any, language: Language, content_of: Callable[[UploadedFile], str], depth: int = 0
) -> str:
    """Return the value as source text; `content_of` writes what stands for a file."""

    def inner(item: Any) -> str:
        return written(item, language, content_of, depth + 1)

    def block(begin: str, lines: list[str], end: str) -> str:
        if not lines:
            return begin + end
        outer = "\n" + language.step * depth
        body = ",".join(outer + language.step + line for line in lines)
        return begin + body + language.last_comma + outer + end

    match value:
        case UploadedFile():
            return content_of(value)
        case str():
            return language.text(value)
        case Mapping():
            lines = [f"{language.text(name)}: {inner(item)}" for name, item in value.items()]
            return block("{", lines, "}")
        case list() | tuple():
            return block("[", [inner(item) for item in value], "]")
        case _:
            word = json.dumps(value)
            return language.words.get(word, word)


def _visible(text: str, escaped: Callable[[str], str]) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else escaped(sign) for sign in quoted)
