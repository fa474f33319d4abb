"""Compare: runs side by side, and what differs."""
