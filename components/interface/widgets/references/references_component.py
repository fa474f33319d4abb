"""Pictures or clips to refer to, as a component of any Gradio app.

```python
import gradio as gr
from components.interface.widgets.references.references_component import References

with gr.Blocks() as demo:
    References(label="Pictures", max_items=4)
demo.launch()
```
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder
from typing_extensions import override

from components.catalog.fields import MediaKind
from components.interface.requests.reference_items import examined_facts
from components.interface.requests.reference_status import ReferenceStatus
from components.interface.requests.repair_choices import choices_of
from components.interface.widgets.files_component import (
    FilesComponent,
    script_import,
    serve_component_files,
)
from components.interface.widgets.references.file_statuses import FileStatuses
from components.interface.widgets.templating import render
from components.media.preflight import Preflighter
from components.media.store.media_store import REF_PREFIX, FolderStore, name_of

HERE = Path(__file__).resolve().parent
NOUNS: dict[MediaKind, str] = {"image": "pictures", "video": "clips"}
TOKENS: dict[MediaKind, str] = {"image": "Image", "video": "Video"}
ON_LOAD = """%s.then(({ mount }) => mount(element, { props, trigger, server, upload }));
// "change" and "select" are told.
"""


class References(FilesComponent):
    """Files that are uploaded, checked against the limits of Kling's models, repaired and ordered.

    The value is a list of paths, in and out: out come the repaired files, in their order, of which
    the first is `@Image1` in a prompt. `change` tells of every step, `select` of a name that was
    pressed, as `token`.
    """

    def __init__(
        self,
        value: Sequence[str | Path] | None = None,
        *,
        kind: MediaKind = "image",
        label: str = "References",
        max_items: int = 10,
        open_preflighter: Callable[[FolderStore], Preflighter] = Preflighter,
        **options: Any,
    ) -> None:
        """Take `kind` files, "image" or "video", at most `max_items` of them.

        `open_preflighter` makes what examines and repairs them, for the store it gets.
        """
        self._open_preflighter = open_preflighter
        self.kind: MediaKind = kind
        self.noun_label = label
        self.max_items = max_items
        serve_component_files()

        def examine(sources: list[str]) -> dict[str, Any]:
            return self._drawn([it for it in sources if self._is_ours(Path(it))])

        super().__init__(
            value=value,
            html_template="${value ? value.html : ''}",
            js_on_load=ON_LOAD % script_import(HERE / "references_component.js"),
            apply_default_css=False,
            server_functions=[examine],
            **options,
        )

    @override
    def postprocess(self, value: Any) -> Any:
        """The files as items, examined and repaired."""
        return self._drawn([str(it) for it in value or ()])

    @override
    def preprocess(self, payload: Any) -> Any:
        """The paths of the files as they may be sent, in order."""
        return [it for it in (payload or {}).get("paths", ()) if self._is_ours(Path(it))]

    def _drawn(self, sources: Sequence[str]) -> dict[str, Any]:
        """Items of the files, and what they became; one that is declined has no path."""
        shown = list(sources)[: self.max_items]
        store, choices = self._store, choices_of(self.kind, None)
        items, paths = [], []
        for place, source in enumerate(shown):
            status = self._statuses.status_of(Path(source), choices)
            items.append(self._item(store, source, status, place, len(shown)))
            if status.examined:
                paths.append(str(store.path(name_of(status.examined.ref))))
        left_out = len(sources) - len(shown)
        html = render(
            "references_component.html",
            label=self.noun_label,
            meter=f"{len(shown)} of {self.max_items}",
            items=items,
            kind=self.kind,
            noun=NOUNS[self.kind],
            sentence=f"At most {self.max_items}: {left_out} left out." if left_out > 0 else "",
        )
        return {"html": html, "sources": shown, "paths": paths}

    @cached_property
    def _store(self) -> FolderStore:
        return FolderStore(Path(self.GRADIO_CACHE) / "references")

    @cached_property
    def _statuses(self) -> FileStatuses:
        """Each move draws all items again; their files are examined once."""
        return FileStatuses(self._store, self._open_preflighter(self._store))

    def _item(
        self, store: FolderStore, source: str, status: ReferenceStatus, place: int, count: int
    ) -> str:
        facts = examined_facts(status, choices_of(self.kind, None))
        for name in ("thumb", "before"):
            if facts[name].startswith(REF_PREFIX):
                facts[name] = f"/gradio_api/file={store.path(name_of(facts[name])).as_posix()}"
        offers = {name: False for name in facts if name.startswith("offers_")}
        return render(
            "reference.html",
            **{**facts, **offers},
            source=source,
            name=Path(source).name,
            identity=source,
            kind=self.kind,
            state=status.state,
            percent=100,
            sentence=status.sentence,
            token=f"@{TOKENS[self.kind]}{place + 1}",
            index=place,
            view=None,
            can_move_back=place > 0,
            can_move_on=place < count - 1,
        )

    def _is_ours(self, file: Path) -> bool:
        """Whether Gradio put it there: a browser may name any path."""
        folders = (self.GRADIO_CACHE, get_upload_folder())
        return any(file.resolve().is_relative_to(Path(it).resolve()) for it in folders)
