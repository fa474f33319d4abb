"""What every part of the page is made with: sections, templates, words."""
