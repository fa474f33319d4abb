"""One run in full, and its family."""
