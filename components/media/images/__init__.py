"""Pictures: inspected, checked, repaired, thumbnailed."""
