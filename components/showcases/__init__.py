"""Showcases: results that somebody chose to show, the links that lead to them, and reviews."""
