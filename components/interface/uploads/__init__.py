"""Files on their way in, and kept files on their way out."""
