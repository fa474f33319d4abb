"""What is written down about a run that leaves the playground: its settings and its receipt."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from components.interface.parts.feed.card.run_words import iso
from components.runs.run import Run

VERSION = "0.1.0"
"""The playground's version, as pyproject.toml has it; settings say which one wrote them."""
_COLUMNS = (
    "run_id",
    "title",
    "model",
    "status",
    "created_at",
    "finished_at",
    "quoted_usd",
    "charged_usd",
    "prompt",
    "settings",
    "files",
)
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Full-width signs count as well: spreadsheets set to East Asian languages read them so."""


def settings_of(run: Run) -> dict[str, Any]:
    """What brings the form back: the model and the request, and whose settings they are."""
    return {
        "version": VERSION,
        "model": run.model,
        "request": run.request,
        "run_id": run.id,
        "created_at": iso(run.created_at),
    }


def receipt_of(run: Run, files: Iterable[str]) -> dict[str, Any]:
    """What was asked, what it cost and what happened when; amounts in USD, times in UTC."""
    return {
        "run_id": run.id,
        "title": run.title,
        "note": run.remark,
        "model": run.model,
        "status": str(run.status),
        "created_at": iso(run.created_at),
        "submitted_at": iso(run.submitted_at),
        "finished_at": iso(run.finished_at),
        "generation_id": run.generation_id,
        "inference_id": run.inference_id,
        "provider_request_id": run.provider_request_id,
        "quoted_usd": run.quoted_usd,
        "charged_usd": run.charged_usd,
        "error": run.error or None,
        "events": [{"at": iso(event.at), "what": event.what} for event in run.events],
        "files": list(files),
    }


def receipts_table(receipts: Iterable[tuple[Run, Mapping[str, Any]]]) -> bytes:
    """The receipts as CSV in UTF-8 with a mark, which spreadsheets need; one row a run."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for run, receipt in receipts:
        settings = {name: value for name, value in run.request.items() if name != "prompt"}
        row = {
            **receipt,
            "prompt": run.prompt,
            "settings": json.dumps(settings, ensure_ascii=False),
            "files": " ".join(receipt["files"]),
        }
        writer.writerow({name: spreadsheet_safe(row[name]) for name in _COLUMNS})
    return text.getvalue().encode("utf-8-sig")


def as_json(value: Mapping[str, Any]) -> bytes:
    """JSON that people can read too."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def spreadsheet_safe(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe, which it hides."""
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return f"'{value}"
    return value
