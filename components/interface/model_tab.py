"""One model's tab: the form on the left, what came back on the right, and what happens between."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from components.catalog.request import Example, ModelRequest
from components.errors import InvalidRequest, PlaygroundError
from components.interface.examples import build_examples, example_values
from components.interface.form import (
    Control,
    build_form,
    fill_form,
    read_form,
    targets_of,
    widgets_of,
)
from components.interface.intake import Intake, find_uploads
from components.interface.problems import build_problems, problems_value
from components.interface.results import ResultView, build_result, show_card, show_run, signature
from components.runs.run import Run, Status
from components.runs.service import RunService

TICK_S = 1.0
LOGGER = logging.getLogger(__name__)
Updates = dict[Any, Any]


@dataclass(frozen=True)
class Services:
    """What the page works with."""

    runs: RunService
    intake: Intake
    samples: Path
    upload_folder: str
    balance_usd: Callable[[], float]
    is_sandbox: bool
    clock: Callable[[], float] = time.time


@dataclass(frozen=True)
class ModelTab:
    """A tab's parts, by name."""

    model: type[ModelRequest]
    controls: Mapping[str, Control]
    problems: gr.HTML
    generate: gr.Button
    cancel: gr.Button
    result: ResultView
    timer: gr.Timer
    shown: gr.BrowserState
    drawn: gr.State
    examples: gr.HTML

    def updates_for(self, run: Run | None, now: float) -> Updates:
        """Everything on the right half that shows a run."""
        active = run is not None and not run.status.is_final
        return {
            **show_run(self.result, run, now),
            self.timer: gr.Timer(active=active),
            self.cancel: gr.update(visible=_can_cancel(run)),
            self.shown: run.id if run else None,
            self.drawn: signature(run),
        }

    def result_parts(self) -> list[Component]:
        """The components `updates_for` may update."""
        view = self.result
        return [
            view.card,
            view.media,
            view.details,
            self.timer,
            self.cancel,
            self.shown,
            self.drawn,
        ]


def _can_cancel(run: Run | None) -> bool:
    if run is None or run.cancel_requested:
        return False
    return not run.status.is_final and run.status is not Status.SAVING


def remember_run(model: type[ModelRequest]) -> gr.BrowserState:
    """What a tab shows, kept in the browser; inside a tab it is not read before that tab opens."""
    return gr.BrowserState(
        None,
        storage_key=f"shown-{model.api_name}",
        secret="playground",  # noqa: S106
    )


def build_model_tab(
    model: type[ModelRequest], shown: gr.BrowserState, services: Services
) -> ModelTab:
    """Lay out a model's tab and wire it."""
    tab = _lay_out(model, shown)
    _wire(tab, services)
    return tab


def _lay_out(model: type[ModelRequest], shown: gr.BrowserState) -> ModelTab:
    name = model.api_name
    drawn = gr.State("")
    timer = gr.Timer(TICK_S, active=False)
    with gr.Row(elem_classes="workbench", equal_height=False):
        with gr.Column(scale=5, min_width=320, elem_classes="request"):
            examples = build_examples(model)
            controls = build_form(model)
            problems = build_problems(name)
            with gr.Row(elem_classes="actions"):
                generate = gr.Button("Generate", variant="primary", elem_id=f"{name}-generate")
        with gr.Column(scale=6, min_width=320, elem_classes="result"):
            result = build_result(name, model.output)
            cancel = gr.Button("Cancel", size="sm", visible=False, elem_id=f"{name}-cancel")
    return ModelTab(
        model, controls, problems, generate, cancel, result, timer, shown, drawn, examples
    )


def _wire(tab: ModelTab, services: Services) -> None:
    generate = _generate_handler(tab, services)
    run_it: dict[str, Any] = {
        "fn": generate,
        "inputs_kwargs": widgets_of(tab.controls),
        "outputs": [tab.problems, *tab.result_parts()],
        "preprocess": False,
        "queue": False,
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    tab.generate.click(**run_it)
    filled = tab.examples.select(
        _example_handler(tab, services),
        outputs=targets_of(tab.controls),
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    filled.then(**run_it)
    tab.timer.tick(
        _tick_handler(tab, services),
        inputs_kwargs={"run_id": tab.shown, "drawn": tab.drawn},
        outputs=tab.result_parts(),
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    tab.cancel.click(
        _cancel_handler(tab, services),
        inputs_kwargs={"run_id": tab.shown},
        outputs=tab.result_parts(),
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )


def _generate_handler(tab: ModelTab, services: Services) -> Callable[..., Updates]:
    def generate(**values: Any) -> Updates:
        try:
            found = find_uploads(values, services.upload_folder)
            request = services.intake.admit(tab.model, read_form(tab.controls, found))
            run = services.runs.submit(request)
        except InvalidRequest as error:
            return _problems(tab, error.problems)
        except PlaygroundError as error:
            return _problems(tab, {"": str(error)})
        except Exception:
            LOGGER.exception("a request could not be taken")
            return _problems(
                tab,
                {"": "Something went wrong here. Nothing was sent or charged. Try it again."},
            )
        return {**_problems(tab, {}), **tab.updates_for(run, services.clock())}

    return generate


def _problems(tab: ModelTab, problems: Mapping[str, str]) -> Updates:
    return {tab.problems: problems_value(tab.model.api_name, problems)}


def _example_handler(tab: ModelTab, services: Services) -> Callable[..., Updates]:
    def fill(event: gr.EventData) -> Updates:
        example: Example = tab.model.examples[int(event.example)]
        values = example_values(tab.model, example, services.samples)
        return fill_form(tab.controls, tab.model, values)

    return fill


def _tick_handler(tab: ModelTab, services: Services) -> Callable[..., Updates]:
    def tick(run_id: str | None, drawn: str) -> Updates:
        now = services.clock()
        try:
            run = services.runs.get(run_id) if run_id else None
        except PlaygroundError:
            run = None
        if run and signature(run) == drawn:
            return show_card(tab.result, run, now)
        return tab.updates_for(run, now)

    return tick


def _cancel_handler(tab: ModelTab, services: Services) -> Callable[..., Updates]:
    def cancel_shown(run_id: str | None) -> Updates:
        try:
            run = services.runs.cancel(run_id) if run_id else None
        except PlaygroundError:
            run = None
        return tab.updates_for(run, services.clock())

    return cancel_shown
