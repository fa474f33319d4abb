"""The card of a run: in words, with its media, and what its buttons do."""
