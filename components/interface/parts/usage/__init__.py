"""Usage: what was spent on what, in charts and tables."""
