"""What a form asks for while it is filled in and when it is sent. Every answer comes at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from components.catalog.alternatives import alternatives_in
from components.catalog.amounts import source_clip
from components.catalog.fields import Elements, ImageRefs, MediaKind, map_fields
from components.catalog.request import ModelRequest
from components.catalog.tokens import Reference, renumbered
from components.errors import InvalidRequest
from components.interface.requests.form_messages import (
    FormState,
    FormStatus,
    NumberedReference,
)
from components.interface.requests.form_values import shaped, without_gaps
from components.interface.requests.idempotency import asked_hash
from components.interface.requests.reference_items import ReferenceItems, notes, sources_of
from components.interface.requests.repair_choices import choices_of
from components.interface.requests.request_builder import PAGE_WAIT_S, AdmitOptions
from components.interface.services import Services
from components.interface.widgets.templating import render
from components.interface.widgets.wording import span_text
from components.media.store.media_store import ref
from components.runs.run import Parent, Run
from components.runs.store.run_rows import names_in

FIRST_WAIT_S = 1.0
"""Pictures are usually looked at within this; a clip shows its progress instead."""
MOST_IN_A_LIST = 50
"""Several times what any model takes."""


@dataclass(frozen=True)
class FormService:
    """One model's form."""

    model: type[ModelRequest]
    services: Services

    def validate(self, filled: FormState) -> FormStatus:
        """Look at everything in the form; `prompt` is there when its tokens were renumbered."""
        values, left_out = _bounded(shaped(self.model, filled.values))
        items = ReferenceItems(
            self.model,
            values,
            self.services.reference_preparer,
            filled.chosen,
            filled.names,
            filled.visitor,
        )
        self._wait_for_pictures(items)
        given = without_gaps(values)
        self._hold(filled, given, items)
        references = self.model.references(given)
        after = [self._identified(it) for it in references]
        before = filled.numbered
        typed = str(given.get("prompt") or "")
        prompt = renumbered(typed, before, after) if before != after else typed
        limit = self.model.reference_limit()
        count = self.model.count_references(given)
        # Before they are drawn: what is done meanwhile is looked at once more, and not forgotten.
        is_working = any(status.state == "working" for status in items.statuses())
        return FormStatus(
            lists=items.lists(),
            tokens=[it.token for it in references],
            meter=f"{count} of {limit} references" if limit else "",
            over=bool(limit and count > limit),
            notes=[*left_out, *notes(self.model, prompt, references)],
            prompt=prompt if prompt != typed else None,
            varies=bool(alternatives_in(prompt).choices),
            numbered=[NumberedReference(**vars(it)) for it in after],
            wrong=dict(self._wrong(given)),
            working=is_working,
            kit=self._kit() if filled.offers else None,
            expected=self._expected(given),
            example_usd=self._example_prices() if filled.offers else None,
            quote=self.services.runs.quote(self.model, items.carried(given)),
        )

    def _wrong(self, given: Mapping[str, Any]) -> Mapping[str, str]:
        """The sentences of the rules that the form breaks as it is, by field."""
        try:
            self.model.parse(given)
        except InvalidRequest as error:
            return error.problems
        return {}

    def _hold(self, filled: FormState, given: Mapping[str, Any], items: ReferenceItems) -> None:
        """Let all that is shown stay: the files, what they were repaired to, small pictures.

        What went meanwhile is found missing, and made anew, when the items are drawn.
        """
        shown = set(names_in(given))
        for status in items.statuses():
            shown |= set(names_in(list(status.examined.refs))) if status.examined else set()
        self.services.runs.hold_files(f"{filled.holder}:{self.model.api_name}", shown)

    def generate(self, filled: FormState, run_id: str) -> Run:
        """Check the form and keep a new run, or return the one that has this id already.

        Raises `PlaygroundError`; then nothing was sent.
        """
        runs, asked = self.services.runs, self.asked_hash(filled)
        if made := runs.asked_before(run_id, asked):
            return made
        request, parents = self.admitted(filled)
        return runs.submit(request, run_id=run_id, parents=parents, asked_hash=asked)

    def asked_hash(self, filled: FormState, *also: Any) -> str:
        """Stands for a form as it is filled in, and what is asked for besides."""
        return asked_hash(self.model, self.given(filled), filled.chosen, *also)

    def admitted(self, filled: FormState) -> tuple[ModelRequest, list[Parent]]:
        """The checked request, and the runs it is made from. Raises `PlaygroundError`."""
        options = AdmitOptions(
            filled.chosen,
            filled.names,
            PAGE_WAIT_S,
            reads_addresses=True,
            visitor=filled.visitor,
        )
        asked = self.given(filled)
        request = self.services.request_builder.admit(self.model, asked, options)
        return request, parents_of(self.model, asked, filled.origins)

    def given(self, filled: FormState) -> dict[str, Any]:
        """The values that were given, in the shape their fields have."""
        given: dict[str, Any] = without_gaps(shaped(self.model, filled.values))
        return given

    def example(self, number: int) -> dict[str, Any]:
        """An example's values, its files kept as if they had been uploaded."""
        media, samples = self.services.media, self.services.samples

        def keep(name: str, kind: MediaKind) -> str:
            del kind
            return ref(media.keep(samples / name, (samples / name).suffix))

        return map_fields(self.model, self.model.examples[number].values, keep)

    def _example_prices(self) -> list[float | None]:
        """What each example costs; None where that is not known."""
        runs, samples = self.services.runs, self.services.samples
        prices = []
        for values in (it.values for it in self.model.examples):
            clip = source_clip(self.model, values)
            if clip and runs.quotes.clips.length_of(self.model, values) is None:
                runs.quotes.clips.learn(clip, samples / clip)
            prices.append(runs.quote(self.model, values).usd)
        return prices

    def stop(self, source: str, kind: MediaKind, filled: FormState) -> None:
        """Stop looking at a file, or repairing it."""
        preparer = self.services.reference_preparer
        wanted = filled.chosen.get(preparer.identity(source))
        preparer.cancel(source, choices_of(kind, wanted))

    def _expected(self, values: Mapping[str, Any]) -> str:
        usual = self.services.runs.expectations.expect(self.model.model_id, values)
        return f"takes {span_text(usual.low_s, usual.high_s)}"

    def _kit(self) -> str:
        kinds = {type(parameter) for parameter in self.model.parameters().values()}
        if not kinds & {Elements, ImageRefs}:
            return ""
        kept = [
            {
                "id": it.id,
                "name": it.name,
                "element": it.element,
                "is_readable": it.is_readable,
                # Only our own files are shown: the page loads nothing from another host.
                "thumb": next((s for s in sources_of(it.element)[:1] if s.startswith("/")), ""),
            }
            for it in self.services.kit.all()
        ]
        label = "From the kit:" if Elements in kinds else "From the kit, as pictures:"
        return render("element_library.html", kit=kept, label=label)

    def _identified(self, reference: Reference) -> Reference:
        identities = [
            self.services.reference_preparer.identity(it) for it in sources_of(reference.source)
        ]
        return Reference(reference.noun, reference.number, reference.field, json.dumps(identities))

    def _wait_for_pictures(self, items: ReferenceItems) -> None:
        until = monotonic() + FIRST_WAIT_S
        for reference in self.model.references(items.values):
            if reference.noun != "Video":
                for source in sources_of(reference.source):
                    left_s = max(0.0, until - monotonic()) if source.startswith("/") else 0.0
                    items.prepare(source, "image", left_s)


def _bounded(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values with no list longer than any model takes, and what is to be said of the rest."""
    kept = {name: _cut(value) for name, value in values.items()}
    if kept == values:
        return kept, []
    return kept, [f"Only the first {MOST_IN_A_LIST} references are looked at; take some out."]


def _cut(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _cut(item) for name, item in value.items()}
    return [_cut(item) for item in value[:MOST_IN_A_LIST]] if isinstance(value, list) else value


def parents_of(
    model: type[ModelRequest], values: Mapping[str, Any], origins: Mapping[str, Parent]
) -> list[Parent]:
    """The runs whose results stand in a form, each with the field it stands in."""
    found = []
    for name, parameter in model.parameters().items():
        for _, value in parameter.references(values.get(name) or ()):
            found += [
                replace(origins[source], field=name, use=parameter.label)
                for source in sources_of(value)
                if source in origins
            ]
    return found
