"""How much a request asks for: pictures, seconds, and which clip it changes.

Read from a form that may be unfinished, so nothing here is checked and nothing raises.
"""

from collections.abc import Mapping
from typing import Any

from components.catalog.fields import Choice, Count, Parameter, VideoRef
from components.catalog.request import ModelRequest

_EMPTY: tuple[object, ...] = (None, "", (), [])


def option(model: type[ModelRequest], values: Mapping[str, Any], name: str) -> Any:
    """The value of a field, its default where nothing is given; None without either."""
    value = values.get(name)
    if value not in _EMPTY:
        return value
    info = model.model_fields.get(name)
    return None if info is None or info.is_required() else info.default


def picture_count(model: type[ModelRequest], values: Mapping[str, Any]) -> Any:
    """How many pictures are asked for; 1 where the model has no such field."""
    return _first(model, values, Count, otherwise=1)


def length_s(model: type[ModelRequest], values: Mapping[str, Any]) -> Any:
    """Seconds of video asked for; None where the model has no such field."""
    return _first(model, values, Choice, unit="s")


def source_clip(model: type[ModelRequest], values: Mapping[str, Any]) -> str | None:
    """The clip the request is about, as the form refers to it."""
    clip = _first(model, values, VideoRef)
    return None if clip is None else str(clip)


def _first(
    model: type[ModelRequest],
    values: Mapping[str, Any],
    kind: type[Parameter],
    unit: str = "",
    otherwise: Any = None,
) -> Any:
    for name, parameter in model.parameters().items():
        if isinstance(parameter, kind) and getattr(parameter, "unit", "") == unit:
            return option(model, values, name)
    return otherwise
