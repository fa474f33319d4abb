"""What a monitor asks: whether all is well, and figures."""
