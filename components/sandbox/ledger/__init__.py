"""What the sandbox must not forget: money, log, durations."""
