"""Resends or resumes what seemed lost: pure functions from a run, or an id, to the next run."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from components.catalog import Catalog
from components.catalog.request import ModelRequest
from components.errors import InvalidRequest
from components.runs.run import Event, Parent, Run, Status

SENT_AGAIN = "sent again"
_GENERATIONS = UUID("5be0c6a9-6f9e-4d53-8f6b-1f0f4f1f0b57")
_GENERATION_ID = re.compile(r"[!-~]{1,256}")


def run_of_generation(catalog: Catalog, generation_id: str, model_id: str, now: float) -> Run:
    """A run that goes straight to waiting for a generation that was not sent from here.

    Without a `model_id` the model is the one that the id names after its colon.

    Raises:
        InvalidRequest: no usable id, or a model that makes no videos here.
    """
    generation_id = generation_id.strip()
    if not _GENERATION_ID.fullmatch(generation_id):
        raise InvalidRequest({"": "That is no generation id; paste the id the provider gave."})
    model = catalog.find((model_id or generation_id.partition(":")[2]).strip())
    if model is None or model.output != "video":
        titles = ", ".join(it.title for it in catalog.making("video"))
        raise InvalidRequest({"": f"The id does not name its model; choose one: {titles}."})
    return Run(
        id=str(uuid5(_GENERATIONS, generation_id)),
        model=model.model_id,
        request={},
        created_at=now,
        next_step_at=now,
        status=Status.GENERATING,
        generation_id=generation_id,
        inference_id=generation_id,
        expected_s=model.expected_duration_s,
        events=(Event(now, "Asked for by its generation id; nothing was sent."),),
    )


def can_look_again(run: Run) -> bool:
    """Whether the end of a failed run is open: it may have been charged, or be got after all."""
    return run.status is Status.FAILED and run.unresolved


def looked_for_again(run: Run, now: float) -> Run:
    """The failed run, back where its result may still be found; nothing is sent.

    One that goes on, or was found, comes back as it is: it may have been asked for twice.

    Raises:
        InvalidRequest: there is nothing to look for.
    """
    if run.status is not Status.CANCELLED and run.status is not Status.FAILED:
        return run
    if not can_look_again(run):
        raise InvalidRequest({"": "There is nothing to look for: how this run ended is known."})
    if run.outputs:
        status = Status.SAVING
    elif run.generation_id:
        status = Status.GENERATING
    else:
        status = Status.UNCERTAIN
    return run.moved(status, now, "Looked for again.", note="Looked for again at your wish.")


def request_again(catalog: Catalog, run: Run) -> ModelRequest:
    """The request of a run that is over, to be sent as a new run; it costs as much again.

    Raises:
        InvalidRequest: the run still goes on, or its request is not known or no longer taken.
    """
    if not run.status.is_final:
        raise InvalidRequest({"": "This run still goes on; wait for its end, or cancel it first."})
    if not run.request:
        what = "This run was made elsewhere; its request is not known here."
        raise InvalidRequest({"": what})
    return catalog.by_id(run.model).parse(run.request)


def lineage_of_repeat(run: Run) -> tuple[Parent, ...]:
    """What the repeat of a run is made from: the same results, and the run itself."""
    return (*run.parents, Parent(run.id, use=SENT_AGAIN))


def in_place_of(run: Run, repeat: Run, new_id: str) -> Run:
    """The repeat under its id, at the place that the run has in a plan."""
    return replace(
        repeat,
        id=new_id,
        group_id=run.group_id,
        group_labels=run.group_labels,
        group_index=run.group_index,
    )


def repeats(run: Run, run_id: str) -> bool:
    """Whether a run was made by sending another one again."""
    return Parent(run_id, use=SENT_AGAIN) in run.parents


def receipt_of(run: Run) -> dict[str, Any]:
    """What happened to a run when, under which ids and at what price, as JSON values.

    Times are seconds since the epoch, amounts USD; what is not known is None.
    """
    return {
        "run_id": run.id,
        "model": run.model,
        "status": str(run.status),
        "generation_id": run.generation_id,
        "inference_id": run.inference_id,
        "provider_request_id": run.provider_request_id,
        "quoted_usd": run.quoted_usd,
        "charged_usd": run.charged_usd,
        "created_at": run.created_at,
        "submitted_at": run.submitted_at,
        "finished_at": run.finished_at,
        "sent_again_from": next((it.run_id for it in run.parents if it.use == SENT_AGAIN), None),
        "remote_urls": [it.remote_url for it in run.outputs if it.remote_url.startswith("http")],
        "error": run.error or None,
        "can_look_again": can_look_again(run),
        "events": [{"at": event.at, "what": event.what} for event in run.events],
    }
