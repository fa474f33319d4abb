"""A request model becomes widgets, by one table from a parameter's type to its builder."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import Any, get_args

import gradio as gr
from gradio.components import Component

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
from components.catalog.request import ModelRequest

Widgets = dict[str, Component]
Updates = dict[Any, Any]
Built = tuple[Widgets, Callable[[Mapping[str, Any]], Any], Callable[[Any], Updates]]


@dataclass(frozen=True)
class Control:
    """The widgets of one field, by name, and the line for what is wrong with it.

    `read` takes a handler's named values, `fill` gives updates of `targets`.
    """

    name: str
    widgets: Widgets
    read: Callable[[Mapping[str, Any]], Any]
    fill: Callable[[Any], Updates]
    targets: tuple[gr.blocks.Block, ...]
    problem: gr.HTML


@dataclass(frozen=True)
class Field:
    """What a builder needs to know of a field."""

    name: str
    element_id: str
    parameter: Any
    options: tuple[Any, ...] = ()
    default: Any = None


def build_form(model: type[ModelRequest]) -> dict[str, Control]:
    """Lay out a model's fields in form order, options in rows, the advanced ones folded away."""
    fields = _fields(model)
    controls = {}
    for is_option, group in groupby(
        [it for it in fields if not it.parameter.advanced],
        key=lambda it: isinstance(it.parameter, Choice | Count | Switch),
    ):
        with gr.Row(elem_classes="options") if is_option else nullcontext():
            controls.update({field.name: _build(field) for field in group})
    with gr.Accordion("Advanced", open=False, elem_classes="advanced"):
        controls.update({it.name: _build(it) for it in fields if it.parameter.advanced})
    return controls


def widgets_of(controls: Mapping[str, Control]) -> Widgets:
    """All widgets of a form, by name, for a handler's named values."""
    return {name: it for control in controls.values() for name, it in control.widgets.items()}


def read_form(controls: Mapping[str, Control], values: Mapping[str, Any]) -> dict[str, Any]:
    """A handler's named values as the request's fields."""
    return {name: control.read(values) for name, control in controls.items()}


def fill_form(
    controls: Mapping[str, Control], model: type[ModelRequest], values: Mapping[str, Any]
) -> Updates:
    """Updates that put a request's values into the form; the rest returns to its default."""
    updates: Updates = {}
    for field in _fields(model):
        value = values.get(field.name, field.default)
        updates.update(controls[field.name].fill(value))
    return updates


def show_problems(controls: Mapping[str, Control], problems: Mapping[str, str]) -> Updates:
    """Updates that put each sentence beside its field and clear the others."""
    return {
        control.problem: gr.update(
            value={"sentence": problems.get(name, "")}, visible=name in problems
        )
        for name, control in controls.items()
    }


def problem_line(element_id: str) -> gr.HTML:
    """A line beside a field, hidden while there is nothing to say."""
    return gr.HTML(
        value={"sentence": ""},
        html_template='<p class="problem" role="alert">{{value.sentence}}</p>',
        visible=False,
        elem_id=element_id,
        js_on_load=None,
    )


def _fields(model: type[ModelRequest]) -> list[Field]:
    return [
        Field(
            name=name,
            element_id=f"{model.api_name}-{name}",
            parameter=parameter,
            options=get_args(model.model_fields[name].annotation),
            default=None
            if model.model_fields[name].is_required()
            else model.model_fields[name].default,
        )
        for name, parameter in model.parameters().items()
    ]


def _build(field: Field) -> Control:
    builder = BUILDERS[type(field.parameter)]
    kind = type(field.parameter).__name__.lower()
    with gr.Column(min_width=200, elem_classes=["control", f"control-{kind}"]):
        widgets, read, fill = builder(field)
        problem = problem_line(f"{field.element_id}-problem")
    return Control(field.name, widgets, read, fill, tuple(fill(None)), problem)


def _single(field: Field, widget: Component, empty: Any = None) -> Built:
    """A field that is one widget holding the value as it is."""
    return (
        {field.name: widget},
        lambda values: values[field.name],
        lambda value: {widget: gr.update(value=empty if value is None else value)},
    )


def _prompt(field: Field) -> Built:
    parameter: Prompt = field.parameter
    box = gr.Textbox(
        label=parameter.label,
        placeholder=parameter.placeholder,
        info=f"Up to {parameter.max_chars:,} characters.",
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
    )
    return _single(field, slider)


def _switch(field: Field) -> Built:
    switch: Switch = field.parameter
    box = gr.Checkbox(
        value=field.default, label=switch.label, info=switch.help, elem_id=field.element_id
    )
    return _single(field, box)


