"""What components for somebody's own page share: their value is files, their scripts are static."""

from pathlib import Path
from typing import Any

import gradio as gr
from typing_extensions import override

from components.interface.widgets.section import WithoutStub
from components.interface.widgets.templating import INTERFACE

FOLDERS = (INTERFACE / "widgets", INTERFACE / "browser")


class FilesComponent(gr.HTML, metaclass=WithoutStub):
    """A component whose value is a list of paths, in and out."""

    @override
    def api_info(self) -> dict[str, Any]:
        """A list of paths."""
        return {"type": "array", "items": {"type": "string"}}

    @override
    def example_payload(self) -> Any:
        """Nothing."""
        return None

    @override
    def example_value(self) -> Any:
        """Nothing."""
        return None


def serve_component_files() -> None:
    """Let Gradio serve the scripts and styles of components, and nothing else that lies there."""
    gr.set_static_paths(
        [file for folder in FOLDERS for end in ("js", "css") for file in folder.rglob(f"*.{end}")]
    )


def script_import(script: Path) -> str:
    """The expression that imports a script, wherever the app is mounted."""
    root = '(window.gradio_config?.root ?? "").replace(/\\/$/, "")'
    return f"import({root} + {f'/gradio_api/file={script.as_posix()}'!r})"
