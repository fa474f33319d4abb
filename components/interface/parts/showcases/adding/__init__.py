"""Adding to showcases from everywhere on the page, and what deleting a run means for them."""
