"""Plans of runs: what varies, what it costs, and where it is asked for."""
