"""A run's card: its status, what came back, and what can be done with it."""

import json
import math
from typing import Any

from markupsafe import Markup

from components.catalog import Catalog
from components.catalog.fields import VideoRef
from components.interface.parts.feed.card.awaited_frame import awaited, columns_of
from components.interface.parts.feed.card.run_media import poster_of
from components.interface.parts.feed.card.run_words import (
    WEB_SCHEMES,
    download_name,
    message_of,
    output_url,
    request_view,
    setting_facts,
    status_words,
)
from components.interface.services import Services
from components.interface.widgets.templating import render
from components.interface.widgets.wording import span_text
from components.media.formats.wording import megabytes
from components.runs.new_runs.resend import can_look_again
from components.runs.run import Output, Run, Status

LATE_PERCENT = 97
"""Where the bar waits when a run takes longer than expected: it never claims to be finished."""
LOOK_AT_QUEUE_S = 5
"""The place in the queue, and what holds it up, change without a change to the run."""
LONG_PROMPT_CHARS = 400
"""A longer prompt is folded, so that the buttons stay near the result."""


def card_html(run: Run, services: Services) -> Markup:
    """The whole card."""
    now = services.clock()
    catalog = services.catalog
    model = catalog.by_id(run.model)
    words = status_words(run, catalog)
    frame = None if run.status.is_final else awaited(model, run.request, services.media)
    files = _files(run, catalog)
    return render(
        "card.html",
        run=run,
        model=model,
        label=words.label,
        message=message_of(run, catalog),
        elapsed_s=max(0.0, (run.finished_at or now) - run.created_at),
        percent=None if run.status.is_final else percent_done(run, now),
        sent_s=_sent_s(run, now),
        expected=_expected(run, services, now),
        look_in_s=_look_in_s(run, services, now),
        again=services.runs.quote(model, run.request),
        can_look_again=can_look_again(run),
        can_cancel=not (run.cancel_requested or run.status.is_final or run.status is Status.SAVING),
        files=files,
        frame=frame,
        shows_source=any(isinstance(it, VideoRef) for it in model.parameters().values()),
        columns=frame.columns if frame else columns_of(len(files)),
        remote=_remote(run),
        folds_prompt=len(run.prompt) > LONG_PROMPT_CHARS,
        facts=setting_facts(run, catalog),
        request=json.dumps(request_view(run, catalog), indent=2, ensure_ascii=False),
        response=json.dumps(run.response, indent=2, ensure_ascii=False) if run.response else "",
    )


def _expected(run: Run, services: Services, now: float) -> str:
    """How long a run like this takes, as honestly as it is known."""
    if run.status.is_final or run.status in (Status.QUEUED, Status.UNCERTAIN):
        return ""
    usual = services.runs.expectations.expect(run.model, run.request)
    span = span_text(usual.low_s, usual.high_s)
    is_late = now - (run.submitted_at or run.created_at) > usual.unusual_s
    return (
        f"longer than the usual {span}"
        if is_late and "usual" not in run.note
        else f"usually {span}"
    )


def _look_in_s(run: Run, services: Services, now: float) -> int | None:
    """When the card says something else though nothing happened to the run; None for never."""
    if run.status is Status.QUEUED:
        return LOOK_AT_QUEUE_S
    if run.status.is_final or run.status is Status.UNCERTAIN:
        return None
    usual = services.runs.expectations.expect(run.model, run.request)
    left_s = usual.unusual_s - (now - (run.submitted_at or run.created_at))
    return math.ceil(left_s) + 1 if left_s > 0 else None


def _sent_s(run: Run, now: float) -> float | None:
    """How long the provider has it; None where the bar does not go by that."""
    if run.status.is_final or run.status in (Status.QUEUED, Status.UNCERTAIN, Status.SAVING):
        return None
    return max(0.0, now - (run.submitted_at or run.created_at)) if run.expected_s else None


def percent_done(run: Run, now: float) -> int:
    """How far the bar goes, by the time a run like this usually takes; the page moves it on."""
    if run.status is Status.SAVING:
        return LATE_PERCENT
    sent_s = _sent_s(run, now)
    if sent_s is None or not run.expected_s:
        return 2
    share = sent_s / run.expected_s
    return min(LATE_PERCENT, max(2, round(share * 95)))


def _files(run: Run, catalog: Catalog) -> list[dict[str, Any]]:
    return [
        {
            "index": number - 1,
            "kind": output.kind,
            "url": output_url(output),
            "poster": poster_of(output),
            "width": output.width_px,
            "height": output.height_px,
            "download": download_name(run, number, catalog),
            "facts": " · ".join(_output_facts(output)),
        }
        for number, output in enumerate(run.outputs, 1)
        if output.name
    ]


def _output_facts(output: Output) -> list[str]:
    facts = [output.mime.partition("/")[2].upper(), f"{output.width_px}×{output.height_px}"]
    if output.duration_s:
        facts.append(f"{output.duration_s:.0f} s")
    if output.size_bytes:
        facts.append(megabytes(output.size_bytes))
    return facts


def _remote(run: Run) -> list[str]:
    """While copies are missing, or for good, the provider's own addresses are the result."""
    if run.status not in (Status.SAVING, Status.FAILED):
        return []
    return [
        output.remote_url
        for output in run.outputs
        if output.remote_url.startswith(WEB_SCHEMES) and not output.name
    ]
