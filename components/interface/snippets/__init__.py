"""The code of a request: for a form or a past run, programs that run as they are."""

from components.interface.snippets.material import Addresses
from components.interface.snippets.programs import Snippet, snippets

__all__ = ["Addresses", "Snippet", "snippets"]
