"""Alternatives in a prompt: `a {red|blue} boat` stands for two prompts.

Only braces with a bar between them offer a choice, and they do not nest; every other brace is text.
After a backslash a brace, a bar and a backslash are text too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SIGN = r"[{}|\\]"
_ESCAPED = rf"\\{_SIGN}"
_PART = re.compile(rf"({_ESCAPED})|\{{((?:{_ESCAPED}|\\(?!{_SIGN})|[^{{}}\\])*)\}}")
_LETTER = re.compile(rf"{_ESCAPED}|.", re.DOTALL)


@dataclass(frozen=True)
class Alternatives:
    """A prompt taken apart: `texts` stand around the `choices`, one more of the former."""

    texts: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...]

    def chosen(self, options: Sequence[str]) -> str:
        """The prompt with one option for each choice."""
        following = zip(options, self.texts[1:], strict=True)
        return self.texts[0] + "".join(option + text for option, text in following)


def alternatives_in(prompt: str) -> Alternatives:
    """Take a prompt apart; options that are the same count once, an empty one is an option."""
    texts, choices, end = [""], list[tuple[str, ...]](), 0
    for match in _PART.finditer(prompt):
        texts[-1] += prompt[end : match.start()]
        end = match.end()
        escape, inside = match.groups()
        options = _options(inside or "")
        if escape:
            texts[-1] += escape[-1]
        elif len(options) == 1:
            texts[-1] += "{" + options[0] + "}"
        else:
            choices.append(tuple(dict.fromkeys(options)))
            texts.append("")
    texts[-1] += prompt[end:]
    return Alternatives(tuple(texts), tuple(choices))


def escaped(text: str) -> str:
    """The text as a prompt that stands for nothing but itself."""
    return re.sub(_SIGN, r"\\\g<0>", text)


def _options(inside: str) -> list[str]:
    options = [""]
    for letter in _LETTER.findall(inside):
        if letter == "|":
            options.append("")
        else:
            options[-1] += letter[-1]
    return options
