"""Showcases: results somebody chose, with words around them, and the page that guests see."""
