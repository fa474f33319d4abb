"""A request model becomes a form, by one table from a parameter's type to its widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, get_args

from markupsafe import Markup

from components.catalog.fields import (
    Choice,
    Count,
    Element,
    Elements,
    ImageRef,
    ImageRefs,
    Parameter,
    Prompt,
    Switch,
    VideoRef,
    parameters_of,
)
from components.catalog.plan import VARIABLE
from components.catalog.request import ModelRequest
from components.interface.widgets.templating import render

WIDGETS: Mapping[type[Parameter], str] = {
    Prompt: "prompt",
    ImageRef: "picture",
    ImageRefs: "pictures",
    VideoRef: "clip",
    Elements: "elements",
    Choice: "choice",
    Count: "count",
    Switch: "switch",
}
"""The macro of `widgets.html` that draws a parameter; the scripts read its `data-widget`."""


@dataclass(frozen=True)
class Field:
    """What a widget needs to know of a field."""

    name: str
    element_id: str
    widget: str
    parameter: Parameter
    options: tuple[Any, ...]
    default: Any
    is_required: bool
    is_optional: bool
    """Nothing is missing without it; of several references a model may want any one."""
    most: int = 1
    """The most files it takes, as far as the model reads them."""

    @property
    def is_option(self) -> bool:
        """Options stand side by side; everything else has a row of its own."""
        return isinstance(self.parameter, VARIABLE)


def fields_of(model: type[ModelRequest]) -> list[Field]:
    """A model's fields in form order."""
    infos = model.model_fields
    return [
        Field(
            name=name,
            element_id=f"{model.api_name}-{name}",
            widget=WIDGETS[type(parameter)],
            parameter=parameter,
            options=get_args(infos[name].annotation),
            default=None if infos[name].is_required() else infos[name].default,
            is_required=infos[name].is_required(),
            is_optional=not (infos[name].is_required() or model.needs_reference),
            most=_most(parameter, model.reference_limit()),
        )
        for name, parameter in model.parameters().items()
    ]


def _most(parameter: Parameter, limit: int | None) -> int:
    if not isinstance(parameter, ImageRefs | Elements):
        return 1
    return min(parameter.max_items, limit or parameter.max_items)


def form_html(model: type[ModelRequest]) -> Markup:
    """The form of a model, empty: options in rows, the advanced ones folded away."""
    fields = fields_of(model)
    plain = [it for it in fields if not it.parameter.advanced]
    rows = [
        {"is_option": is_option, "fields": list(group)}
        for is_option, group in groupby(plain, key=lambda it: it.is_option)
    ]
    front, others = parameters_of(Element)
    return render(
        "form.html",
        model=model,
        rows=rows,
        advanced=[it for it in fields if it.parameter.advanced],
        front=front,
        others=others,
    )
