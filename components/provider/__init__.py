"""How the AI/ML API is spoken to. The only room that uses `requests`."""
