"""The run card: in words, with its media, followed while it changes."""
