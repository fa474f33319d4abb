"""The HTTP side: who may ask, what the page is served as, static files."""
