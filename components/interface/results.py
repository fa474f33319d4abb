"""What a run looks like: the status card, the gallery of pictures, the player."""

import json
import math
from abc import ABCMeta
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr
from gradio.component_meta import ComponentMeta
from gradio.components import Component

from components.catalog import model_by_id
from components.catalog.fields import MediaKind
from components.interface.describe import download_name, output_url, request_view, status_words
from components.runs.run import Output, Run, Status

LATE_PERCENT = 97
"""Where the bar waits when a run takes longer than expected: it never claims to be finished."""

EMPTY_CARD = """
<section class="run-card empty">
  <p class="headline">Your result appears here.</p>
  <p>Fill in the form and press <b>Generate</b>, or start with one of the examples.
  You can leave the page: runs go on and are kept in History.</p>
</section>
"""


class _WithoutStub(ComponentMeta):
    """Gradio's metaclass writes a .pyi file beside every subclass; importing must write nothing."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        return ABCMeta.__new__(mcs, name, bases, attrs)


class ResultGallery(gr.Gallery, metaclass=_WithoutStub):
    """A gallery that lets the browser load our own media route; gradio would copy every file."""

    is_template = True

    def postprocess(self, value: Any) -> Any:
        """Take a list of (address, caption)."""
        return [
            {"image": {"path": url, "url": url, "orig_name": url}, "caption": caption}
            for url, caption in value or []
        ]


class ResultPlayer(gr.Video, metaclass=_WithoutStub):
    """A player that lets the browser load our own media route, with ranges."""

    is_template = True

    def postprocess(self, value: Any) -> Any:
        """Take an address."""
        return {"path": value, "url": value, "orig_name": "result.mp4"} if value else None


_CARD_ON_LOAD = """
let waiting;
const follow = () => {
  clearTimeout(waiting);
  const card = element.querySelector('.run-card[data-active]');
  if (!card) return;
  waiting = setTimeout(async () => {
    const answer = await fetch(`runs/${card.dataset.run}/card`).catch(() => null);
    if (answer?.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').body;
      const next = fresh.firstElementChild;
      if (next.dataset.signature !== card.dataset.signature) {
        trigger('select', {action: 'refresh', run: card.dataset.run});
      }
      if (card.isConnected) card.replaceWith(next);
    }
    follow();
  }, document.hidden ? 5000 : 1000);
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-action]');
  if (button) trigger('select', {...button.dataset});
});
watch('value', follow);
if (localStorage.getItem('shown-FORM')) trigger('select', {action: 'restore'});
"""


@dataclass(frozen=True)
class ResultView:
    """The right half of a tab. The card follows its run by itself; its `select` says what to do."""

    card: gr.HTML
    media: ResultGallery | ResultPlayer
    details: gr.HTML

    def parts(self) -> list[Component]:
        """The components that `show_run` updates."""
        return [self.card, self.media, self.details]


def build_result(api_name: str, kind: MediaKind) -> ResultView:
    """Lay out the status card, the gallery or the player, and the details."""
    card = gr.HTML(
        EMPTY_CARD,
        js_on_load=_CARD_ON_LOAD.replace("FORM", api_name),
        elem_id=f"{api_name}-card",
        elem_classes="card-slot",
    )
    media: ResultGallery | ResultPlayer
    if kind == "image":
        media = ResultGallery(
            label="Pictures",
            show_label=False,
            columns=3,
            height="auto",
            object_fit="contain",
            visible=False,
            interactive=False,
            buttons=["fullscreen"],
            elem_id=f"{api_name}-result",
            elem_classes="result-media",
        )
    else:
        media = ResultPlayer(
            label="Video",
            show_label=False,
            visible=False,
            interactive=False,
            autoplay=True,
            loop=True,
            buttons=[],
            elem_id=f"{api_name}-result",
            elem_classes="result-media",
        )
    details = gr.HTML("", js_on_load=None, elem_id=f"{api_name}-details")
    return ResultView(card, media, details)


def show_run(view: ResultView, run: Run, now: float) -> dict[Any, Any]:
    """Updates of the whole view."""
    saved = [output for output in run.outputs if output.name]
    if isinstance(view.media, ResultGallery):
        value: Any = [(output_url(output), None) for output in saved]
        columns = min(3, math.ceil(math.sqrt(len(saved)))) or 1
        media = gr.update(value=value, visible=bool(saved), columns=columns)
    else:
        media = gr.update(value=output_url(saved[0]) if saved else None, visible=bool(saved))
    return {
        view.card: gr.update(value=card_html(run, now)),
        view.media: media,
        view.details: gr.update(value=details_html(run)),
    }


def card_html(run: Run, now: float) -> str:
    """The status card; everything in it is escaped, since gr.HTML runs what it is given.

    `data-signature` changes exactly when what stands below the card must be drawn again.
    """
    words = status_words(run)
    message = run.error or run.note or words.explanation
    signature = f"{run.status} {sum(bool(output.name) for output in run.outputs)}"
    active = "" if run.status.is_final else "data-active"
    return f"""
