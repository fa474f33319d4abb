"""Figures, not verdicts: machines are noisy, so each is a ratio of two taken in one run."""
