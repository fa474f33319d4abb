"""Who takes runs a step further, and when."""