<section class="run-card" data-status="{run.status}" data-run="{escape(run.id)}"
         data-signature="{signature}" {active}>
  <div class="card-top">
    <span class="pill pill-{run.status}" role="status">{escape(words.label)}</span>
    {_clock(run, now)}{_cancel(run)}
  </div>
  {_progress(run, now)}
  <p class="message">{escape(message)}</p>
  {_remote_links(run)}
</section>
"""


def _cancel(run: Run) -> str:
    if run.cancel_requested or run.status.is_final or run.status is Status.SAVING:
        return ""
    return (
        f'<button type="button" class="cancel" data-action="cancel" data-run="{escape(run.id)}">'
        "Cancel</button>"
    )


def details_html(run: Run) -> str:
    """Downloads, the prompt, and the exact request and response."""
    model = model_by_id(run.model)
    request = json.dumps(request_view(run), indent=2, ensure_ascii=False)
    response = json.dumps(run.response, indent=2, ensure_ascii=False) if run.response else ""
    answer = (
        f"<h4>Response</h4><pre tabindex='0'>{escape(response)}</pre>"
        if response
        else "<p>No response yet.</p>"
    )
    return f"""
<section class="run-details">
  {_downloads(run)}
  <p class="asked">{escape(run.prompt)}</p>
  <p class="facts">{" · ".join(_facts(run))}</p>
  <details><summary>Request and response</summary>
    <h4>Request · POST {escape(model.endpoint())}</h4><pre tabindex='0'>{escape(request)}</pre>
    {answer}
  </details>
</section>
"""


def _clock(run: Run, now: float) -> str:
    began = run.created_at
    if run.finished_at:
        return f'<span class="clock">took {_span(run.finished_at - began)}</span>'
    expected = f" of about {_span(run.expected_s)}" if run.expected_s else ""
    elapsed_s = max(0.0, now - began)
    return (
        f'<span class="clock"><span data-elapsed-s="{elapsed_s:.1f}">{_span(elapsed_s)}</span>'
        f"{expected}</span>"
    )


def _progress(run: Run, now: float) -> str:
    if run.status.is_final:
        return ""
    percent = _percent(run, now)
    return (
        f'<div class="progress" role="progressbar" aria-label="Progress" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent}">'
        f'<div style="width:{percent}%"></div></div>'
    )


def _percent(run: Run, now: float) -> int:
    if run.status is Status.SAVING:
        return LATE_PERCENT
    if not run.expected_s or run.status in (Status.QUEUED, Status.UNCERTAIN):
        return 2
    share = max(0.0, now - (run.submitted_at or run.created_at)) / run.expected_s
    return min(LATE_PERCENT, max(2, round(share * 95)))


def _remote_links(run: Run) -> str:
    """While copies are missing, the provider's own addresses are the result."""
    if run.status is not Status.SAVING:
        return ""
    links = [
        f'<a href="{escape(output.remote_url)}" rel="noreferrer" target="_blank">'
        f"at the provider ({number})</a>"
        for number, output in enumerate(run.outputs, 1)
        if output.remote_url.startswith(("https://", "http://")) and not output.name
    ]
    return f'<p class="remote">Result {", ".join(links)}</p>' if links else ""


def _downloads(run: Run) -> str:
    items = [
        f'<a class="download" href="{escape(output_url(output))}" '
        f'download="{escape(download_name(run, number))}">'
        f"<b>Download{f' {number}' if len(run.outputs) > 1 else ''}</b> "
        f"<span>{escape(' · '.join(_output_facts(output)))}</span></a>"
        for number, output in enumerate(run.outputs, 1)
        if output.name
    ]
    return f'<div class="downloads">{"".join(items)}</div>' if items else ""


def _output_facts(output: Output) -> list[str]:
    facts = [output.mime.partition("/")[2].upper(), f"{output.width_px}×{output.height_px}"]
    if output.duration_s:
        facts.append(f"{output.duration_s:.0f} s")
    if output.size_bytes:
        facts.append(f"{output.size_bytes / 1e6:.1f} MB")
    return facts


def _facts(run: Run) -> list[str]:
    facts = [escape(model_by_id(run.model).title)]
    facts += [
        f"{escape(str(name).replace('_', ' '))} {escape(str(value))}"
        for name, value in run.request.items()
        if isinstance(value, str | int)
        and name not in ("prompt", "provider")
        and not str(value).startswith(("/media/", "http"))
    ]
    if run.charged_usd is not None:
        facts.append(f"charged ${run.charged_usd:.4f}")
    facts.append(f"run {escape(run.id[:8])}")
    return facts


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
