"""One file a revision, in the order of their numbers; a kept database goes through them."""
