"""What the page and the server tell each other of a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, RootModel

from components.catalog.fields import MediaKind, Noun
from components.catalog.tokens import Reference
from components.runs.money.quote import Quote
from components.runs.run import Parent

HOLDER_MAX_CHARS = 40


@dataclass(frozen=True)
class FormState:
    """A form as the browser has it.

    `values` are the request's fields with references for files; `chosen` says how repairs are to
    be done, by the identity of a file; `names` are file names by reference; `numbered` is what
    the tokens of the prompt stood for at the last look; `origins` tells of files that are results
    which run they came from. `holder` is this form in this tab: its files stay while it shows
    them. `visitor` is the address it comes from. `offers` asks for what the form offers
    besides: the kit, and what the examples cost.
    """

    values: Mapping[str, Any]
    chosen: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, str]
    numbered: list[Reference]
    origins: Mapping[str, Parent]
    holder: str = ""
    visitor: str = ""
    offers: bool = True


class NumberedReference(BaseModel):
    """What a token of the prompt stood for at the last look."""

    noun: Noun
    number: int
    field: str
    source: str


class Origin(BaseModel):
    """The run that a file in the form came from."""

    run_id: str
    output_index: int = 0


class FormBody(BaseModel):
    """A form as the browser sends it."""

    run_id: UUID | None = None
    origins: dict[str, Origin] = Field(default_factory=dict)

    values: dict[str, Any]
    chosen: dict[str, dict[str, Any]] = Field(default_factory=dict)
    names: dict[str, str] = Field(default_factory=dict)
    numbered: list[NumberedReference] = Field(default_factory=list)
    holder: str = Field(default="", max_length=HOLDER_MAX_CHARS)
    offers: bool = True

    def filled(self, visitor: str = "") -> FormState:
        """The same, as the service takes it, from a visitor's address."""
        numbered = [Reference(**it.model_dump()) for it in self.numbered]
        origins = {ref: Parent(**it.model_dump()) for ref, it in self.origins.items()}
        holder = self.holder or visitor[:HOLDER_MAX_CHARS]
        return FormState(
            self.values,
            self.chosen,
            self.names,
            numbered,
            origins,
            holder=holder,
            visitor=visitor,
            offers=self.offers,
        )


class StopBody(FormBody):
    """Which file is not to be looked at any more."""

    source: str
    kind: MediaKind


class ElementBody(BaseModel):
    """An element to keep under a name; without one the kept element is given the name."""

    name: str
    element: Any = None


class FormStatus(BaseModel):
    """What the page shows of a form.

    `lists` are the references of each field as HTML, `tokens` what the prompt can name,
    `numbered` what that stands for now. `prompt` is there when its tokens were renumbered.
    `wrong` are the sentences of broken rules by field. `varies`: the prompt is one of several.
    `working`: a file is still being checked, so that this is to be asked again. `kit` and
    `example_usd` are there when they were asked for.
    """

    lists: dict[str, list[str]]
    tokens: list[str]
    meter: str
    over: bool
    notes: list[str]
    prompt: str | None
    varies: bool
    numbered: list[NumberedReference]
    wrong: dict[str, str]
    working: bool
    kit: str | None
    expected: str
    example_usd: list[float | None] | None
    quote: Quote


class Values(RootModel[dict[str, Any]]):
    """The values of a form's fields by their names, whatever they are."""
