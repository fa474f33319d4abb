"""Programs as templates: `§name` stands for a part that is filled in.

All parts are put in at once, so a prompt that holds `§name` itself stays what it is.
"""

from string import Template


class ProgramTemplate(Template):
    """A program with gaps; `$` means something in two of the languages, `§` in none."""

    delimiter = "§"
