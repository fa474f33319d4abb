"""advance(run): exactly one step of a run's life, safe to repeat."""

import logging
from dataclasses import dataclass

from components.runs.run import Run, Status
from components.runs.steps.context import StepContext
from components.runs.steps.log_context import about
from components.runs.steps.poll import PollStep
from components.runs.steps.reconcile import ReconcileStep
from components.runs.steps.save import SaveStep
from components.runs.steps.submit import SubmitStep

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class StepRunner:
    """Takes runs forward by one step with what it is given; keeps nothing itself."""

    context: StepContext

    def advance(self, run: Run) -> Run:
        """Return the run after its next step; every failure ends in its status and words."""
        with about(run.id):
            run = self._step(run)
            if run.status is Status.DONE:
                self._learn(run)
        return run

    def _learn(self, run: Run) -> None:
        try:
            self.context.expectations.learn(run)
        except Exception:
            LOGGER.exception("nothing was learned from run %s, which is done all the same", run.id)

    def _step(self, run: Run) -> Run:
        match run.status:
            case Status.SUBMITTING:
                return SubmitStep(self.context).advance(run)
            case Status.UNCERTAIN:
                return ReconcileStep(self.context).advance(run)
            case Status.GENERATING:
                return PollStep(self.context).advance(run)
            case Status.SAVING:
                return SaveStep(self.context).advance(run)
            case status:
                raise ValueError(f"a run that is {status} has no next step")
