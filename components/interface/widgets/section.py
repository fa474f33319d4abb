"""A part of the page: HTML of ours, brought to life by a script of ours.

One gradio component each, since the browser makes every one before the page can be used.
"""

import gradio as gr
from markupsafe import Markup

from components.interface.web.served.scripts import page_scripts
from components.interface.widgets.templating import render

AGAIN_MS = 2000
"""When the scripts are asked for once more, while the playground does not answer."""


def section(script: str, html: Markup, **facts: str) -> gr.HTML:
    """Lay out a part; `script` is a module whose `mount(element, facts)` is called on it.

    The part itself says so, since the same HTML may stand in the page before gradio does.
    """
    name = "-".join([script, *facts.values()])
    return gr.HTML(
        value=render("part.html", name=name, script=script, facts=facts, html=html),
        js_on_load=(
            "const come = () =>"
            f" import('{page_scripts().url}/parts.js')"
            ".then((module) => module.arrive(element.firstElementChild),"
            f" () => setTimeout(come, {AGAIN_MS})); come()"
        ),
        apply_default_css=False,
        elem_classes="section",
    )
