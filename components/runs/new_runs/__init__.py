"""New runs: kept once, planned together, or made from earlier ones."""
