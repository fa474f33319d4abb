"""HTML from templates: whatever is put into one is escaped."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from components.interface.widgets.wording import (
    ago,
    clock_text,
    counted,
    percent_text,
    usd,
)
from components.runs.wording import money

INTERFACE = Path(__file__).resolve().parents[1]
"""A template stands beside the part that fills it in; its name is its own in the whole room."""


def render(template: str, **context: Any) -> Markup:
    """The template filled in, safe to be shown; a name it lacks is an error."""
    return Markup(_environment().get_template(template).render(**context))  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(
            [INTERFACE, *sorted(it for it in INTERFACE.rglob("*") if it.is_dir())]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        ago=ago,
        clock=clock_text,
        counted=counted,
        exact_usd=money,
        percent=percent_text,
        usd=usd,
    )
    return environment
