"""The link to a showcase: how it is made, limited and ended."""
