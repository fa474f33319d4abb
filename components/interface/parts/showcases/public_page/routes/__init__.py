"""The addresses of the public page."""
