"""The editor of a showcase: what it shows, in which order, under which words."""
