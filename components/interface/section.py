"""A part of the page: HTML of ours, brought to life by a script of ours.

One gradio component each, since the browser makes every one before the page can be used.
"""

import json

import gradio as gr
from markupsafe import Markup

from components.interface.scripts import page_scripts


def section(script: str, html: Markup, **facts: object) -> gr.HTML:
    """Lay out a part; `script` is a module whose `mount(element, facts)` is called on it."""
    return gr.HTML(
        value=html,
        js_on_load=(
            f"import('{page_scripts().url}/{script}.js')"
            f".then((module) => module.mount(element, {json.dumps(facts)}))"
        ),
        apply_default_css=False,
        elem_classes="section",
    )
