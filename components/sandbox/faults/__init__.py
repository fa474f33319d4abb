"""What can go wrong on purpose, for tests."""
