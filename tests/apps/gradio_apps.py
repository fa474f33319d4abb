"""Somebody's own Gradio app, launched as anybody would, on a port that nobody else tries for."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr


@contextmanager
def launched(demo: gr.Blocks) -> Iterator[str]:
    """The app's address. Where Gradio looks for a port itself, it leaves sockets open."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _, url, _ = demo.launch(
        server_port=port, prevent_thread_lock=True, quiet=True, run_history=False, ssr_mode=False
    )
    try:
        yield url
    finally:
        demo.close()
