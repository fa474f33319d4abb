"""Answers of the provider: their status, their JSON, and typed values read from them."""
