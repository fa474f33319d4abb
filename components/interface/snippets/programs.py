"""All programs of one request, in the order they are offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from components.catalog.request import ModelRequest
from components.interface.snippets.curl_code import curl_code
from components.interface.snippets.javascript_code import javascript_code
from components.interface.snippets.material import POLL_S, Addresses, gather
from components.interface.snippets.playground_code import playground_code
from components.interface.snippets.python_code import python_code


@dataclass(frozen=True)
class Snippet:
    """One program. `highlighting` is what `gr.Code` calls the language."""

    label: str
    highlighting: Literal["python", "javascript", "shell"]
    file_name: str
    code: str


def snippets(
    model: type[ModelRequest],
    values: Mapping[str, Any],
    addresses: Addresses,
    *,
    poll_s: float = POLL_S,
) -> tuple[Snippet, ...]:
    """Write the programs of a form or of a run's `request`: every field, as it would be sent.

    Raises:
        InvalidRequest: one sentence for each field that is wrong.
        MediaRejected: a reference into the media store that no file can have.
    """
    material = gather(model, values, addresses, poll_s)
    return (
        Snippet("Python", "python", "request.py", python_code(material)),
        Snippet("JavaScript", "javascript", "request.mjs", javascript_code(material)),
        Snippet("cURL", "shell", "request.sh", curl_code(material)),
        Snippet("This playground", "python", "request.py", playground_code(material)),
    )
