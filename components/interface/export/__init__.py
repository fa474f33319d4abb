"""Taking results out: a file that carries its settings, or many runs as one archive."""
