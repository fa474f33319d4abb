"""What a form or an API call hands in becomes a checked request; files go into the media store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.catalog.fields import MediaKind
from components.catalog.request import ModelRequest
from components.errors import InvalidInput, InvalidRequest, MediaRejected
from components.interface.requests.reference_preparer import ReferencePreparer, refusal
from components.interface.requests.repair_choices import ChosenFor, choices_of
from components.interface.uploads.uploaded_files import Upload
from components.media.inputs import take
from components.media.store.incoming_file import suffix_for
from components.media.store.media_store import REF_PREFIX, MediaStore, ref

PAGE_WAIT_S = 2.0
"""How long Generate waits for a picture that was added a moment ago."""
CALL_WAIT_S = 600.0
"""How long an API call waits for the repair of a clip it brought itself."""


@dataclass(frozen=True)
class AdmitOptions:
    """How a request comes in: with what choices, how patiently, and whether addresses are read.

    `names` are the names of files as the user knows them, by reference; `visitor` is whoever asks,
    in whose share of the work it is done.
    """

    chosen: ChosenFor = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = CALL_WAIT_S
    reads_addresses: bool = False
    visitor: str = ""


@dataclass(frozen=True)
class RequestBuilder:
    """`allowed_hosts` are host:port pairs that an address may name besides public ones."""

    media: MediaStore
    preparer: ReferencePreparer
    allowed_hosts: frozenset[str] = frozenset()

    def admit(
        self,
        model: type[ModelRequest],
        values: Mapping[str, Any],
        options: AdmitOptions | None = None,
    ) -> ModelRequest:
        """Check everything, keep the files, and return the request.

        Raises:
            InvalidRequest: one sentence for each field that is wrong; nothing was sent.
        """
        problems: dict[str, str] = {}
        try:
            model.parse(values)
        except InvalidRequest as error:
            problems = error.problems
        how = options or AdmitOptions()

        def take(source: str, kind: MediaKind) -> str:
            return self._take(source, kind, how)

        taken = dict(values)
        for name, parameter in model.parameters().items():
            if name in problems or values.get(name) in (None, "", [], ()):
                continue
            try:
                taken[name] = parameter.map_media(values[name], take)
            except InvalidInput as error:
                problems[name] = str(error)
        if problems:
            raise InvalidRequest(problems)
        return model.parse(taken)

    def _take(self, source: str, kind: MediaKind, options: AdmitOptions) -> str:
        if isinstance(source, Upload):
            source = self._fetched(Path(source))
        is_file = source.startswith(REF_PREFIX)
        if not is_file:
            source = take(source, self.media, choices_of(kind, None), self.allowed_hosts)
            if source.startswith(REF_PREFIX) or not options.reads_addresses:
                return source
        chosen = options.chosen.get(self.preparer.identity(source))
        choices = choices_of(kind, chosen)
        wait_s = options.wait_s if is_file else 0.0
        status = self.preparer.prepare(source, choices, wait_s, options.visitor)
        if status.carried:
            return status.carried
        if status.state == "working" and not is_file:
            return source
        raise refusal(status, options.names.get(source, ""))

    def _fetched(self, file: Path) -> str:
        """Keep a file that gradio fetched from the address a call gave it."""
        if not file.is_file():
            raise MediaRejected("That file is no longer kept here; add it again.")
        return ref(self.media.keep(file, suffix_for(file, file.name)))
