"""Showcases on the page: added to from everywhere, edited in a tab, shown to guests."""
