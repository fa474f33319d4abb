"""Rows of showcases: each function works on a connection that its caller's transaction holds."""
