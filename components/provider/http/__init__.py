"""HTTP to the provider: requests go out with the key, and every way of failing has a meaning."""
