"""Charts drawn by the server: pure figures in, places in percent out, templates write the SVG."""