def _pictures(field: Field) -> Built:
    files_name, links_name = field.name, f"{field.name}__links"
    gallery = gr.Gallery(
        label=_labelled(field),
        file_types=["image", ".heic", ".heif", ".avif"],
        interactive=True,
        columns=5,
        fit_columns=False,
        height=170,
        object_fit="cover",
        sources=["upload", "clipboard"],
        buttons=[],
        elem_id=field.element_id,
        elem_classes="pictures",
    )
    links = _links(field, "Or image URLs, one per line", lines=1, max_lines=8)
    _hint(field.parameter)

    def read(values: Mapping[str, Any]) -> list[Any]:
        files = [item["image"] for item in values[files_name] or []]
        return [*files, *_lines(values[links_name])]

    def fill(value: Any) -> Updates:
        files, addresses = _parted(value or ())
        return {
            gallery: gr.update(value=files),
            links: gr.update(value="\n".join(addresses)),
        }

    return {files_name: gallery, links_name: links}, read, fill


def _picture(field: Field) -> Built:
    image = gr.Image(
        label=_labelled(field),
        type="filepath",
        sources=["upload", "clipboard"],
        height=220,
        buttons=[],
        elem_id=field.element_id,
        elem_classes="picture",
    )
    return _file_or_link(field, image, "Or an image URL")


def _video(field: Field) -> Built:
    video = gr.Video(
        label=_labelled(field),
        sources=["upload"],
        height=260,
        buttons=[],
        elem_id=field.element_id,
        elem_classes="clip",
    )
    return _file_or_link(field, video, "Or a video URL")


def _file_or_link(field: Field, widget: Component, link_label: str) -> Built:
    link_name = f"{field.name}__links"
    link = _links(field, link_label, lines=1, max_lines=1)
    _hint(field.parameter)

    def read(values: Mapping[str, Any]) -> Any:
        return values[field.name] or (values[link_name] or "").strip() or None

    def fill(value: Any) -> Updates:
        files, addresses = _parted([value] if value else [])
        return {
            widget: gr.update(value=files[0] if files else None),
            link: gr.update(value=addresses[0] if addresses else ""),
        }

    return {field.name: widget, link_name: link}, read, fill


def _elements(field: Field) -> Built:
    """Accordions built once: rows made on the fly move values into the wrong row on a delete."""
    _hint(field.parameter, titled=True)
    slots = [_Slot.build(field, number) for number in range(1, field.parameter.max_items + 1)]

    def read(values: Mapping[str, Any]) -> list[dict[str, Any]]:
        elements = [slot.read(values) for slot in slots]
        return [element for element in elements if element]

    def fill(value: Any) -> Updates:
        given = [*(value or ()), *([{}] * len(slots))]
        updates: Updates = {}
        for slot, element in zip(slots, given, strict=False):
            updates.update(slot.fill(element))
        return updates

    widgets = {
        name: it for slot in slots for part in slot.parts.values() for name, it in part[0].items()
    }
    return widgets, read, fill


@dataclass(frozen=True)
class _Slot:
    """One element's accordion."""

    accordion: gr.Accordion
    parts: Mapping[str, Built]

    @classmethod
    def build(cls, field: Field, number: int) -> "_Slot":
        element_id = f"{field.element_id}-{number}"
        with gr.Accordion(
            f"Element {number}", open=False, elem_id=element_id, elem_classes="element"
        ) as accordion:
            parts = {
                part: BUILDERS[type(parameter)](
                    Field(f"{field.name}__{number}__{part}", f"{element_id}-{part}", parameter)
                )
                for part, parameter in parameters_of(Element).items()
            }
        return cls(accordion, parts)

    def read(self, values: Mapping[str, Any]) -> dict[str, Any]:
        element = {part: read(values) for part, (_, read, _) in self.parts.items()}
        return {part: value for part, value in element.items() if value}

    def fill(self, element: Mapping[str, Any]) -> Updates:
        updates: Updates = {self.accordion: gr.update(open=bool(element))}
        for part, (_, _, fill) in self.parts.items():
            updates.update(fill(element.get(part)))
        return updates


def _hint(parameter: Parameter, *, titled: bool = False) -> None:
    """A line of help where the widget has no place for one."""
    if parameter.help or titled:
        gr.HTML(
            value={"label": parameter.label if titled else "", "help": parameter.help},
            html_template='<p class="hint"><b>{{value.label}}</b> {{value.help}}</p>',
            js_on_load=None,
        )


def _links(field: Field, label: str, *, lines: int, max_lines: int) -> gr.Textbox:
    return gr.Textbox(
        label=label,
        placeholder="https://…",
        lines=lines,
        max_lines=max_lines,
        elem_id=f"{field.element_id}-links",
        elem_classes="links",
    )


def _labelled(field: Field) -> str:
    parameter: Parameter = field.parameter
    if isinstance(parameter, ImageRefs):
        count = f"{parameter.min_items}–{parameter.max_items}"
        return f"{parameter.label} ({count})"
    return parameter.label


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _parted(values: Any) -> tuple[list[str], list[str]]:
    """Paths of files, and addresses."""
    files = [str(value) for value in values if not str(value).startswith("http")]
    return files, [str(value) for value in values if str(value).startswith("http")]


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
