"""What a model's tab does when something happens. Every handler returns at once."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from components.errors import InvalidRequest, PlaygroundError
from components.interface.examples import example_values
from components.interface.form import Updates, fill_form, read_form
from components.interface.intake import PAGE_WAIT_S, Manner
from components.interface.problems import problems_value
from components.interface.results import show_run
from components.interface.services import Services
from components.interface.uploads import find_uploads

if TYPE_CHECKING:
    from components.interface.model_tab import ModelTab

LOGGER = logging.getLogger(__name__)
__all__ = ["TabEvents", "Updates"]


@dataclass(frozen=True)
class TabEvents:
    """The handlers of one tab."""

    tab: "ModelTab"
    services: Services

    def generate(self, draft: Any, **values: Any) -> Updates:
        """Check the form, keep a new run, and show it."""
        manner = Manner((draft or {}).get("chosen") or {}, PAGE_WAIT_S, reads_addresses=True)
        try:
            found = find_uploads(values, self.services.upload_folder)
            asked = read_form(self.tab.controls, found)
            request = self.services.intake.admit(self.tab.model, asked, manner)
            run = self.services.runs.submit(request)
        except InvalidRequest as error:
            return self._problems(error.problems)
        except PlaygroundError as error:
            return self._problems({"": str(error)})
        except Exception:
            LOGGER.exception("a request could not be taken")
            return self._problems(
                {"": "Something went wrong here. Nothing was sent or charged. Try it again."}
            )
        return {
            **self._problems({}),
            self.tab.shown: run.id,
            **show_run(self.tab.result, run, self.services.clock()),
        }

    def fill_example(self, event: gr.EventData) -> Updates:
        """Put an example into the form."""
        example = self.tab.model.examples[int(event.example)]
        values = example_values(self.tab.model, example, self.services.samples)
        return fill_form(self.tab.controls, self.tab.model, values)

    def act_on_run(self, event: gr.EventData, run_id: str | None) -> Updates:
        """What the card asks for: to be drawn again, to bring back the last run, or to cancel."""
        said = event._data or {}  # noqa: SLF001  its attributes are this dictionary's entries
        wanted = run_id if said.get("action") == "restore" else str(said.get("run"))
        try:
            cancels = said.get("action") == "cancel"
            runs = self.services.runs
            run = runs.cancel(str(wanted)) if cancels else runs.get(str(wanted))
        except PlaygroundError:
            return {}
        if run.id != run_id or run.model != self.tab.model.model_id:
            return {}
        return show_run(self.tab.result, run, self.services.clock())

    def _problems(self, problems: Mapping[str, str]) -> Updates:
        return {self.tab.problems: problems_value(self.tab.model.api_name, problems)}
