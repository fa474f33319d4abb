"""What is asked of many runs: history, searches, usage, spending, durations."""
