"""The results of a plan as one picture: its grid with the names of rows and columns."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from components.catalog import Catalog
from components.catalog.plan import VARIABLE, in_words
from components.catalog.request import ModelRequest
from components.errors import MediaRejected
from components.interface.parts.feed.card.run_words import reason_of, status_words
from components.media.drawing.contact_sheet import Cell, Grid, save_contact_sheet
from components.media.store.media_store import MediaStore
from components.runs.new_runs.plans import standing
from components.runs.run import Output, Run

_GONE = "No longer kept"


def save_plan_sheet(runs: Sequence[Run], media: MediaStore, catalog: Catalog, target: Path) -> Path:
    """Write the sheet of a plan's runs, given in its order, by the ending of `target`.

    Raises `MediaRejected` for a plan too large for a picture, and `DiskFull`.
    """
    first = runs[0]
    placed = standing(runs)
    shown = sum(bool(run.outputs) for run in placed)
    day = datetime.fromtimestamp(first.created_at, UTC).strftime("%Y-%m-%d")
    count = counted(shown, len(placed))
    details = f"{catalog.by_id(first.model).title} · {count} · {day}"
    return save_contact_sheet(
        shared_prompt(run.prompt for run in runs), details, grids_of(runs, media, catalog), target
    )


def counted(shown: int, count: int) -> str:
    """How many runs a sheet shows, and of how many where some have no result."""
    runs = f"{count} run{'' if count == 1 else 's'}"
    return runs if shown == count else f"{shown} of {runs} have a result"


def shared_prompt(prompts: Iterable[str]) -> str:
    """The prompt, with an ellipsis for the words that differ between the runs."""
    different = [prompt.split() for prompt in dict.fromkeys(prompts)]
    if len(different) == 1:
        return " ".join(different[0])
    begin = _shared(different)
    end = _shared([words[len(begin) :][::-1] for words in different])[::-1]
    return " ".join([*begin, "…", *end])


def _shared(texts: Iterable[Sequence[str]]) -> list[str]:
    """The words that all begin with."""
    same = takewhile(lambda words: len(set(words)) == 1, zip(*texts, strict=False))
    return [words[0] for words in same]


def grids_of(runs: Sequence[Run], media: MediaStore, catalog: Catalog) -> tuple[Grid, ...]:
    """A grid for each group, with rows and columns in the order in which their runs were made.

    Where a run was made again for the same place, the latest with a result stands there.
    """
    places: dict[str, dict[tuple[str, str], Run]] = {}
    for run in standing(runs):
        row, column, group = (_label(run, name) for name in ("row", "column", "group"))
        places.setdefault(group, {})[row, column] = run
    return tuple(_grid(title, grid, media, catalog) for title, grid in places.items())


def _grid(
    title: str, places: dict[tuple[str, str], Run], media: MediaStore, catalog: Catalog
) -> Grid:
    rows = list(dict.fromkeys(row for row, _ in places))
    columns = list(dict.fromkeys(column for _, column in places))
    cells = tuple(
        _cell(rows.index(row), columns.index(column), run, media, catalog)
        for (row, column), run in places.items()
    )
    runs = tuple(places.values())
    model = catalog.by_id(runs[0].model)
    return Grid(
        _headed(rows, "row", runs, model), _headed(columns, "column", runs, model), cells, title
    )


def _headed(
    labels: Sequence[str], name: str, runs: Sequence[Run], model: type[ModelRequest]
) -> tuple[str, ...]:
    """The labels, with that of the field before them where they are its values: "Duration 5"."""
    for field, parameter in model.parameters().items():
        is_value = all(in_words(run.request.get(field)) == _label(run, name) for run in runs)
        if isinstance(parameter, VARIABLE) and is_value:
            return tuple(f"{parameter.label} {label}" for label in labels)
    return tuple(labels)


def _cell(row: int, column: int, run: Run, media: MediaStore, catalog: Catalog) -> Cell:
    pictures = []
    for output in run.outputs:
        try:
            pictures.append(media.path(_picture_of(output)))
        except MediaRejected:
            continue
    said = reason_of(run, catalog) or f"{status_words(run, catalog).label}: no result yet"
    note = _GONE if run.outputs else said
    length_s = next((it.duration_s for it in run.outputs if it.kind == "video"), None)
    return Cell(row, column, tuple(pictures), "" if pictures else note, length_s)


def _picture_of(output: Output) -> str:
    """The picture itself, or that of a video's first frame."""
    return (output.thumb if output.kind == "video" else output.name) or ""


def _label(run: Run, name: str) -> str:
    return (run.group_labels or {}).get(name, "")
