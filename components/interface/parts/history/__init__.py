"""History: every run, searched, filtered and worked with."""
