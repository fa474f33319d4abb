"""Figures, not verdicts: machines are noisy, so each is a ratio measured side by side in one run."""
