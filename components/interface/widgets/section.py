"""A part of the page: a component whose HTML is ours, brought to life by the script beside it.

One gradio component each, since the browser makes every one before the page can be used.
"""

import inspect
from abc import ABCMeta
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.component_meta import ComponentMeta, updateable
from markupsafe import Markup

from components.interface.web.served.scripts import LOADER, page_scripts
from components.interface.widgets.templating import INTERFACE, render

AGAIN_MS = 2000
"""When the scripts are asked for once more, while the playground does not answer."""


class WithoutStub(ComponentMeta):
    """Makes a component class as gradio does, but writes no `.pyi` file beside its module.

    Gradio writes one whenever a class is defined; importing a module of ours changes nothing.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> type:
        """Define the class; it has the events of what it is derived from."""
        if "__init__" in attributes:
            attributes["__init__"] = updateable(attributes["__init__"])  # type: ignore[no-untyped-call]
        return ABCMeta.__new__(cls, name, bases, attributes)


class Section(gr.HTML, metaclass=WithoutStub):
    """A part: `history/history.py` has the class, `history/history.js` brings it to life.

    The script has a `mount(element, facts)`. The HTML itself says which script that is, since it
    may stand in the page before gradio does.
    """

    def __init__(self, html: Markup, **facts: str) -> None:
        """Lay out a part; `facts` are what its script is told."""
        script = Path(inspect.getfile(type(self))).relative_to(INTERFACE).with_suffix("")
        super().__init__(
            value=render(
                "part.html",
                name="-".join([script.name, *facts.values()]),
                script=script.as_posix(),
                facts=facts,
                html=html,
            ),
            js_on_load=(
                "const come = () =>"
                f" import('{page_scripts().url}/{LOADER}')"
                ".then((module) => module.arrive(element.firstElementChild),"
                f" () => setTimeout(come, {AGAIN_MS})); come()"
            ),
            apply_default_css=False,
            elem_classes="section",
        )
