"""What the dialog for adding offers: showcases, a title, and ways to show a choice."""

import re
from datetime import UTC, datetime

from pydantic import BaseModel

from components.errors import RunNotFound
from components.interface.parts.feed.card.run_media import FIRST_RESULT, FIRST_SOURCE, media_of
from components.interface.parts.feed.card.run_words import thumb_url
from components.interface.parts.showcases.adding.adding import AddKind
from components.interface.services import Services
from components.interface.widgets.wording import ago, counted
from components.media.store.media_store import ref
from components.runs.run import Run
from components.showcases.limits import MOST_SIDES
from components.showcases.showcase import ShowcaseSummary

TITLE_CHARS = 48
MOST_THUMBNAILS = 6
_TOKEN = re.compile(r"[@<\[]+\w+[>\]]*|\{[^}]*\}")
_NOUN = {"image": "pictures", "video": "videos"}


class ShowcaseChoice(BaseModel):
    """A showcase to add to, with the picture that stands for it."""

    id: str
    title: str
    about: str
    cover: str


class Way(BaseModel):
    """One way to show what was chosen."""

    label: str
    kind: AddKind
    specs: list[str]


class Choices(BaseModel):
    """`title` is offered for a new showcase, `thumbnails` show what was chosen."""

    title: str
    thumbnails: list[str]
    ways: list[Way]
    showcases: list[ShowcaseChoice]


def choices(services: Services, kind: AddKind, specs: list[str], plan_id: str) -> Choices:
    """What is offered for a choice; what is gone of it offers nothing."""
    runs = services.runs.plan_runs(plan_id) if kind == "plan" else _runs(services, specs)
    now = services.clock()
    thumbnails = dict.fromkeys(thumb_url(run) for run in runs)
    return Choices(
        title=_title(runs, now),
        thumbnails=[it for it in thumbnails if it][:MOST_THUMBNAILS],
        ways=_ways(services, runs, specs) if kind == "results" else [],
        showcases=[_choice(it, now) for it in services.showcases.editor.all()],
    )


def _runs(services: Services, specs: list[str]) -> list[Run]:
    found = []
    for run_id in dict.fromkeys(spec.partition("~")[0] for spec in specs):
        try:
            found.append(services.runs.get(run_id))
        except RunNotFound:
            continue
    return found


def _title(runs: list[Run], now: float) -> str:
    """The first words that were asked for, else the day."""
    said = next((run.title or run.prompt for run in runs if run.title or run.prompt), "")
    words = _TOKEN.sub("", said).split()
    title = ""
    for word in words:
        if len(title) + len(word) >= TITLE_CHARS:
            break
        title = f"{title} {word}".strip()
    day = datetime.fromtimestamp(now, UTC).strftime("%d %B %Y").lstrip("0")
    return title.rstrip(" ,.;:-") or day


def _ways(services: Services, runs: list[Run], specs: list[str]) -> list[Way]:
    """The usual way first; one way alone is no choice."""
    if len(specs) == 1 and runs and "~" not in specs[0]:
        return _ways_of_one(services, runs[0])
    models = {services.catalog.by_id(run.model).output for run in runs}
    have_results = len(runs) == len(specs) and all(run.outputs for run in runs)
    if have_results and len(models) == 1 and 2 <= len(specs) <= MOST_SIDES:
        return [
            Way(label="One by one", kind="results", specs=specs),
            Way(label="Side by side, to compare", kind="comparison", specs=specs),
        ]
    return []


def _ways_of_one(services: Services, run: Run) -> list[Way]:
    model = services.catalog.by_id(run.model)
    here = [it.pick for it in media_of(run, model) if it.url]
    results = [pick for pick in here if not pick.startswith("s")]
    ways = []
    if len(results) > 1:
        label = f"All {len(results)} {_NOUN[model.output]}"
        every = [f"{run.id}~{pick}" for pick in results]
        ways.append(Way(label=label, kind="results", specs=every))
    if results:
        label = "Only the first" if ways else "The result"
        ways.append(Way(label=label, kind="results", specs=[run.id]))
    if FIRST_SOURCE in here and FIRST_RESULT in here:
        ways.append(Way(label="Before and after", kind="comparison", specs=[run.id]))
    return ways if len(ways) > 1 else []


def _choice(summary: ShowcaseSummary, now: float) -> ShowcaseChoice:
    about = [counted(summary.items, "item"), f"changed {ago(now - summary.changed_at)}"]
    cover = summary.cover
    return ShowcaseChoice(
        id=summary.id,
        title=summary.title,
        about=" · ".join([*about, "has a link"] if summary.is_shared else about),
        cover=""
        if cover is None
        else f"/posters/{cover.name}"
        if cover.is_clip
        else ref(cover.name),
    )
