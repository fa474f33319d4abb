"""Who may see what is shown, under which name they write, and how fast."""
