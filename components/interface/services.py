"""What the page works with, handed down by the composition root."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from components.catalog import Catalog
from components.interface.requests.reference_preparer import ReferencePreparer
from components.interface.requests.request_builder import RequestBuilder
from components.media.store.media_store import MediaStore
from components.runs.service import RunService
from components.runs.store.change_log import Journal
from components.runs.store.forms.element_library import ElementLibrary
from components.showcases.opening import Showcases


@dataclass(frozen=True)
class Services:
    """`samples` is the folder of the examples' files, `upload_folder` where gradio puts uploads.

    `uploaded(reference, size_bytes)` is told of what somebody brought; `provider_url` is the
    address that code for other places names, `public_url` that of this playground where people
    open it by another than the one they ask at. `journal` tells what changed. `workers_alive`
    says how many workers live, the engine of this process being one, and `breakers` which ways to
    the provider rest, by name.
    """

    runs: RunService
    request_builder: RequestBuilder
    reference_preparer: ReferencePreparer
    media: MediaStore
    uploaded: Callable[[str, int], object]
    kit: ElementLibrary
    journal: Journal
    samples: Path
    upload_folder: str
    balance_usd: Callable[[], float]
    is_sandbox: bool
    provider_url: str
    needs_login: bool
    showcases: Showcases
    public_url: str = ""
    workers_alive: Callable[[], int] = lambda: 1
    breakers: Callable[[], Mapping[str, bool]] = dict
    clock: Callable[[], float] = time.time

    def address(self, asked_at: str) -> str:
        """Where people open this playground; `asked_at` is where it was asked just now."""
        return (self.public_url or asked_at).rstrip("/")

    @property
    def catalog(self) -> Catalog:
        """The models that are offered."""
        return self.runs.catalog
