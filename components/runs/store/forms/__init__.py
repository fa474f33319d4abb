"""What forms hold beside runs: kept elements, and the files they show."""
