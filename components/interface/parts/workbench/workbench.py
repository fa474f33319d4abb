"""A model's tab: the form, and beside it the runs that were made with it."""

from components.catalog.request import ModelRequest
from components.interface.parts.workbench.form.form import form_html
from components.interface.widgets.section import Section
from components.interface.widgets.templating import render


class Workbench(Section):
    """The form of a model and the place of its runs; the script restores what was in both."""

    def __init__(self, model: type[ModelRequest]) -> None:
        """Draw the form as the model describes it."""
        html = render("workbench.html", model=model, form=form_html(model))
        super().__init__(html, form=model.api_name)
