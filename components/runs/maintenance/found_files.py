"""Runs for files that no run refers to any more, out of the settings that they carry.

A stored result is as the provider made it; a downloaded one carries its settings. A file without
settings becomes a run without a request, so that it is seen, and not taken for nobody's.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from components.catalog import Catalog
from components.errors import PlaygroundError
from components.media.embedded_settings.embedding import read_settings
from components.media.formats.sniffing import kind_of
from components.runs.run import Event, Output, Run, Status
from components.runs.steps.result_collector import Collector
from components.runs.store.storable_run import storable_run

LOGGER = logging.getLogger(__name__)
TITLE = "Found again"
_ID_MAX_CHARS = 64
_CARRIED = "Put together from the settings that its file carries."
_BARE = "Found among the kept files: a result, or something that was once added to a form."


def runs_of_files(
    files: Iterable[Path],
    catalog: Catalog,
    collector: Collector,
    *,
    only_with_settings: bool = False,
) -> Iterator[Run]:
    """A finished run for each file; those that name the same run become one.

    What is no picture and no video is passed over.
    """
    named: dict[str, Run] = {}
    for file in files:
        settings = _settings(file, catalog)
        if settings is None and only_with_settings:
            continue
        try:
            modified_at = file.stat().st_mtime
            output = collector.keep_file(file)
        except (PlaygroundError, OSError) as error:
            LOGGER.warning("%s is passed over: %s", file, getattr(error, "message", error))
            continue
        run = _run(output, settings, catalog, modified_at)
        if run.id in named:
            outputs = (*named[run.id].outputs, *run.outputs)
            named[run.id] = replace(named[run.id], outputs=outputs)
        else:
            named[run.id] = run
    yield from named.values()


def _settings(file: Path, catalog: Catalog) -> dict[str, Any] | None:
    """The settings of a file, where they are those of a result for a model that is known."""
    with suppress(PlaygroundError, OSError):
        if kind_of(file):
            found = read_settings(file)
            return found if found and catalog.find(found["model"]) else None
    return None


def _run(
    output: Output, settings: dict[str, Any] | None, catalog: Catalog, modified_at: float
) -> Run:
    given = settings or {"model": catalog.making(output.kind)[0].model_id, "request": {}}
    run_id = given.get("run_id")
    if not isinstance(run_id, str) or not 0 < len(run_id) <= _ID_MAX_CHARS:
        run_id = str(uuid5(NAMESPACE_URL, f"found:{output.name}"))
    created_at = _seconds(given.get("created_at")) or modified_at
    return storable_run(
        Run(
            id=run_id,
            model=given["model"],
            request=given["request"],
            created_at=created_at,
            next_step_at=created_at,
            finished_at=max(created_at, modified_at),
            status=Status.DONE,
            outputs=(output,),
            title="" if settings else TITLE,
            events=(Event(modified_at, _CARRIED if settings else _BARE),),
        )
    )


def _seconds(moment: Any) -> float | None:
    with suppress(TypeError, ValueError, OverflowError):
        return datetime.fromisoformat(moment).timestamp()
    return None
