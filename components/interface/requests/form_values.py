"""A form's values brought into the shape their fields have, whatever a browser sent."""

from collections.abc import Mapping
from typing import Any

from components.catalog.fields import (
    Element,
    Elements,
    ImageRef,
    ImageRefs,
    Parameter,
    Prompt,
    VideoRef,
    parameters_of,
)
from components.catalog.request import ModelRequest


def shaped(model: type[ModelRequest], values: Mapping[str, Any]) -> dict[str, Any]:
    """Text as text, lists as lists, elements with their two fields; the rest stays as it is.

    What a field cannot hold is left out; the checks of the request say what is missing then.
    """
    parameters = model.parameters()
    return {
        name: _shaped(parameters[name], value) if name in parameters else value
        for name, value in values.items()
    }


def _shaped(parameter: Parameter, value: Any) -> Any:
    if isinstance(parameter, Prompt):
        return value if isinstance(value, str) else ""
    if isinstance(parameter, ImageRef | VideoRef):
        return value if isinstance(value, str) else None
    if isinstance(parameter, ImageRefs):
        return [it for it in _items(value) if isinstance(it, str)]
    if isinstance(parameter, Elements):
        fields = parameters_of(Element)
        return [
            {name: _shaped(fields[name], element.get(name)) for name in fields}
            for element in _items(value)
            if isinstance(element, Mapping)
        ]
    return value


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def without_gaps(value: Any) -> Any:
    """Values without what was left empty: places in a list, and elements without a view."""
    if isinstance(value, Mapping):
        return {name: without_gaps(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        items = [without_gaps(item) for item in value]
        return [it for it in items if it not in ("", None) and not _is_hollow(it)]
    return value


def _is_hollow(value: Any) -> bool:
    return isinstance(value, Mapping) and not any(value.values())
