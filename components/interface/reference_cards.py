"""What a tab's references look like: one card each, the meter, and what the prompt gets wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.catalog.fields import Element, MediaKind, parameters_of
from components.catalog.request import ModelRequest
from components.catalog.tokens import Reference, dangling, unnamed
from components.interface.choices import ChosenFor, choices_of
from components.interface.preparation import Look, Preparations
from components.media.images import ImageInfo
from components.media.preflight import ClipChoices, ImageChoices, Preflight
from components.runs.kit import KeptElement

Card = dict[str, Any]


def panel_value(
    model: type[ModelRequest],
    values: Mapping[str, Any],
    preparations: Preparations,
    chosen: ChosenFor,
    kit: Sequence[KeptElement],
) -> dict[str, Any]:
    """Everything the panel shows, as plain values; its template escapes them."""
    references = model.references(values)
    limit = model.reference_limit()
    count = model.count_references(values)
    cards = [_card(reference, references, preparations, chosen) for reference in references]
    takes_elements = "elements" in model.parameters()
    return {
        "form": model.api_name,
        "cards": cards,
        "meter": f"{count} of {limit} references" if limit and cards else "",
        "over": bool(limit and count > limit),
        "notes": _notes(str(values.get("prompt") or ""), references),
        "kit": [_kit_entry(kept) for kept in kit] if _takes_pictures(model) else [],
        "kit_label": "Kit: add as an element" if takes_elements else "Kit: add its pictures",
        "working": any(card["state"] == "working" for card in cards),
    }


def first_source(reference: Reference) -> str:
    """What a card shows of a reference: itself, or an element's front view."""
    front = next(iter(parameters_of(Element)))
    source: str = reference.source[front] if reference.noun == "Element" else reference.source
    return source


def _card(
    reference: Reference,
    references: Sequence[Reference],
    preparations: Preparations,
    chosen: ChosenFor,
) -> Card:
    source = first_source(reference)
    kind: MediaKind = "video" if reference.noun == "Video" else "image"
    identity = preparations.identity(source)
    choices = choices_of(kind, chosen.get(identity))
    look = preparations.look(source, choices)
    siblings = [it for it in references if it.field == reference.field]
    place = siblings.index(reference)
    return {
        "token": reference.token,
        "field": reference.field,
        "index": place,
        "identity": identity,
        "kind": kind,
        "state": look.state,
        "percent": round(100 * look.progress),
        "sentence": look.sentence,
        "can_move_back": place > 0,
        "can_move_on": place < len(siblings) - 1,
        "is_element": reference.noun == "Element",
        **_examined(look, choices),
    }


def _examined(look: Look, choices: ImageChoices | ClipChoices) -> Card:
    if look.examined is None:
        return {"thumb": "", "facts": "", "changes": [], "checks": []}
    facts = look.examined.preflight
    changed = not facts.untouched
    return {
        "thumb": look.examined.thumbnail_ref,
        "before": look.examined.original_thumbnail_ref if changed else "",
        "facts": _facts(facts),
        "changes": list(facts.changes),
        "checks": [
            {"label": it.label, "value": it.value, "limit": it.limit, "holds": it.holds}
            for it in facts.checks
        ],
        **_offers(facts, choices),
    }


def _facts(facts: Preflight) -> str:
    info = facts.before
    size = f"{info.width_px}×{info.height_px} · {info.size_bytes / 1e6:.1f} MB"
    if isinstance(info, ImageInfo):
        return f"{info.format} · {size}"
    sound = "with sound" if info.has_audio else "no sound"
    return f"{info.duration_s:.1f} s · {info.fps:.0f} fps · {sound} · {size}"


def _offers(facts: Preflight, choices: ImageChoices | ClipChoices) -> Card:
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


def _notes(prompt: str, references: Sequence[Reference]) -> list[str]:
    notes = [
        f"{token} points to nothing: there is no such reference."
        for token in dangling(prompt, references)
    ]
    if prompt.strip() and (missing := unnamed(prompt, references)):
        names = ", ".join(missing)
        notes.append(f"Not named in the prompt: {names}. The model may still use it.")
    return notes


def _takes_pictures(model: type[ModelRequest]) -> bool:
    return bool({"elements", "image_list", "image_urls"} & set(model.parameters()))


def _kit_entry(kept: KeptElement) -> Card:
    front = next(iter(parameters_of(Element)))
    return {"id": kept.id, "name": kept.name, "thumb": _local(kept.element.get(front, ""))}


def _local(source: str) -> str:
    """Only our own files are shown: the page loads nothing from another host."""
    return source if source.startswith("/") else ""
