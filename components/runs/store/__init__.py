"""Rows of runs, and every way they are written."""
