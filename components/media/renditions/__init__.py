"""Renditions: what pages show of kept files, in sizes that a screen needs and without metadata."""
