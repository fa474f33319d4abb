"""From what a form or a call hands in to a checked request."""
