"""What happens in the references panel: looked at, moved, chosen, kept, restored."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from components.catalog.fields import MediaKind, map_fields
from components.catalog.request import ModelRequest
from components.catalog.tokens import Reference, renumbered
from components.errors import InvalidInput, PlaygroundError
from components.interface.choices import choices_of
from components.interface.form import Control, Updates, fill_form, read_form
from components.interface.preparation import Preparations
from components.interface.reference_cards import first_source, panel_value
from components.interface.reference_panel import ReferencePanel
from components.interface.uploads import Upload, find_uploads
from components.media.store import REF_PREFIX, MediaStore, name_of
from components.runs.kit import Kit

FIRST_WAIT_S = 1.0
"""A picture is usually looked at within this; a clip shows its progress instead."""


@dataclass(frozen=True)
class References:
    """A tab's references: the form they stand in, and what looks at them."""

    model: type[ModelRequest]
    controls: Mapping[str, Control]
    panel: ReferencePanel
    preparations: Preparations
    media: MediaStore
    kit: Kit
    clock: Callable[[], float]
    upload_folder: str

    def look(self, draft: Any, numbered: Any, **values: Any) -> Updates:
        """Look at everything in the form, renumber the prompt, and keep the draft."""
        try:
            asked = self._asked(values)
        except InvalidInput as error:
            raise gr.Error(str(error), print_exception=False) from error
        chosen = _chosen(draft)
        self._wait_for_new(asked, chosen)
        after = [self._identified(it) for it in self.model.references(asked)]
        before = [Reference(**it) for it in numbered or []]
        updates: Updates = {}
        prompt = str(asked.get("prompt") or "")
        moved = renumbered(prompt, before, after) if before != after else prompt
        if moved != prompt:
            asked["prompt"] = moved
            updates.update(self.controls["prompt"].fill(moved))
        shown = panel_value(self.model, asked, self.preparations, chosen, self.kit.all())
        return {
            **updates,
            self.panel.html: shown,
            self.panel.numbered: [vars(it) for it in after],
            self.panel.draft: {"values": self._keepable(asked, chosen), "chosen": chosen},
        }

    def act(self, event: gr.EventData, draft: Any, numbered: Any, **values: Any) -> Updates:
        """Do what was clicked, then look again."""
        said = event._data or {}  # noqa: SLF001  its attributes are this dictionary's entries
        asked = self._asked(values)
        try:
            done = self._actions()[str(said.get("action"))](said, asked, draft)
        except (KeyError, IndexError, ValueError, PlaygroundError) as error:
            known = error if isinstance(error, PlaygroundError) else "That could not be done."
            raise gr.Error(str(known), print_exception=False) from error
        if "draft" in done:
            return self.look(done["draft"], numbered, **values)
        filled = {name: done[name] for name in done if name in self.controls}
        if not filled:
            return self.look(draft, numbered, **values)
        updates: Updates = {}
        for name, value in self._local(filled).items():
            updates.update(self.controls[name].fill(value))
        return updates

    def restore(self, draft: Any) -> Updates:
        """Put a kept draft into the form."""
        kept = (draft or {}).get("values") or {}
        if not kept:
            return {}
        return fill_form(self.controls, self.model, self._local(kept))

    def _actions(self) -> Mapping[str, Callable[..., dict[str, Any]]]:
        return {
            "move": self._move,
            "choose": self._choose,
            "stop": self._stop,
            "keep": self._keep,
            "use": self._use,
            "rename": self._rename,
            "forget": self._forget,
        }

    def _move(self, said: Mapping[str, Any], asked: dict[str, Any], _: Any) -> dict[str, Any]:
        items = list(asked[said["field"]])
        here = int(said["index"])
        there = here + int(said["by"])
        if not 0 <= there < len(items):
            raise IndexError(there)
        items[here], items[there] = items[there], items[here]
        return {str(said["field"]): items}

    def _choose(self, said: Mapping[str, Any], _: Any, draft: Any) -> dict[str, Any]:
        chosen = {identity: dict(values) for identity, values in _chosen(draft).items()}
        chosen.setdefault(str(said["identity"]), {})[str(said["name"])] = said["value"]
        return {"draft": {**(draft or {}), "chosen": chosen}}

    def _stop(self, said: Mapping[str, Any], asked: dict[str, Any], draft: Any) -> dict[str, Any]:
        for reference in self.model.references(asked):
            if reference.token == said["token"]:
                source = first_source(reference)
                kind: MediaKind = "video" if reference.noun == "Video" else "image"
                wanted = _chosen(draft).get(self.preparations.identity(source))
                self.preparations.cancel(source, choices_of(kind, wanted))
        return {}

    def _keep(self, said: Mapping[str, Any], asked: dict[str, Any], draft: Any) -> dict[str, Any]:
        elements = self._keepable({"elements": asked["elements"]}, _chosen(draft))["elements"]
        self.kit.keep(str(said["name"]), elements[int(said["index"])], self.clock())
        return {}

    def _use(self, said: Mapping[str, Any], asked: dict[str, Any], _: Any) -> dict[str, Any]:
        kept = next(it for it in self.kit.all() if it.id == said["id"])
        if "elements" in self.controls:
            return {"elements": [*asked["elements"], kept.element]}
        name = next(it for it in ("image_urls", "image_list") if it in self.controls)
        front, others = kept.element.values()
        return {name: [*asked[name], front, *others]}

    def _rename(self, said: Mapping[str, Any], *_: Any) -> dict[str, Any]:
        self.kit.rename(str(said["id"]), str(said["name"]))
        return {}

    def _forget(self, said: Mapping[str, Any], *_: Any) -> dict[str, Any]:
        self.kit.delete(str(said["id"]))
        return {}

    def _asked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return read_form(self.controls, find_uploads(values, self.upload_folder))

    def _identified(self, reference: Reference) -> Reference:
        source = json.dumps(_deep(reference.source, self.preparations.identity))
        return Reference(reference.noun, reference.number, reference.field, source)

    def _wait_for_new(self, asked: Mapping[str, Any], chosen: Mapping[str, Any]) -> None:
        for reference in self.model.references(asked):
            source = first_source(reference)
            kind: MediaKind = "video" if reference.noun == "Video" else "image"
            wanted = chosen.get(self.preparations.identity(source))
            is_quick = kind == "image" and isinstance(source, Upload)
            self.preparations.look(
                source, choices_of(kind, wanted), FIRST_WAIT_S if is_quick else 0.0
            )

    def _keepable(self, asked: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
        """The form's values with every upload as a reference to its kept original."""

        def keep(source: str, kind: MediaKind) -> str:
            if not isinstance(source, Upload):
                return source
            wanted = choices_of(kind, chosen.get(self.preparations.identity(source)))
            examined = self.preparations.look(source, wanted, FIRST_WAIT_S).examined
            return examined.original_ref if examined else ""

        kept: dict[str, Any] = _without_gaps(map_fields(self.model, asked, keep))
        return kept

    def _local(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with every kept file as a path, for a widget to show."""

        def locate(source: str, kind: MediaKind) -> str:
            del kind
            if not source.startswith(REF_PREFIX):
                return source
            name = name_of(source)
            return str(self.media.path(name)) if self.media.has(name) else ""

        local: dict[str, Any] = _without_gaps(map_fields(self.model, values, locate))
        return local


def _chosen(draft: Any) -> Mapping[str, Mapping[str, Any]]:
    chosen = (draft or {}).get("chosen")
    return chosen if isinstance(chosen, dict) else {}


def _deep(value: Any, change: Callable[[str], str]) -> Any:
    """Every string in a value, however deep, replaced."""
    if isinstance(value, Mapping):
        return {name: _deep(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_deep(item, change) for item in value]
    return change(value)


def _without_gaps(value: Any) -> Any:
    """Lists without their empty places: a file that is not there any more leaves none."""
    if isinstance(value, Mapping):
        return {name: _without_gaps(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_gaps(item) for item in value if item not in ("", None)]
    return value
