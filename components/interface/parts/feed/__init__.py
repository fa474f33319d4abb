"""The runs a tab shows, newest first, followed while they change."""
