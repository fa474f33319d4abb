"""What a component loads in somebody's own page: Gradio serves it as static files."""

from pathlib import Path

import gradio as gr

from components.interface.widgets.templating import INTERFACE

FOLDERS = (INTERFACE / "widgets", INTERFACE / "browser")


def serve_component_files() -> None:
    """Let Gradio serve the scripts and styles of components, and nothing else that lies there."""
    gr.set_static_paths(
        [file for folder in FOLDERS for end in ("js", "css") for file in folder.rglob(f"*.{end}")]
    )


def script_import(script: Path) -> str:
    """The expression that imports a script, wherever the app is mounted."""
    root = '(window.gradio_config?.root ?? "").replace(/\\/$/, "")'
    return f"import({root} + {f'/gradio_api/file={script.as_posix()}'!r})"
