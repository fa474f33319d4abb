"""A run in words and plain values: for the card, for History, and for the API."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from components.catalog import Catalog
from components.catalog.fields import Choice, Count, Switch
from components.media.store.media_store import REF_PREFIX, ref
from components.runs.queries.history import RunSummary
from components.runs.run import Output, Run, Status
from components.runs.wording import LOOKED_FOR

SHORT_PROMPT_CHARS = 40
WEB_SCHEMES = ("https://", "http://")


@dataclass(frozen=True)
class StatusWords:
    """A short label, and one sentence for when the run itself has nothing to say."""

    label: str
    explanation: str


_WORDS = {
    Status.QUEUED: StatusWords(
        "Queued", "Waiting to be sent. Nothing is charged yet, and cancelling is free."
    ),
    Status.SUBMITTING: StatusWords(
        "Sending",
        "On its way to the provider. It is charged only once the provider accepts it; you can "
        "leave the page.",
    ),
    Status.UNCERTAIN: StatusWords("Looking for it", f"The answer was lost. {LOOKED_FOR}"),
    Status.GENERATING: StatusWords(
        "Generating",
        "The provider is at work. A generation that fails is not charged. You can leave the page; "
        "nothing is lost.",
    ),
    Status.SAVING: StatusWords(
        "Saving",
        "Finished and paid for. The result is being copied here; you can leave the page.",
    ),
    Status.DONE: StatusWords("Done", "Finished and saved."),
    Status.FAILED: StatusWords("Failed", "It did not work."),
    Status.CANCELLED: StatusWords(
        "Cancelled", "Withdrawn before it was sent. Nothing was charged."
    ),
}
_PICTURES_AT_WORK = StatusWords(
    "Generating",
    "The provider is painting. What fails is not charged. You can leave the page; nothing is lost.",
)


def status_label(status: Status) -> str:
    """The label of a status, whatever the run."""
    return _WORDS[status].label


def status_words(run: Run | RunSummary, catalog: Catalog) -> StatusWords:
    """The words for a run's status; pictures are made while the request is still open."""
    if _goes_on_in_vain(run):
        return StatusWords(
            _WORDS[run.status].label,
            "The provider cannot stop a run it has accepted, and bills it. "
            "Its result will still be kept in History.",
        )
    if run.status is Status.SUBMITTING and catalog.by_id(run.model).output == "image":
        return _PICTURES_AT_WORK
    return _WORDS[run.status]


def message_of(run: Run | RunSummary, catalog: Catalog) -> str:
    """What is told of a run now; whoever cancelled it is told first what that brings."""
    explanation = status_words(run, catalog).explanation
    if _goes_on_in_vain(run):
        return f"{explanation} {run.note}".rstrip()
    return run.error or run.note or explanation


def _goes_on_in_vain(run: Run | RunSummary) -> bool:
    """Whether it was cancelled, and the provider has it."""
    return run.cancel_requested and not run.status.is_final


def reason_of(run: Run | RunSummary, catalog: Catalog) -> str:
    """Why a run ended without a result, in the first sentence; "" where it did not."""
    if not run.status.is_final or run.status is Status.DONE:
        return ""
    first, stop, _ = run.error.partition(". ")
    return f"{first}{stop.strip()}" if run.error else f"{status_words(run, catalog).label}."


def output_url(output: Output) -> str:
    """Our own copy, else the provider's address, "" where that is none a browser should follow."""
    if output.name:
        return ref(output.name)
    return output.remote_url if output.remote_url.startswith(WEB_SCHEMES) else ""


def thumb_url(run: Run | RunSummary) -> str:
    """The first thumbnail, or "" while there is none."""
    return next((ref(output.thumb) for output in run.outputs if output.thumb), "")


def clip_url(run: Run | RunSummary) -> str:
    """Our copy of the first video, or "" while there is none."""
    return next((ref(it.name) for it in run.outputs if it.kind == "video" and it.name), "")


def file_stem(run: Run, catalog: Catalog) -> str:
    """What the names of a run's files begin with: model, prompt, date and id, in plain letters."""
    words = re.sub(r"[^\w]+", "-", run.prompt[:SHORT_PROMPT_CHARS], flags=re.ASCII).strip("-")
    day = datetime.fromtimestamp(run.created_at, UTC).strftime("%Y-%m-%d")
    model = catalog.by_id(run.model).api_name
    return f"{model}_{words or 'run'}_{day}_{run.id[:8]}".lower()


def download_name(run: Run, number: int, catalog: Catalog) -> str:
    """The name of a result, counted from 1."""
    suffix = PurePath(run.outputs[number - 1].name or "").suffix
    return f"{file_stem(run, catalog)}-{number}{suffix}"


def request_view(run: Run, catalog: Catalog) -> dict[str, Any]:
    """The body as it is sent, each file's data URI shortened to what it is."""

    def shorten(reference: str, kind: str) -> str:
        if not reference.startswith(REF_PREFIX):
            return reference
        return f"data:{kind}/…;base64,… (the file {reference})"

    try:
        return catalog.by_id(run.model).parse(run.request).payload(shorten)
    except Exception:  # noqa: BLE001  a request of an older catalogue is still shown as it was kept
        return {"model": run.model, **run.request}


def run_as_json(run: Run, catalog: Catalog) -> dict[str, Any]:
    """The run as the API returns it."""
    return {
        "id": run.id,
        "model": run.model,
        "status": str(run.status),
        "request": run.request,
        "generation_id": run.generation_id,
        "outputs": [
            {
                "url": output_url(output),
                "kind": output.kind,
                "mime": output.mime,
                "width": output.width_px,
                "height": output.height_px,
                "duration_s": output.duration_s,
                "size_bytes": output.size_bytes,
            }
            for output in run.outputs
        ],
        "error": run.error or None,
        "note": _note(run, catalog),
        "quoted_usd": run.quoted_usd,
        "charged_usd": run.charged_usd,
        "created_at": iso(run.created_at),
        "finished_at": iso(run.finished_at),
    }


def _note(run: Run, catalog: Catalog) -> str | None:
    """What is going on, in a sentence; one that the provider has is never without a word."""
    if _goes_on_in_vain(run):
        return message_of(run, catalog)
    has_it = run.status in (Status.GENERATING, Status.SAVING)
    return run.note or (status_words(run, catalog).explanation if has_it else None)


def iso(seconds: float | None) -> str | None:
    """Seconds since the epoch as ISO 8601 has them, in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def setting_facts(run: Run, catalog: Catalog) -> list[str]:
    """What a run was asked for besides its prompt and files, in words, from the catalogue."""
    model = catalog.by_id(run.model)
    facts = [model.title]
    for name, parameter in model.parameters().items():
        is_setting = isinstance(parameter, Choice | Count | Switch) and not parameter.advanced
        if is_setting and name in run.request:
            unit = getattr(parameter, "unit", "")
            facts.append(f"{parameter.label}: {_plain(run.request[name])} {unit}".rstrip())
    facts.append(f"run {run.id[:8]}")
    return facts


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
