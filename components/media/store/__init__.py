"""Where files are kept, and how they come to be there."""
