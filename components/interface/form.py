"""A request model becomes widgets, by one table from a parameter's type to its builder.

Widgets are few on purpose: the browser makes every one of them before the page can be used.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import Any, get_args

import gradio as gr
from gradio.blocks import Block
from gradio.components import Component

from components.catalog.fields import (
    Choice,
    Count,
    Elements,
    ImageRef,
    ImageRefs,
    Parameter,
    Prompt,
    Switch,
    VideoRef,
)
from components.catalog.request import ModelRequest
from components.interface.element_slots import build_slots
from components.interface.picture_inputs import (
    lines_of,
    link_box,
    parted,
    picture_gallery,
    pictures_in,
)

Widgets = dict[str, Component]
Updates = dict[Any, Any]
Built = tuple[Widgets, Callable[[Mapping[str, Any]], Any], Callable[[Any], Updates]]
OPTIONS = Choice | Count | Switch


@dataclass(frozen=True)
class Control:
    """The widgets of one field, by name.

    `read` takes a handler's named values, `fill` gives updates of `targets`.
    """

    name: str
    widgets: Widgets
    read: Callable[[Mapping[str, Any]], Any]
    fill: Callable[[Any], Updates]
    targets: tuple[Block, ...]


@dataclass(frozen=True)
class Field:
    """What a builder needs to know of a field."""

    name: str
    element_id: str
    parameter: Any
    options: tuple[Any, ...]
    default: Any


def build_form(model: type[ModelRequest], below_prompt: Callable[[], object]) -> dict[str, Control]:
    """Lay out a model's fields in form order, options in rows, the advanced ones folded away.

    `below_prompt` lays out what belongs under the prompt.
    """
    fields = _fields(model)
    controls = {}
    for is_option, group in groupby(
        [it for it in fields if not it.parameter.advanced],
        key=lambda it: isinstance(it.parameter, OPTIONS),
    ):
        with gr.Row(elem_classes="options") if is_option else nullcontext():
            for field in group:
                controls[field.name] = _build(field)
                if isinstance(field.parameter, Prompt):
                    below_prompt()
    with gr.Accordion("Advanced", open=False, elem_classes="advanced"):
        controls.update({it.name: _build(it) for it in fields if it.parameter.advanced})
    return {field.name: controls[field.name] for field in fields}


def widgets_of(controls: Mapping[str, Control]) -> Widgets:
    """All widgets of a form, by name, for a handler's named values."""
    return {name: it for control in controls.values() for name, it in control.widgets.items()}


def targets_of(controls: Mapping[str, Control]) -> list[Block]:
    """Everything `fill_form` may update."""
    return [target for control in controls.values() for target in control.targets]


def read_form(controls: Mapping[str, Control], values: Mapping[str, Any]) -> dict[str, Any]:
    """A handler's named values as the request's fields."""
    return {name: control.read(values) for name, control in controls.items()}


def fill_form(
    controls: Mapping[str, Control], model: type[ModelRequest], values: Mapping[str, Any]
) -> Updates:
    """Updates that put a request's values into the form; the rest returns to its default."""
    updates: Updates = {}
    for field in _fields(model):
        updates.update(controls[field.name].fill(values.get(field.name, field.default)))
    return updates


def _fields(model: type[ModelRequest]) -> list[Field]:
    infos = model.model_fields
    return [
        Field(
            name=name,
            element_id=f"{model.api_name}-{name}",
            parameter=parameter,
            options=get_args(infos[name].annotation),
            default=None if infos[name].is_required() else infos[name].default,
        )
        for name, parameter in model.parameters().items()
    ]


def _build(field: Field) -> Control:
    widgets, read, fill = BUILDERS[type(field.parameter)](field)
    return Control(field.name, widgets, read, fill, tuple(fill(None)))


def _single(field: Field, widget: Component, empty: Any = None) -> Built:
    """A field that is one widget holding the value as it is."""
    return (
        {field.name: widget},
        lambda values: values[field.name],
        lambda value: {widget: gr.update(value=empty if value is None else value)},
    )


