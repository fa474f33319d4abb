"""Stand-ins, rendered so that every parameter shows."""
