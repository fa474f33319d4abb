"""The public page as HTML, styles and a preview picture."""
