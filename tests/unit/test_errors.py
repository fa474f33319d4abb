"""The tree of errors is the one its module draws, and each leaf reads as plain sentences."""

import inspect
import re

import pytest

from components import errors
from components.errors import (
    AnswerLost,
    Facts,
    InvalidRequest,
    MediaRejected,
    NotAccepted,
    PlaygroundError,
    ProviderError,
    Refused,
    StorageError,
)

CLASSES: dict[str, type[PlaygroundError]] = {
    name: item
    for name, item in vars(errors).items()
    if inspect.isclass(item) and issubclass(item, PlaygroundError)
}
PROVIDER_LEAVES = [
    item
    for item in CLASSES.values()
    if issubclass(item, ProviderError) and not item.__subclasses__()
]


def drawn() -> dict[str, str]:
    """Each class of the docstring's drawing with the class it hangs from."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"    ([│├└─ ]*)([A-Z]\w+)", line)
        if not found:
            continue
        depth = len(found[1]) // 4
        path[depth:] = [found[2]]
        if depth:
            parents[found[2]] = path[depth - 1]
    return parents


def test_the_drawing_is_the_tree() -> None:
    real = {
        name: item.__mro__[1].__name__
        for name, item in CLASSES.items()
        if item is not PlaygroundError
    }
    assert drawn() == real


@pytest.mark.parametrize("kind", PROVIDER_LEAVES, ids=lambda kind: kind.__name__)
def test_a_failure_says_what_happened_what_it_cost_and_what_to_do(
    kind: type[ProviderError],
) -> None:
    error = kind("It happened.")
    assert str(error) == f"It happened. {error.cost} {error.advice}"
    assert error.cost.endswith(".")
    assert error.advice.endswith(".")
    assert error.facts == Facts()


def test_only_what_was_not_accepted_promises_another_try() -> None:
    again = [kind for kind in PROVIDER_LEAVES if "tried again by itself" in kind.advice]
    assert all(issubclass(kind, NotAccepted) for kind in again)
    assert "not sent again by itself" in AnswerLost.advice
    assert NotAccepted.cost == Refused.cost == "Nothing was charged."


def test_cost_and_advice_may_be_said_otherwise() -> None:
    assert str(PlaygroundError("A.", cost="B.", advice="C.")) == "A. B. C."
    assert str(ProviderError("A.", advice="C.")) == "A. C."
    assert str(Refused("A.", advice="")) == "A. Nothing was charged."


def test_a_wrong_request_keeps_one_sentence_a_field() -> None:
    error = InvalidRequest({"prompt": "One.", "": "Two."})
    assert error.problems == {"prompt": "One.", "": "Two."}
    assert str(error) == "One. Two."


@pytest.mark.parametrize("kind", [StorageError, *StorageError.__subclasses__()])
def test_a_file_that_cannot_be_kept_costs_nothing_unless_it_is_a_result(
    kind: type[StorageError],
) -> None:
    error = kind("It happened.")
    assert str(error).startswith("It happened. Nothing was sent or charged. ")
    assert "by itself" not in str(error)
    result = error.of_a_result("It is paid for.")
    assert type(result) is kind
    assert str(result) == f"It happened. It is paid for. {kind.result_advice}"
    assert result.advice.endswith("by itself.")


def test_a_rejected_file_tells_its_fault_apart_from_what_to_do() -> None:
    error = MediaRejected("a.mp4 is damaged", remedy="export it again")
    assert str(error) == "a.mp4 is damaged; export it again."
    assert error.finding == "a.mp4 is damaged"
    assert MediaRejected("It is no file.").finding == "It is no file"
