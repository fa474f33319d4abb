"""What a showcase keeps of a run: its files and facts, as they are on the day it is added."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.catalog import Catalog
from components.catalog.fields import MediaKind, Prompt, media_in
from components.catalog.plan import in_words
from components.catalog.request import ModelRequest
from components.errors import InvalidRequest, PlaygroundError
from components.media.clips.encoding import video_facts
from components.media.drawing.canvas import picture_facts
from components.media.store.media_store import REF_PREFIX, MediaStore
from components.runs.new_runs.plans import standing
from components.runs.run import Run
from components.showcases.limits import MOST_SIDES
from components.showcases.showcase import ShownMedium, ShownRun

FIRST_RESULT, FIRST_SOURCE = "1", "s1"
_SPEC = re.compile(r"([\w-]{1,64})(?:~(s?\d{1,2}))?", re.ASCII)
_NOUN = {"image": "picture", "video": "video"}
GONE = "This run was deleted, or was never kept here. Nothing was added."
NOTHING = "This run has no such picture or video here. Nothing was added."


@dataclass(frozen=True)
class Snapshots:
    """Makes copies of runs; `find` returns a run or raises `RunNotFound`."""

    find: Callable[[str], Run]
    media: MediaStore
    catalog: Catalog

    def result(self, spec: str) -> tuple[ShownMedium, ShownRun]:
        """The file and the facts that a spec names: a run's id, and after a "~" which medium.

        Raises:
            InvalidRequest: there is no such run or file.
        """
        parsed = _SPEC.fullmatch(spec)
        run = self._run(parsed[1]) if parsed else None
        if parsed is None or run is None:
            raise InvalidRequest({"": GONE})
        return self._medium(run, parsed[2] or FIRST_RESULT), self.facts(run)

    def sides(self, specs: Sequence[str]) -> list[tuple[ShownMedium, ShownRun]]:
        """The sides of a comparison; a run by itself stands against its source.

        Raises:
            InvalidRequest: there are not two to six, or one of them is not here.
        """
        asked = list(specs)
        if len(asked) == 1 and "~" not in asked[0]:
            asked = [f"{asked[0]}~{pick}" for pick in self._alone(asked[0])]
        if not 2 <= len(asked) <= MOST_SIDES:
            raise InvalidRequest({"": f"A comparison has two to {MOST_SIDES} sides."})
        return [self.result(spec) for spec in asked]

    def plan(self, runs: Sequence[Run]) -> list[tuple[ShownMedium, ShownRun]]:
        """The first results of a plan's runs, with their places in its grid."""
        found = []
        for run in standing(runs):
            if run.outputs and run.outputs[0].name:
                medium = _placed(self._medium(run, FIRST_RESULT), run.group_labels or {})
                found.append((medium, self.facts(run)))
        if not found:
            raise InvalidRequest({"": "Nothing of this plan is done yet. Nothing was added."})
        return found

    def facts(self, run: Run) -> ShownRun:
        """What is known of a run, its settings in the words of the form."""
        model = self.catalog.by_id(run.model)
        return ShownRun(
            run_id=run.id,
            prompt=run.prompt,
            model_title=model.title,
            settings=tuple(_settings(run, model)),
            created_at=run.created_at,
            charged_usd=run.charged_usd,
        )

    def _run(self, run_id: str) -> Run | None:
        try:
            return self.find(run_id)
        except PlaygroundError:
            return None

    def _alone(self, run_id: str) -> tuple[str, str]:
        run = self._run(run_id)
        if run is None:
            raise InvalidRequest({"": GONE})
        has_source = bool(_sources(run, self.catalog.by_id(run.model)))
        return (FIRST_SOURCE, FIRST_RESULT) if has_source else (FIRST_RESULT, "2")

    def _medium(self, run: Run, pick: str) -> ShownMedium:
        model = self.catalog.by_id(run.model)
        if pick.startswith("s"):
            files, noun = _sources(run, model), f"Source {_NOUN[model.output]}"
        else:
            files, noun = [it.name or "" for it in run.outputs], "Result"
        number = int(pick.removeprefix("s"))
        name = files[number - 1] if 0 < number <= len(files) else ""
        if not name or not self.media.has(name):
            raise InvalidRequest({"": NOTHING})
        return ShownMedium(
            name=name,
            kind=model.output,
            run_id=run.id,
            pick=pick,
            label=f"{noun} {number} of {len(files)}" if len(files) > 1 else noun,
            **self._measures(name, model.output),
        )

    def _measures(self, name: str, kind: MediaKind) -> dict[str, Any]:
        path = self.media.path(name)
        if kind == "image":
            width_px, height_px = picture_facts(path).upright_px
            return {"width_px": width_px, "height_px": height_px}
        facts = video_facts(path)
        return {
            "width_px": facts.width_px,
            "height_px": facts.height_px,
            "duration_s": facts.duration_s,
            "frames_per_s": facts.frames_per_s,
            "has_sound": facts.has_audio,
        }


def _placed(medium: ShownMedium, labels: Mapping[str, str]) -> ShownMedium:
    """The medium with its place in the grid of a plan."""
    row, column, group = (labels.get(name, "") for name in ("row", "column", "group"))
    return replace(medium, row=row, column=column, group=group)


def _sources(run: Run, model: type[ModelRequest]) -> list[str]:
    """The kept files that a run was made from, of the kind of its result; "" for what is not."""
    found = media_in(model, run.request, model.output)
    return [it.removeprefix(REF_PREFIX) if it.startswith(REF_PREFIX) else "" for it in found]


def _settings(run: Run, model: type[ModelRequest]) -> list[tuple[str, str]]:
    """Options by their labels; the prompt is said apart, and files are shown, not named."""
    said = []
    for name, parameter in model.parameters().items():
        value = run.request.get(name)
        is_option = isinstance(value, str | int | float | bool) and value != ""
        is_file = isinstance(value, str) and value.startswith((REF_PREFIX, "http", "data:"))
        if is_option and not is_file and not isinstance(parameter, Prompt):
            said.append((parameter.label, in_words(value)))
    return said
