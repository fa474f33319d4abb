"""The elements editor: accordions built once, each with one gallery for all views of its subject.

Rows made on the fly would move values into the wrong row on a delete.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components.catalog.fields import Element, Elements, ImageRefs, parameters_of
from components.interface.picture_inputs import (
    lines_of,
    link_box,
    parted,
    picture_gallery,
    pictures_in,
)


@dataclass(frozen=True)
class Slot:
    """One element: the first picture is its front view, the others follow."""

    accordion: gr.Accordion
    gallery: gr.Gallery
    links: gr.Textbox
    name: str

    @property
    def widgets(self) -> dict[str, Component]:
        """The inputs of this element, by name."""
        return {self.name: self.gallery, f"{self.name}__links": self.links}

    def read(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The element, or {} where nothing was given."""
        views = [
            *pictures_in(values[self.name]),
            *lines_of(values[f"{self.name}__links"]),
        ]
        if not views:
            return {}
        front, others = (name for name in parameters_of(Element))
        return {front: views[0], others: views[1:]}

    def fill(self, element: Mapping[str, Any]) -> dict[Any, Any]:
        """Updates that show an element; {} empties the slot."""
        front, others = (element.get(name) for name in parameters_of(Element))
        files, addresses = parted([front, *(others or ())] if front else [])
        return {
            self.accordion: gr.update(open=bool(element)),
            self.gallery: gr.update(value=files),
            self.links: gr.update(value="\n".join(addresses)),
        }


def build_slots(name: str, element_id: str, elements: Elements) -> list[Slot]:
    """Lay out as many slots as the model takes."""
    return [
        _build_slot(f"{name}__{number}", f"{element_id}-{number}", number, elements)
        for number in range(1, elements.max_items + 1)
    ]


def _build_slot(name: str, element_id: str, number: int, elements: Elements) -> Slot:
    others = next(it for it in parameters_of(Element).values() if isinstance(it, ImageRefs))
    with gr.Accordion(
        f"Element {number}", open=False, elem_id=element_id, elem_classes="element"
    ) as accordion:
        gallery = picture_gallery(
            f"Front view first, then {others.min_items}–{others.max_items} others",
            f"{element_id}-views",
        )
        links = link_box(
            f"{element_id}-views", "Or image URLs, one per line", elements.help, max_lines=5
        )
    return Slot(accordion, gallery, links, name)
