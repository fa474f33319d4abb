"""The form of a model: drawn, checked while it is filled in, and sent."""