def _prompt(field: Field) -> Built:
    prompt: Prompt = field.parameter
    box = gr.Textbox(
        label=prompt.label,
        placeholder=prompt.placeholder,
        info=f"Up to {prompt.max_chars:,} characters.",
        lines=4,
        max_lines=14,
        elem_id=field.element_id,
        elem_classes="prompt",
        html_attributes=gr.InputHTMLAttributes(autocapitalize="sentences", spellcheck=True),
    )
    return _single(field, box, empty="")


def _choice(field: Field) -> Built:
    choice: Choice = field.parameter
    widget = gr.Radio(
        choices=[(str(option), option) for option in field.options],
        value=field.default,
        label=choice.label,
        info=choice.help or None,
        elem_id=field.element_id,
        elem_classes="choice",
        min_width=200,
    )
    return _single(field, widget)


def _count(field: Field) -> Built:
    count: Count = field.parameter
    slider = gr.Slider(
        minimum=count.minimum,
        maximum=count.maximum,
        step=1,
        value=field.default,
        label=count.label,
        info=count.help or None,
        elem_id=field.element_id,
        buttons=[],
        min_width=200,
    )
    return _single(field, slider)


def _switch(field: Field) -> Built:
    switch: Switch = field.parameter
    box = gr.Checkbox(
        value=field.default,
        label=switch.label,
        info=switch.help,
        elem_id=field.element_id,
        min_width=200,
    )
    return _single(field, box)


def _pictures(field: Field) -> Built:
    pictures: ImageRefs = field.parameter
    gallery = picture_gallery(
        f"{pictures.label} ({pictures.min_items}–{pictures.max_items})", field.element_id
    )
    links = link_box(field.element_id, "Or image URLs, one per line", pictures.help, max_lines=8)
    links_name = f"{field.name}__links"

    def read(values: Mapping[str, Any]) -> list[Any]:
        return [*pictures_in(values[field.name]), *lines_of(values[links_name])]

    def fill(value: Any) -> Updates:
        files, addresses = parted(value or ())
        return {
            gallery: gr.update(value=files),
            links: gr.update(value="\n".join(addresses)),
        }

    return {field.name: gallery, links_name: links}, read, fill


def _picture(field: Field) -> Built:
    picture: ImageRef = field.parameter
    image = gr.Image(
        label=picture.label,
        type="filepath",
        sources=["upload", "clipboard"],
        height=220,
        buttons=[],
        elem_id=field.element_id,
        elem_classes="picture",
    )
    return _file_or_link(field, image, "Or an image URL")


def _video(field: Field) -> Built:
    video: VideoRef = field.parameter
    player = gr.Video(
        label=video.label,
        sources=["upload"],
        height=260,
        buttons=[],
        elem_id=field.element_id,
        elem_classes="clip",
    )
    return _file_or_link(field, player, "Or a video URL")


def _file_or_link(field: Field, widget: Component, link_label: str) -> Built:
    link_name = f"{field.name}__links"
    link = link_box(field.element_id, link_label, field.parameter.help, max_lines=1)

    def read(values: Mapping[str, Any]) -> Any:
        return values[field.name] or (values[link_name] or "").strip() or None

    def fill(value: Any) -> Updates:
        files, addresses = parted([value] if value else [])
        return {
            widget: gr.update(value=files[0] if files else None),
            link: gr.update(value=addresses[0] if addresses else ""),
        }

    return {field.name: widget, link_name: link}, read, fill


def _elements(field: Field) -> Built:
    elements: Elements = field.parameter
    slots = build_slots(field.name, field.element_id, elements)

    def read(values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [element for slot in slots if (element := slot.read(values))]

    def fill(value: Any) -> Updates:
        given = [*(value or ()), *([{}] * len(slots))]
        updates: Updates = {}
        for slot, element in zip(slots, given, strict=False):
            updates.update(slot.fill(element))
        return updates

    return {name: it for slot in slots for name, it in slot.widgets.items()}, read, fill


BUILDERS: Mapping[type[Parameter], Callable[[Field], Built]] = {
    Prompt: _prompt,
    ImageRef: _picture,
    ImageRefs: _pictures,
    VideoRef: _video,
    Elements: _elements,
    Choice: _choice,
    Count: _count,
    Switch: _switch,
}
