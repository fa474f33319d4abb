"""What guests see of a showcase: a page of its own, light and strict, with their words in it."""
