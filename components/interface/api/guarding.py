"""What every API endpoint is wrapped in: failures reach the caller as one sentence."""

import functools
import logging
from collections.abc import Callable
from typing import Any

import gradio as gr

from components.errors import PlaygroundError
from components.media.store.durable_files import disk_space_watched

LOGGER = logging.getLogger(__name__)
Json = dict[str, Any]


def guarded(function: Callable[..., Json]) -> Callable[..., Json]:
    """Turn our errors into gradio's, whose message reaches the caller."""

    @functools.wraps(function)
    def call(*arguments: Any, **values: Any) -> Json:
        try:
            with disk_space_watched():
                return function(*arguments, **values)
        except PlaygroundError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            LOGGER.exception("an API call could not be answered")
            sentence = "This call could not be understood. Nothing was sent or charged."
            raise gr.Error(sentence, print_exception=False) from error

    return call
