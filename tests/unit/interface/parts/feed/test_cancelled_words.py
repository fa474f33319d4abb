"""Who cancels a run that the provider has is told what that brings, whatever else is told of it."""

import pytest

from components.interface.parts.feed.card.run_words import message_of, run_as_json
from components.runs.run import Status
from tests.samples.models import CATALOG
from tests.samples.run_samples import sample_run

STAYS = "The provider cannot stop a run it has accepted, and bills it."


@pytest.mark.parametrize("note", ["", "This takes longer than usual."])
def test_a_cancelled_run_says_first_that_it_goes_on_and_costs(note: str) -> None:
    run = sample_run(status=Status.GENERATING, cancel_requested=True, note=note)
    assert message_of(run, CATALOG).startswith(STAYS)
    assert message_of(run, CATALOG).endswith(note)
    assert str(run_as_json(run, CATALOG)["note"]).startswith(STAYS)


def test_a_run_that_nobody_cancelled_is_told_as_it_is() -> None:
    run = sample_run(status=Status.GENERATING, note="This takes longer than usual.")
    assert message_of(run, CATALOG) == run.note
