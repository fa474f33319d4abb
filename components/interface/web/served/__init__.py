"""What the page is served as: its HTML, scripts, styles, and what stands in it first."""
