"""A result is used again: in which fields, and as which frame."""
