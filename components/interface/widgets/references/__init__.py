"""References: media that are added, seen, moved, taken out, and named in a prompt."""
