"""History: every run that was made, newest first; a click opens it in its tab."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

import gradio as gr

from components.catalog import MODELS, model_by_id
from components.interface.describe import status_words, thumb_url
from components.interface.form import Updates
from components.interface.services import Services
from components.runs.history import Page, Query, RunCard
from components.runs.run import Status

PAGE_RUNS = 24
_ON_LOAD = """
element.addEventListener('click', (event) => {
  const card = event.target.closest('[data-run]');
  if (card) trigger('select', {run: card.dataset.run});
});
"""
_EMPTY = """
<p class="history-empty">No runs here yet. What you generate is kept, also when it fails.</p>
"""


@dataclass(frozen=True)
class HistoryTab:
    """The tab's parts; `grid.select` carries the run's id as `run`."""

    grid: gr.HTML
    text: gr.Textbox
    model: gr.Dropdown
    status: gr.Dropdown
    newest: gr.Button
    older: gr.Button
    cursor: gr.State

    def filters(self) -> dict[str, Any]:
        """What a listing depends on, by name."""
        return {"text": self.text, "model": self.model, "status": self.status}


def build_history(tab: gr.Tab, services: Services) -> HistoryTab:
    """Lay out the filters and the grid, and list whenever they change or the tab is opened."""
    with gr.Row(elem_classes="filters"):
        text = gr.Textbox(
            label="Search prompts", placeholder="a word", scale=3, elem_id="history-text"
        )
        model = gr.Dropdown(
            [("All models", ""), *((it.title, it.model_id) for it in MODELS)],
            value="",
            label="Model",
            elem_id="history-model",
        )
        status = gr.Dropdown(
            [("Any status", ""), *((str(it).capitalize(), str(it)) for it in Status)],
            value="",
            label="Status",
            elem_id="history-status",
        )
    grid = gr.HTML(_EMPTY, js_on_load=_ON_LOAD, elem_id="history-grid")
    with gr.Row(elem_classes="pager"):
        newest = gr.Button("Newest", size="sm", elem_id="history-newest")
        older = gr.Button("Older", size="sm", visible=False, elem_id="history-older")
    history = HistoryTab(grid, text, model, status, newest, older, gr.State(""))
    _wire(history, tab, services)
    return history


def _wire(history: HistoryTab, tab: gr.Tab, services: Services) -> None:
    listing: dict[str, Any] = {
        "outputs": [history.grid, history.older, history.cursor],
        "queue": False,
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    first = _list_handler(history, services)
    gr.on(
        [
            tab.select,
            history.newest.click,
            history.text.change,
            history.model.change,
            history.status.change,
        ],
        first,
        inputs_kwargs=history.filters(),
        **listing,
    )
    history.older.click(
        first, inputs_kwargs={**history.filters(), "cursor": history.cursor}, **listing
    )


def _list_handler(history: HistoryTab, services: Services) -> Callable[..., Updates]:
    def show(text: str, model: str, status: str, cursor: str = "") -> Updates:
        query = Query(text=text, model=model, status=status, limit=PAGE_RUNS, cursor=cursor)
        page = services.runs.find_cards(query)
        return {
            history.grid: grid_html(page, services.clock()),
            history.older: gr.update(visible=bool(page.next_cursor)),
            history.cursor: page.next_cursor,
        }

    return show


def grid_html(page: Page[RunCard], now: float) -> str:
    """The runs as a grid of buttons; everything in it is escaped."""
    if not page.runs:
        return _EMPTY
    return f'<div class="history">{"".join(_card(run, now) for run in page.runs)}</div>'


def _card(run: RunCard, now: float) -> str:
    model = model_by_id(run.model)
    thumb = thumb_url(run)
    picture = f'<img src="{escape(thumb)}" alt="" loading="lazy">' if thumb else ""
    cost = "" if run.charged_usd is None else f"${run.charged_usd:.2f}"
    when = datetime.fromtimestamp(run.created_at, UTC)
    return f"""
<button type="button" class="history-card" data-run="{escape(run.id)}">
  <span class="thumb" data-kind="{model.output}">{picture}</span>
  <span class="line"><span class="pill pill-{run.status}">{escape(status_words(run).label)}</span>
    <span>{escape(model.title)}</span></span>
  <span class="prompt">{escape(run.prompt)}</span>
  <span class="line quiet"><time datetime="{when.isoformat()}">{_ago(now - run.created_at)}</time>
    <span>{cost}</span></span>
</button>"""


def _ago(seconds: float) -> str:
    for unit_s, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // unit_s)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
