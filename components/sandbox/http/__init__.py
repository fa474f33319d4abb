"""The sandbox's HTTP server: its routes, and what stands before and after them."""
