"""One model's tab: the form on the left, what came back on the right, and what connects them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components.catalog.request import ModelRequest
from components.interface.examples import build_examples
from components.interface.form import Control, build_form, targets_of, widgets_of
from components.interface.problems import build_problems
from components.interface.reference_events import References
from components.interface.reference_panel import ReferencePanel, build_panel, remember_draft
from components.interface.results import ResultView, build_result
from components.interface.services import Services
from components.interface.tab_events import TabEvents

QUIET: Mapping[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
}
"""How every handler of the page is called: at once, without a spinner, hidden from the API."""


@dataclass(frozen=True)
class Memory:
    """What a tab keeps in the browser: the run it shows, and the draft of its form.

    It stands outside the tab: a state inside one that was never opened is not read on a reload.
    """

    shown: gr.BrowserState
    draft: gr.BrowserState


def remember(model: type[ModelRequest]) -> Memory:
    """Make a tab's memory. The secret only keeps it readable after a restart."""
    shown = gr.BrowserState(
        None,
        storage_key=f"shown-{model.api_name}",
        secret="playground",  # noqa: S106
    )
    return Memory(shown, remember_draft(model))


@dataclass(frozen=True)
class ModelTab:
    """A tab's parts, by name."""

    model: type[ModelRequest]
    controls: Mapping[str, Control]
    panel: ReferencePanel
    problems: gr.HTML
    generate: gr.Button
    result: ResultView
    shown: gr.BrowserState
    examples: gr.HTML

    def form_values(self) -> dict[str, Component]:
        """The inputs a handler needs to read the form, by name."""
        return {"draft": self.panel.draft, **widgets_of(self.controls)}


def build_model_tab(model: type[ModelRequest], memory: Memory, services: Services) -> ModelTab:
    """Lay out a model's tab and wire it."""
    parts = _lay_out(model, memory)
    events = TabEvents(parts, services)
    _wire_runs(parts, events)
    _wire_form(parts, events)
    return parts


def _lay_out(model: type[ModelRequest], memory: Memory) -> ModelTab:
    name = model.api_name
    panels: list[ReferencePanel] = []
    with gr.Row(elem_classes="workbench", equal_height=False):
        with gr.Column(scale=5, min_width=320, elem_classes="request"):
            examples = build_examples(model)
            controls = build_form(
                model, below_prompt=lambda: panels.append(build_panel(model, memory.draft))
            )
            problems = build_problems(name)
            with gr.Row(elem_classes="actions"):
                generate = gr.Button("Generate", variant="primary", elem_id=f"{name}-generate")
        with gr.Column(scale=6, min_width=320, elem_classes="result"):
            result = build_result(name, model.output)
    return ModelTab(
        model=model,
        controls=controls,
        panel=panels[0],
        problems=problems,
        generate=generate,
        result=result,
        shown=memory.shown,
        examples=examples,
    )


def _wire_runs(tab: ModelTab, events: TabEvents) -> None:
    run_it: dict[str, Any] = {
        "fn": events.generate,
        "inputs_kwargs": tab.form_values(),
        "outputs": [tab.problems, tab.shown, *tab.result.parts()],
        "preprocess": False,
        **QUIET,
    }
    tab.generate.click(**run_it)
    tab.examples.select(events.fill_example, outputs=targets_of(tab.controls), **QUIET).then(
        **run_it
    )
    tab.result.card.select(
        events.act_on_run,
        inputs_kwargs={"run_id": tab.shown},
        outputs=tab.result.parts(),
        **QUIET,
    )


def _wire_form(tab: ModelTab, events: TabEvents) -> None:
    """Look at the references whenever the form changes, and bring a kept draft back."""
    panel, services = tab.panel, events.services
    references = References(
        model=tab.model,
        controls=tab.controls,
        panel=panel,
        preparations=services.preparations,
        media=services.media,
        kit=services.kit,
        clock=services.clock,
        upload_folder=services.upload_folder,
    )
    look: dict[str, Any] = {
        "inputs_kwargs": {"numbered": panel.numbered, **tab.form_values()},
        "outputs": [*panel.parts(), *tab.controls["prompt"].targets],
        "preprocess": False,
        **QUIET,
    }
    # Not "always_last": after one deferred call, gradio 6.31 sends no more of an unqueued event.
    gr.on([*_added(tab), panel.html.input], references.look, trigger_mode="multiple", **look)
    acting = {**look, "outputs": [*panel.parts(), *targets_of(tab.controls)]}
    panel.html.select(references.act, **acting)
    panel.html.submit(
        references.restore,
        inputs_kwargs={"draft": panel.draft},
        outputs=targets_of(tab.controls),
        **QUIET,
    ).then(references.look, **look)


def _added(tab: ModelTab) -> list[Callable[..., Any]]:
    """The events by which media come and go; the panel itself sees typing, choosing and leaving.

    Fewer triggers make a quicker page: for every component gradio searches all of them.
    """
    widgets: Mapping[str, Any] = widgets_of(tab.controls)
    media = (gr.Gallery, gr.Image, gr.Video)
    return [widget.change for widget in widgets.values() if isinstance(widget, media)]
