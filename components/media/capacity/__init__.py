"""How much CPU and memory the work on files may take at once."""
