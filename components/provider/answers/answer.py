"""What came back from the provider: its status, its headers, and its body read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from components.catalog.storable_text import storable
from components.errors import Facts
from components.provider.answers.answer_json import read_json
from components.provider.answers.retry_after import retry_after_s
from components.provider.redaction import Redaction

DETAIL_MAX_CHARS = 300
ID_MAX_CHARS = 256
"""What the columns that keep an id hold; a longer one is no id."""


@dataclass(frozen=True)
class Answer:
    """An answer as it came; the key may occur in it, and does not in its `facts`."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @cached_property
    def value(self) -> Any:
        """The body's JSON values. Raises `ValueError`: it is no JSON."""
        return read_json(self.content)

    @property
    def is_web_page(self) -> bool:
        """Whether it is HTML (or XML), which no endpoint of the API answers, whatever its label."""
        return self.content[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")

    @property
    def web_page_words(self) -> str:
        """What to say of a web page."""
        return (
            "Something other than the provider's API answered with a web page "
            f"({self.status_code}): a gateway, or a wrong AIML_API_BASE."
        )

    def error_body(self) -> dict[str, Any] | None:
        """The provider's error shape, or None (a gateway may answer HTML)."""
        try:
            body = self.value
        except ValueError:
            return None
        return body if isinstance(body, dict) and "message" in body else None

    def facts(self, redaction: Redaction) -> Facts:
        """What it tells of a call that failed."""
        body = self.error_body() or {}
        said = body.get("message") or ""
        said = "; ".join(map(str, said)) if isinstance(said, list) else str(said)
        request_id = body.get("requestId")
        return Facts(
            detail=redaction.text(" ".join(said.split()))[:DETAIL_MAX_CHARS],
            request_id=identifier(redaction.text(request_id)) if request_id else None,
            inference_id=identifier(self.headers.get("x-inference-id")),
            status_code=self.status_code,
            retry_after_s=retry_after_s(self.headers.get("Retry-After")),
        )


def identifier(text: str | None) -> str | None:
    """An id that came from outside, as it can be kept; None for what cannot be one."""
    name = storable(text or "").strip()
    return name if 0 < len(name) <= ID_MAX_CHARS else None
