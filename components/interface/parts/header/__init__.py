"""The top of the page."""
