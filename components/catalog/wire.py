"""A model's wire format as a JSON schema: what the body of its request may hold.

It follows from the model's parameters. Besides JSON Schema's own words it has `x-endpoint`, where
the body is sent, `x-output`, "image" or "video", `x-max-references` and, for a field, `x-unit` and
`x-aliases`, other spellings of an option.
"""

from functools import singledispatch
from typing import Any, get_args

from components.catalog.fields import (
    Choice,
    Count,
    Element,
    Elements,
    ImageRef,
    ImageRefs,
    MediaKind,
    Parameter,
    Prompt,
    Switch,
    VideoRef,
    parameters_of,
)
from components.catalog.request import ModelRequest

Schema = dict[str, Any]


def wire_schema(model: type[ModelRequest]) -> Schema:
    """The schema of a model's body, "model" itself apart."""
    schema: Schema = {
        "$id": model.model_id,
        "title": model.title,
        "type": "object",
        "x-endpoint": model.endpoint(),
        "x-output": model.output,
        "required": [name for name, it in model.model_fields.items() if it.is_required()],
        "properties": {
            name: _wire(parameter, model.model_fields[name].annotation)
            for name, parameter in model.parameters().items()
        },
    }
    limit = model.reference_limit()
    return schema if limit is None else {**schema, "x-max-references": limit}


@singledispatch
def _wire(parameter: Parameter, annotation: Any) -> Schema:
    """The schema of a field, whose type is `annotation`."""
    raise TypeError(f"It is not known how a {type(parameter).__name__} of {annotation} is sent.")


@_wire.register
def _(parameter: Prompt, _annotation: Any) -> Schema:
    return {"type": "string", "maxLength": parameter.max_chars}


@_wire.register
def _(_parameter: ImageRef, _annotation: Any) -> Schema:
    return _medium("image")


@_wire.register
def _(parameter: ImageRefs, _annotation: Any) -> Schema:
    limits = {"minItems": parameter.min_items, "maxItems": parameter.max_items}
    return {"type": "array", "items": _medium("image"), **limits}


@_wire.register
def _(_parameter: VideoRef, _annotation: Any) -> Schema:
    return _medium("video")


@_wire.register
def _(parameter: Choice, annotation: Any) -> Schema:
    schema: Schema = {"enum": list(get_args(annotation))}
    if parameter.aliases:
        schema["x-aliases"] = dict(parameter.aliases)
    return {**schema, "x-unit": parameter.unit} if parameter.unit else schema


@_wire.register
def _(parameter: Count, _annotation: Any) -> Schema:
    return {"type": "integer", "minimum": parameter.minimum, "maximum": parameter.maximum}


@_wire.register
def _(_parameter: Switch, _annotation: Any) -> Schema:
    return {"type": "boolean"}


@_wire.register
def _(parameter: Elements, _annotation: Any) -> Schema:
    views = parameters_of(Element)
    item = {
        "type": "object",
        "required": list(views),
        "properties": {name: _wire(it, None) for name, it in views.items()},
    }
    return {"type": "array", "items": item, "maxItems": parameter.max_items}


def _medium(kind: MediaKind) -> Schema:
    """An https URL, or a data URI of that kind."""
    return {"type": "string", "format": "uri", "contentMediaType": f"{kind}/*"}
