"""A plan: one form with alternatives becomes the runs it stands for, laid out as a grid."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from components.catalog.alternatives import Alternatives, alternatives_in
from components.catalog.fields import Choice, Count, Prompt, Switch
from components.catalog.request import ModelRequest
from components.errors import InvalidRequest

MOST_RUNS = 24
"""Our own bound: each run costs money, and a grid of more is not looked at."""
VARIABLE = (Choice, Count, Switch)
"""The kinds of fields that take a list of values instead of one."""
_REPEAT = "Run"
_NOTHING = "(nothing)"


@dataclass(frozen=True)
class Dimension:
    """One thing that varies: "Aspect ratio", and the names of its options in order."""

    label: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class PlannedRun:
    """A full form, and where its result belongs: places are counted from 0.

    `labels` names the place in words, by "row", "column" and "group" where the plan has them.
    """

    values: dict[str, Any]
    row: int
    column: int
    group: int
    labels: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """What varies, and the runs it makes; the dimension that comes last changes fastest.

    The first dimension makes the rows of a grid, the second its columns, and each combination of
    the others, a group, has a grid of its own.
    """

    dimensions: tuple[Dimension, ...]
    runs: tuple[PlannedRun, ...]


@dataclass(frozen=True)
class _Variation:
    """What a field may hold; a choice inside a prompt is one too, and so is a repeat."""

    field: str
    label: str
    values: tuple[Any, ...]


def expand(
    model: type[ModelRequest],
    values: Mapping[str, Any],
    lists: Mapping[str, Sequence[Any]] | None = None,
    *,
    repeats: int = 1,
    most_runs: int = MOST_RUNS,
) -> Plan:
    """Lay out what a form with alternatives in its prompt stands for.

    `lists` gives several values for a field, and `repeats` asks for each run several times.

    Raises:
        InvalidRequest: a field cannot have a list, a run would be wrong, or there are too many.
    """
    prompts = {
        name: alternatives_in(str(values.get(name) or ""))
        for name, parameter in model.parameters().items()
        if isinstance(parameter, Prompt)
    }
    variations = [
        *_in_prompts(model, prompts),
        *_in_lists(model, lists or {}),
        _Variation("", _REPEAT, tuple(range(1, repeats + 1))),
    ]
    _check_count(prod(len(it.values) for it in variations), most_runs)
    places = product(*(range(len(it.values)) for it in variations))
    return Plan(
        tuple(_dimension(it) for it in variations if len(it.values) > 1),
        tuple(
            _planned(model, values, prompts, list(zip(variations, at, strict=True)))
            for at in places
        ),
    )


def _in_prompts(
    model: type[ModelRequest], prompts: Mapping[str, Alternatives]
) -> Iterator[_Variation]:
    for name, alternatives in prompts.items():
        label = model.parameters()[name].label
        for number, options in enumerate(alternatives.choices, 1):
            is_only = len(alternatives.choices) == 1
            yield _Variation(name, label if is_only else f"{label} {number}", options)


def _in_lists(
    model: type[ModelRequest], lists: Mapping[str, Sequence[Any]]
) -> Iterator[_Variation]:
    parameters = model.parameters()
    for name in lists:
        if not isinstance(parameters.get(name), VARIABLE):
            label = parameters[name].label if name in parameters else name
            raise InvalidRequest({name: f"{label} cannot have several values: give it one."})
    for name, parameter in parameters.items():
        # The provider's samples write 5 and "5": one value, and no reason to pay twice.
        different = {str(value).strip().casefold(): value for value in lists.get(name, ())}
        if different:
            yield _Variation(name, parameter.label, tuple(different.values()))


def _check_count(count: int, most_runs: int) -> None:
    if count < 1:
        raise InvalidRequest({"": "This plan has no run: ask for each at least once."})
    if count > most_runs:
        raise InvalidRequest(
            {"": f"This makes {count:,} runs, and a plan has at most {most_runs}: vary less."}
        )


def _dimension(variation: _Variation) -> Dimension:
    return Dimension(variation.label, tuple(map(in_words, variation.values)))


def _planned(
    model: type[ModelRequest],
    values: Mapping[str, Any],
    prompts: Mapping[str, Alternatives],
    place: Sequence[tuple[_Variation, int]],
) -> PlannedRun:
    filled = dict(values)
    for variation, index in place:
        if variation.field and variation.field not in prompts:
            filled[variation.field] = variation.values[index]
    for name, alternatives in prompts.items():
        options = [it.values[index] for it, index in place if it.field == name]
        filled[name] = alternatives.chosen(options)
    varying = [(it, index) for it, index in place if len(it.values) > 1]
    names = [in_words(it.values[index]) for it, index in varying]
    rest = [f"{it.label} {name}" for (it, _), name in zip(varying[2:], names[2:], strict=True)]
    labels = [*names[:2], *([" · ".join(rest)] if rest else [])]
    group = 0
    for variation, index in varying[2:]:
        group = group * len(variation.values) + index
    row, column = ([index for _, index in varying] + [0, 0])[:2]
    return PlannedRun(
        values=model.parse(filled).plain(),
        row=row,
        column=column,
        group=group,
        labels=dict(zip(("row", "column", "group"), labels, strict=False)),
    )


def in_words(value: Any) -> str:
    """How an option is named."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or _NOTHING
