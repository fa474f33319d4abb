"""The list of showcases."""
