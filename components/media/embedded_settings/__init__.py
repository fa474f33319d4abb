"""A result carries the settings it was made with, beside its picture or clip."""
