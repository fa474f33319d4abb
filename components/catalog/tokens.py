"""References in the prompt: `@Image1`, `@Video1`, `@Element1`, numbered by position.

The provider documents no notation for these models. The fal route reads `@Image1`, the native Kling
route reads `<<<image_1>>>`; what is typed is the former, what is sent depends on the route.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.catalog.fields import Noun

_TOKEN = re.compile(r"(?<![\w@])@(image|video|element)(\d+|\?)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """One thing the prompt may name, and where it stands in the request."""

    noun: Noun
    number: int
    field: str
    source: Any

    @property
    def token(self) -> str:
        """How the prompt names it."""
        return f"@{self.noun}{self.number}"


def tokens_in(prompt: str) -> list[str]:
    """The tokens of a prompt in their usual spelling, each once, in order."""
    return list(dict.fromkeys(_spelled(match) for match in _TOKEN.finditer(prompt)))


def dangling(prompt: str, references: Sequence[Reference]) -> list[str]:
    """Tokens that point to nothing."""
    known = {reference.token for reference in references}
    return [token for token in tokens_in(prompt) if token not in known]


def unnamed(prompt: str, references: Sequence[Reference]) -> list[str]:
    """Tokens of the references that the prompt never names."""
    named = set(tokens_in(prompt))
    return [reference.token for reference in references if reference.token not in named]


def renumbered(prompt: str, before: Sequence[Reference], after: Sequence[Reference]) -> str:
    """The prompt after references were removed or moved, each token pointing where it did.

    A token whose reference is gone becomes `@Image?`, which points to nothing and says so.
    """
    left = list(after)
    moved: dict[str, str] = {}
    for reference in before:
        same = next((it for it in left if _is_same(it, reference)), None)
        if same:
            left.remove(same)
        moved[reference.token] = same.token if same else f"@{reference.noun}?"
    return _TOKEN.sub(lambda match: moved.get(_spelled(match), match.group()), prompt)


def in_dialect(prompt: str, route: str) -> str:
    """The prompt as the chosen route reads it: as typed, or `<<<image_1>>>` for `kling`."""
    if route != "kling":
        return prompt
    return _TOKEN.sub(
        lambda match: f"<<<{match[1].lower()}_{match[2]}>>>" if match[2] != "?" else match.group(),
        prompt,
    )


def _is_same(one: Reference, other: Reference) -> bool:
    return one.noun == other.noun and one.source == other.source


def _spelled(match: re.Match[str]) -> str:
    return f"@{match[1].capitalize()}{match[2]}"
