"""A run made such that a database takes it, whatever came back from outside. Pure functions."""

import json
from contextlib import suppress
from dataclasses import replace
from math import isfinite
from typing import Any

from components.catalog.storable_text import storable
from components.runs.retry import MINUTE_S
from components.runs.run import Event, Output, Run, Status

ID_MAX_CHARS = 256
"""As many as the columns of the provider's ids take."""
_IDS = ("generation_id", "inference_id", "provider_request_id")
_NUMBERS = ("submitted_at", "finished_at", "expected_s", "rendered_s", "charged_usd", "tried_at")


def storable_run(run: Run) -> Run:
    """The run with its texts storable, its numbers finite, and of its last answer what is JSON."""
    due_at = _finite(run.next_step_at)
    changes: dict[str, Any] = {
        **{name: _id(getattr(run, name)) for name in _IDS},
        **{name: _finite(getattr(run, name)) for name in _NUMBERS},
        "next_step_at": run.events[-1].at + MINUTE_S if due_at is None else due_at,
        "note": storable(str(run.note)),
        "error": storable(str(run.error)),
        "response": _json(run.response),
        "outputs": tuple(_output(output) for output in run.outputs),
        "events": tuple(Event(event.at, storable(str(event.what))) for event in run.events),
    }
    return replace(run, **changes)


def essence(before: Run, after: Run) -> Run:
    """The run as it was, over, with what must not be lost of what a step made of it.

    Its sentence says so; it can be looked for again by what is kept.
    """
    kept: dict[str, Any] = {name: _id(getattr(after, name)) for name in _IDS}
    with suppress(Exception):
        kept["outputs"] = tuple(_output(output) for output in after.outputs)
    paid = _finite(after.charged_usd)
    is_sent = before.status is not Status.QUEUED
    cost = "It may have been charged." if paid is None else f"It was charged ${paid:.4f}."
    return before.failed(
        before.next_step_at,
        f"What came back could not be kept here as a whole. {cost} Its ids are in the receipt: "
        "look again, or send it again on purpose."
        if is_sent
        else "It could not be kept here. Nothing was sent or charged. Send it again.",
        **kept,
        charged_usd=paid if is_sent else 0.0,
        unresolved=is_sent,
    )


def _id(value: Any) -> str | None:
    return None if value is None else storable(str(value))[:ID_MAX_CHARS]


def _finite(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _whole(value: Any) -> int | None:
    number = _finite(value)
    return None if number is None else int(number)


def _json(value: Any) -> Any:
    """The value as JSON has it; None where it has no such value."""
    try:
        return storable(json.loads(json.dumps(value, default=str), parse_constant=lambda _: None))
    except (TypeError, ValueError, RecursionError):
        return None


def _output(output: Output) -> Output:
    return replace(
        output,
        kind=storable(str(output.kind)),
        remote_url=storable(str(output.remote_url)),
        mime=storable(str(output.mime)),
        width_px=_whole(output.width_px),
        height_px=_whole(output.height_px),
        duration_s=_finite(output.duration_s),
        size_bytes=_whole(output.size_bytes),
    )
