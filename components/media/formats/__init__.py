"""What a file is, and how formats and sizes are named."""
