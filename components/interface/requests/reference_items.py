"""The references of a form as HTML: one item each, and what the prompt gets wrong about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.catalog.fields import (
    Element,
    Elements,
    ImageRef,
    ImageRefs,
    MediaKind,
    VideoRef,
    map_fields,
    parameters_of,
)
from components.catalog.request import ModelRequest
from components.catalog.tokens import Reference, dangling, unnamed
from components.interface.requests.reference_preparer import ReferencePreparer
from components.interface.requests.reference_status import ReferenceStatus
from components.interface.requests.repair_choices import ChosenFor, choices_of
from components.interface.widgets.templating import render
from components.media.formats.wording import megabytes
from components.media.images.inspection import ImageInfo
from components.media.report import ClipChoices, ImageChoices, Preflight

ItemFacts = dict[str, Any]
HOLDS_MEDIA = (ImageRef, ImageRefs, VideoRef, Elements)
_FRONT, _OTHERS = parameters_of(Element)


@dataclass(frozen=True)
class ReferenceItems:
    """Draws the references of one form. `names` are file names by reference, as they were given."""

    model: type[ModelRequest]
    values: Mapping[str, Any]
    preparer: ReferencePreparer
    chosen: ChosenFor
    names: Mapping[str, str]
    visitor: str = ""

    def lists(self) -> dict[str, list[str]]:
        """The items of every field that holds media, as HTML, in order."""
        references = self.model.references(self.values)
        drawn: dict[str, list[str]] = {}
        for name, parameter in self.model.parameters().items():
            if not isinstance(parameter, HOLDS_MEDIA):
                continue
            mine = [it for it in references if it.field == name]
            kind: MediaKind = "video" if isinstance(parameter, VideoRef) else "image"
            draw = self._element if isinstance(parameter, Elements) else self._single
            drawn[name] = [draw(it, place, len(mine), kind) for place, it in enumerate(mine)]
        return drawn

    def statuses(self) -> list[ReferenceStatus]:
        """What is known of every file and address in the form."""
        found = []
        for name, parameter in self.model.parameters().items():
            kind: MediaKind = "video" if isinstance(parameter, VideoRef) else "image"
            for reference in parameter.references(self.values.get(name) or ()):
                found += [self.prepare(source, kind) for source in sources_of(reference[1])]
        return found

    def carried(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as a request would carry them, as far as that is known: repaired."""

        def carry(source: str, kind: MediaKind) -> str:
            return self.prepare(source, kind).carried or source

        return map_fields(self.model, values, carry)

    def prepare(self, source: str, kind: MediaKind, wait_s: float = 0.0) -> ReferenceStatus:
        """What is known of one; its preparation begins where it has not."""
        choices = choices_of(kind, self.chosen.get(self.preparer.identity(source)))
        return self.preparer.prepare(source, choices, wait_s, self.visitor)

    def _single(self, reference: Reference, place: int, count: int, kind: MediaKind) -> str:
        facts = self._facts_of(reference.source, kind)
        return render(
            "reference.html",
            **facts,
            token=reference.token,
            index=place,
            view=None,
            can_move_back=place > 0,
            can_move_on=place < count - 1,
        )

    def _element(self, reference: Reference, place: int, count: int, kind: MediaKind) -> str:
        views = sources_of(reference.source)
        views_html = [
            render(
                "reference.html",
                **self._facts_of(source, kind),
                token="Front" if view == 0 else f"View {view + 1}",
                index=place,
                view=view,
                can_move_back=view > 0,
                can_move_on=view < len(views) - 1,
            )
            for view, source in enumerate(views)
        ]
        others = parameters_of(Element)[_OTHERS]
        return render(
            "element.html",
            token=reference.token,
            index=place,
            views=views_html,
            key=" ".join(views),
            most=1 + getattr(others, "max_items", 0),
            element_id=f"{self.model.api_name}-{reference.field}-{place + 1}",
            can_move_back=place > 0,
            can_move_on=place < count - 1,
        )

    def _facts_of(self, source: str, kind: MediaKind) -> ItemFacts:
        identity = self.preparer.identity(source)
        choices = choices_of(kind, self.chosen.get(identity))
        status = self.preparer.prepare(source, choices, visitor=self.visitor)
        return {
            "source": source,
            "name": self.names.get(source, ""),
            "identity": identity,
            "kind": kind,
            "state": "refused" if status.state == "stopped" else status.state,
            "percent": round(100 * status.progress),
            "sentence": status.sentence,
            **examined_facts(status, choices),
        }


def sources_of(value: Any) -> list[str]:
    """The files and addresses of a reference: itself, or an element's views, front view first."""
    if isinstance(value, Mapping):
        views = [value.get(_FRONT), *(value.get(_OTHERS) or ())]
        return [str(view) for view in views if view]
    return [str(value)]


def notes(model: type[ModelRequest], prompt: str, references: Sequence[Reference]) -> list[str]:
    """What the prompt gets wrong about its references; a frame or a source needs no name."""
    parameters = model.parameters()
    to_name = [it for it in references if isinstance(parameters[it.field], ImageRefs | Elements)]
    found = [
        f"{token} points to nothing: there is no such reference."
        for token in dangling(prompt, references)
    ]
    if prompt.strip() and (missing := unnamed(prompt, to_name)):
        names = ", ".join(missing)
        found.append(f"Not named in the prompt: {names}. The model may still use it.")
    return found


def examined_facts(status: ReferenceStatus, choices: ImageChoices | ClipChoices) -> ItemFacts:
    """What an item tells of a file: small pictures, facts, what was changed, which limits hold."""
    nothing: ItemFacts = {
        "thumb": "",
        "before": "",
        "facts": "",
        "changes": [],
        "harmless": [],
        "checks": [],
    }
    offers: ItemFacts = {"offers_start": False, "offers_ratio": False, "offers_colour": False}
    if status.examined is None:
        return {**nothing, **offers}
    facts = status.examined.preflight
    return {
        "thumb": status.examined.thumbnail_ref,
        "before": "" if not facts.visible_changes else status.examined.original_thumbnail_ref,
        "facts": _facts(facts),
        "changes": list(facts.visible_changes),
        "harmless": list(facts.harmless_changes),
        "checks": facts.checks,
        **offers,
        **_offers(facts, choices),
    }


def _facts(facts: Preflight) -> str:
    info = facts.before
    size = f"{info.width_px}×{info.height_px} · {megabytes(info.size_bytes)}"
    if isinstance(info, ImageInfo):
        return f"{info.format} · {size}"
    sound = "with sound" if info.has_audio else "no sound"
    return f"{info.duration_s:.1f} s · {info.fps:.0f} fps · {sound} · {size}"


def _offers(facts: Preflight, choices: ImageChoices | ClipChoices) -> ItemFacts:
    """Which choices make a difference for this file."""
    broken = {check.label for check in facts.checks if not check.holds}
    if isinstance(choices, ClipChoices):
        before_s = getattr(facts.before, "duration_s", 0.0)
        after_s = getattr(facts.after, "duration_s", 0.0)
        return {
            "offers_start": before_s > after_s + 0.2,
            "start_s": choices.start_s,
            "last_start_s": max(0, int(before_s - 3)),
        }
    return {
        "offers_ratio": "Ratio" in broken,
        "crops": choices.beyond_ratio == "crop",
        "offers_colour": "Ratio" in broken or any("transparen" in it for it in facts.changes),
        "background": choices.background,
    }
