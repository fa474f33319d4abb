"""How a showcase looks: what it shows beside the results, its accent, logo and cover."""
