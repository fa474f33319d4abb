"""Pictures or clips against each other, as a component of any Gradio app.

```python
import gradio as gr
from components.interface.widgets.comparison.comparison import Comparison

with gr.Blocks() as demo:
    Comparison(["before.mp4", "after.mp4"], labels=["Before", "After"])
demo.launch()
```
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.processing_utils import save_file_to_cache
from typing_extensions import override

from components.errors import MediaRejected
from components.interface.widgets.comparison.stage_view import Stage, StagePane
from components.interface.widgets.files_component import (
    FilesComponent,
    script_import,
    serve_component_files,
)
from components.interface.widgets.templating import render
from components.media.clips.encoding import video_facts
from components.media.drawing.canvas import picture_facts
from components.media.formats.sniffing import kind_of

LETTERS = "ABCDEF"
"""More sides would be too small to see, and too many clips to keep in step."""
HERE = Path(__file__).resolve().parent
EMPTY = "Nothing to compare yet."
ON_LOAD = """%s.then(({ mount }) => watch("value", mount(element, trigger)));
// "play" and "pause" are told.
"""


class Comparison(FilesComponent):
    """Two to six pictures or clips: a slider over two of them, or side by side, zoomed as one.

    Clips play in step, frame by frame, with one scrubber for all; one of them is heard. The value
    is a list of paths, in and out. `play` and `pause` tell `time_s` and `frame`.
    """

    def __init__(
        self,
        value: Sequence[str | Path] | Callable[[], Sequence[str | Path]] | None = None,
        *,
        labels: Sequence[str] = (),
        **options: Any,
    ) -> None:
        """Show these files; `labels` are said beside their letters, in their order."""
        self.labels = labels
        serve_component_files()
        super().__init__(
            value=value,
            html_template="${value ? value.html : ''}",
            js_on_load=ON_LOAD % script_import(HERE / "comparison.js"),
            apply_default_css=False,
            **options,
        )

    @override
    def postprocess(self, value: Any) -> Any:
        """The files as HTML, copied to where Gradio serves them.

        Raises `gr.Error` for what is no picture and no clip, and for more than six.
        """
        files = [Path(it) for it in value or ()]
        if len(files) > len(LETTERS):
            raise gr.Error(f"At most {len(LETTERS)} files can be compared at once.")
        kept = [save_file_to_cache(file, self.GRADIO_CACHE) for file in files]
        panes = [self._pane(place, Path(path)) for place, path in enumerate(kept)]
        stage = Stage(panes).html(f"comparison-{self._id}")
        html = render("comparison_component.html", stage=stage, empty=EMPTY)
        return {"html": html, "paths": kept}

    @override
    def preprocess(self, payload: Any) -> Any:
        """The paths of the files that are shown."""
        paths = payload["paths"] if payload else []
        return [it for it in paths if Path(it).resolve().is_relative_to(self.GRADIO_CACHE)]

    def _pane(self, place: int, file: Path) -> StagePane:
        label = self.labels[place] if place < len(self.labels) else file.stem
        url = f"/gradio_api/file={file.as_posix()}"
        try:
            if kind_of(file) == "image":
                width_px, height_px = picture_facts(file).upright_px
                return StagePane(LETTERS[place], label, "image", url, width_px, height_px)
            facts = video_facts(file)
        except MediaRejected as error:
            raise gr.Error(f"{file.name}: {error.message}") from error
        return StagePane(
            LETTERS[place],
            label,
            "video",
            url,
            facts.width_px,
            facts.height_px,
            facts.frames_per_s,
            facts.has_audio,
        )
