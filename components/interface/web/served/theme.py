"""Colours and type. The stylesheet has the rest."""

from typing import Any

import gradio as gr
from typing_extensions import override


class SteadyFont(gr.themes.LocalFont):
    """A font of gradio's that never holds text back, and never moves it by coming late."""

    @override
    def stylesheet(self) -> dict[str, Any]:
        sheet: dict[str, Any] = super().stylesheet()
        sheet["css"] = sheet["css"].replace("font-style", "font-display: optional; font-style")
        return sheet


def build_theme() -> gr.themes.Base:
    """A quiet theme on gradio's base; fonts come from gradio's own files, never another host."""
    # The bundled SemiBold files lack most letters, so bold is 700 and nothing lies between.
    sans = SteadyFont("IBM Plex Sans", weights=(400, 700))
    mono = SteadyFont("IBM Plex Mono", weights=(400, 700))
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.indigo,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_lg,
        font=(sans, "system-ui", "sans-serif"),
        font_mono=(mono, "ui-monospace", "monospace"),
    )
    return theme.set(
        body_background_fill="#f6f7fb",
        body_background_fill_dark="#0d1117",
        background_fill_primary_dark="#141a24",
        background_fill_secondary_dark="#10151e",
        block_background_fill_dark="#141a24",
        block_radius="14px",
        input_radius="10px",
        block_border_width="1px",
        block_border_color="#dfe3ec",
        block_border_color_dark="#273043",
        block_label_text_color="#333d52",
        block_label_text_color_dark="#c9d3e5",
        block_title_text_color="#1f2738",
        block_title_text_color_dark="#e5ebf5",
        block_title_text_weight="700",
        block_info_text_color="#566077",
        block_info_text_color_dark="#9fabc0",
        body_text_color="#1b2232",
        body_text_color_dark="#e8edf6",
        body_text_color_subdued="#566077",
        body_text_color_subdued_dark="#9fabc0",
        input_background_fill="#ffffff",
        input_background_fill_dark="#0f141d",
        input_placeholder_color="#667085",
        input_placeholder_color_dark="#8b97ad",
        button_primary_background_fill="#4338ca",
        button_primary_background_fill_hover="#3730a3",
        button_primary_background_fill_dark="#4f46e5",
        button_primary_background_fill_hover_dark="#5f57ea",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
        link_text_color="#3730a3",
        link_text_color_dark="#a5b4fc",
    )
