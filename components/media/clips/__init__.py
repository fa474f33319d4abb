"""Clips: inspected, checked, repaired, encoded, and their frames."""
