"""The facts of runs that a showcase chose to show, in words; nothing else of a run leaves here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from components.interface.widgets.wording import usd
from components.showcases.showcase import Item, ItemKind, Shown, ShownRun

MANY_LINES, MANY_CHARS = 3, 220
"""A longer prompt is folded, so that it does not stand between the results."""


@dataclass(frozen=True)
class RunFacts:
    """What is said of one run; `about` names it where there are several."""

    about: str = ""
    prompt: str = ""
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether the prompt is folded."""
        return self.prompt.count("\n") >= MANY_LINES or len(self.prompt) > MANY_CHARS

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not self.prompt and not self.pairs


def facts_of(item: Item, shown: Shown) -> list[RunFacts]:
    """What is shown of an item: a plan's runs say together what they have in common."""
    if not item.runs:
        return []
    if item.kind is ItemKind.PLAN:
        found = [_common(item.runs, shown)]
    else:
        found = [_of(run, shown, _about(item, run)) for run in item.runs]
    return [it for it in found if not it.is_empty]


def _of(run: ShownRun, shown: Shown, about: str) -> RunFacts:
    return RunFacts(about, run.prompt if shown.prompt else "", tuple(_pairs(run, shown)))


def _about(item: Item, run: ShownRun) -> str:
    """The letters of a comparison's sides that come from a run."""
    if len(item.runs) < 2:
        return ""
    places = [at for at, medium in enumerate(item.media) if medium.run_id == run.run_id]
    return " and ".join("ABCDEF"[at] for at in places if at < len("ABCDEF"))


def _common(runs: Sequence[ShownRun], shown: Shown) -> RunFacts:
    each = [_of(run, shown, "") for run in runs]
    prompts = {it.prompt for it in each}
    pairs = [
        pair
        for pair in each[0].pairs
        if pair[0] != "Price" and all(pair in other.pairs for other in each)
    ]
    prices = [run.charged_usd for run in runs if run.charged_usd is not None]
    if shown.price and prices:
        pairs.append(("Price of all", usd(sum(prices))))
    return RunFacts("", prompts.pop() if len(prompts) == 1 else "", tuple(pairs))


def _pairs(run: ShownRun, shown: Shown) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    if shown.model:
        pairs.append(("Model", run.model_title))
    if shown.settings:
        pairs += run.settings
    if shown.date:
        day = datetime.fromtimestamp(run.created_at, UTC).strftime("%d %B %Y").lstrip("0")
        pairs.append(("Made on", day))
    if shown.price and run.charged_usd is not None:
        pairs.append(("Price", usd(run.charged_usd)))
    return pairs
