"""What differs in the settings of runs: a table with a row for each field that is not the same."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from markupsafe import Markup
from pydantic_core import PydanticUndefined

from components.catalog import Catalog
from components.catalog.fields import MediaKind, Parameter, Prompt
from components.catalog.plan import in_words
from components.catalog.request import ModelRequest
from components.interface.widgets.templating import render
from components.runs.run import Run

MODEL = "Model"


@dataclass(frozen=True)
class Piece:
    """Some words, and whether they are only in this run's text."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Medium:
    """A picture or clip: a reference into the media store, or an address elsewhere."""

    kind: MediaKind
    source: str


@dataclass(frozen=True)
class Value:
    """What a run has in a field: text in pieces, and its media. Both are empty for "not given"."""

    pieces: tuple[Piece, ...] = ()
    media: tuple[Medium, ...] = ()

    @property
    def text(self) -> str:
        """The pieces as one text."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Difference:
    """A field by its label, with a value for each run; None where its model has no such field."""

    label: str
    values: tuple[Value | None, ...]


def differences(runs: Sequence[Run], catalog: Catalog) -> tuple[Difference, ...]:
    """Compare two or more runs, of one model or several: labels of the catalogue, in form order.

    Fields of the same label are one row, whatever the provider calls them in each model.
    """
    models = [catalog.by_id(run.model) for run in runs]
    rows = []
    if len(set(models)) > 1:
        titles = (Value((Piece(model.title),)) for model in models)
        rows.append(Difference(MODEL, tuple(titles)))
    fields = [_fields(run, model) for run, model in zip(runs, models, strict=True)]
    for label in dict.fromkeys(label for each in fields for label in each):
        given = [each.get(label) for each in fields]
        if any(value != given[0] for value in given[1:]):
            rows.append(Difference(label, tuple(_values(given))))
    return tuple(rows)


def differences_html(runs: Mapping[str, Run], catalog: Catalog) -> Markup:
    """The table, with a column for each run under the letter it goes by."""
    rows = differences(list(runs.values()), catalog)
    return render("differences.html", letters=list(runs), rows=rows)


@dataclass(frozen=True)
class _Given:
    """What a run has in a field; two are the same when their values are."""

    parameter: Parameter = field(compare=False)
    value: Any


def _fields(run: Run, model: type[ModelRequest]) -> dict[str, _Given]:
    """The fields of a run by label; one that is not in its request has its default."""
    given = {}
    for name, parameter in model.parameters().items():
        default = model.model_fields[name].default
        value = run.request.get(name, None if default is PydanticUndefined else default)
        given[parameter.label] = _Given(
            parameter, value or None if value in ((), [], "") else value
        )
    return given


def _values(given: Sequence[_Given | None]) -> list[Value | None]:
    texts = [str(it.value or "") for it in given if it and isinstance(it.parameter, Prompt)]
    return [_value(it, texts) if it else None for it in given]


def _value(given: _Given, texts: Sequence[str]) -> Value:
    if given.value is None:
        return Value()
    if isinstance(given.parameter, Prompt):
        return Value(_marked(str(given.value), texts))
    media: list[Medium] = []

    def note(source: str, kind: MediaKind) -> str:
        media.append(Medium(kind, source))
        return source

    given.parameter.map_media(given.value, note)
    if media:
        references = given.parameter.references(given.value)
        noun = f"{references[0][0].lower()}{'s' if len(references) > 1 else ''}"
        return Value((Piece(f"{len(references)} {noun}"),), tuple(media))
    return Value((Piece(in_words(given.value)),))


def _marked(text: str, texts: Sequence[str]) -> tuple[Piece, ...]:
    """The text in pieces: what is not in the first of the other texts is marked."""
    other = next((it for it in texts if it != text), text)
    words, others = _words(text), _words(other)
    pieces = []
    for tag, begin, end, _, _ in SequenceMatcher(a=words, b=others, autojunk=False).get_opcodes():
        if end > begin:
            pieces.append(Piece("".join(words[begin:end]), tag != "equal"))
    return tuple(pieces)


def _words(text: str) -> list[str]:
    """The words of a text with the blanks around them, so that together they are the text."""
    return re.findall(r"\s*\S+\s*|\s+", text)
