"""What a visitor sees first, drawn into the page's HTML: it stands before any script has run.

It is made of the very parts that gradio will show, in the places where it will show them. The
scripts bring it to life at once, and move it into gradio's parts as soon as these are there.
"""

import re
from dataclasses import dataclass
from typing import Self

import gradio as gr
from markupsafe import Markup

from components.interface.widgets.templating import render

SCRIPT = re.compile(r'data-script="([\w/]+)"')


@dataclass(frozen=True)
class TabView:
    """A tab, as the page names it, and what is in it."""

    name: str
    element_id: str
    title: str
    html: Markup


@dataclass(frozen=True)
class FirstView:
    """The header and the tabs. `first_moments` is the script that waits for the others."""

    header: Markup
    tabs: tuple[TabView, ...]
    first_moments: Markup

    @classmethod
    def of(cls, page: gr.Blocks, first_moments: str) -> Self:
        """Take the parts out of a page; the header is the one that stands over the tabs."""
        tabs = next(it for it in page.children if isinstance(it, gr.Tabs))
        return cls(
            header=_html(page),
            tabs=tuple(
                TabView(str(it.id), str(it.elem_id), str(it.label), _html(it))
                for it in tabs.children
                if isinstance(it, gr.Tab)
            ),
            first_moments=Markup(first_moments),  # noqa: S704
        )

    def tab(self, name: str | None) -> TabView:
        """The tab of this name; an unknown one is the first."""
        return next((it for it in self.tabs if it.name == name), self.tabs[0])

    def scripts_of(self, name: str | None) -> list[str]:
        """The modules that bring the view with this tab open to life."""
        return [it for html in (self.header, self.tab(name).html) for it in SCRIPT.findall(html)]

    def draw(self, name: str | None) -> Markup:
        """The view with this tab open."""
        return render(
            "first_view.html",
            container=f"gradio-container-{gr.__version__.replace('.', '-')}",
            header=self.header,
            tabs=self.tabs,
            selected=self.tab(name),
            first_moments=self.first_moments,
        )


def _html(block: gr.Blocks | gr.Tab) -> Markup:
    part = next(it for it in block.children if isinstance(it, gr.HTML))
    return Markup(part.value)  # noqa: S704
