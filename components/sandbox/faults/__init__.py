"""Fault injection, for tests: which faults, and how each changes an answer."""
