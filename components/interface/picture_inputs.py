"""The widgets that take pictures: a gallery for files, and a box for addresses."""

from collections.abc import Iterable
from typing import Any

import gradio as gr


def picture_gallery(label: str, element_id: str) -> gr.Gallery:
    """A gallery to drop, choose or paste pictures into."""
    return gr.Gallery(
        label=label,
        file_types=["image", ".heic", ".heif", ".avif"],
        interactive=True,
        columns=5,
        fit_columns=False,
        height=170,
        object_fit="cover",
        sources=["upload", "clipboard"],
        buttons=[],
        elem_id=element_id,
        elem_classes="pictures",
    )


def link_box(element_id: str, label: str, hint: str, *, max_lines: int) -> gr.Textbox:
    """A box for addresses, one per line; a URL put into a media widget would be downloaded."""
    return gr.Textbox(
        label=label,
        info=hint or None,
        placeholder="https://…",
        lines=1,
        max_lines=max_lines,
        elem_id=f"{element_id}-links",
        elem_classes="links",
    )


def pictures_in(value: Iterable[Any] | None) -> list[Any]:
    """What a gallery holds: file values, or paths where uploads were already found."""
    return [item["image"] for item in value or ()]


def lines_of(text: str | None) -> list[str]:
    """The lines of a box that say something."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def parted(values: Iterable[Any]) -> tuple[list[str], list[str]]:
    """Paths of files, and addresses."""
    texts = [str(value) for value in values]
    addresses = [text for text in texts if text.startswith("http")]
    return [text for text in texts if not text.startswith("http")], addresses
