"""What becomes of a run after a fault of ours: pure functions."""

from components.runs.retry import FailureKind, Next, decide
from components.runs.run import Run, Status
from components.runs.wording import LOOKED_FOR, at_most, moment, span

_COSTS = {
    Status.QUEUED: "Nothing was sent or charged.",
    Status.UNCERTAIN: "It may have been accepted and charged; it is not sent again by itself.",
    Status.GENERATING: (
        "The generation goes on at the provider, and is charged unless it fails there."
    ),
    Status.SAVING: "The result is paid for, and nothing is asked for again that costs anything.",
}


def after_a_fault(run: Run, now: float, chance: float) -> Run:
    """The run whose step failed here: never sent again, and set aside once it failed long enough.

    `chance` is a random number from 0 to 1.
    """
    if run.status is Status.SUBMITTING:
        what = "Something went wrong here while sending."
        return run.moved(
            Status.UNCERTAIN,
            now,
            f"{what} Looking for it at the provider.",
            note=f"{what} {LOOKED_FOR}",
        )
    run = run.troubled(FailureKind.FAULT_HERE, now)
    over = run.is_over(FailureKind.FAULT_HERE)
    decision = decide(FailureKind.FAULT_HERE, run.attempts, chance=chance, is_over=over)
    cost = _COSTS.get(run.status, "")
    if decision.next is Next.GIVE_UP:
        return _given_up(run, now, cost)
    until = now + decision.pause_s
    todo = "Cancelling is free." if run.status is Status.QUEUED else "There is nothing to do."
    return run.waiting(
        until,
        f"Something went wrong here. {cost} It is tried again at {moment(until)}, "
        f"{at_most(FailureKind.FAULT_HERE)}. {todo}",
    )


def _given_up(run: Run, now: float, cost: str) -> Run:
    what = f"Something went wrong here again and again for {span(run.troubled_s)}."
    if run.status is Status.QUEUED:
        return run.failed(now, f"{what} {cost} Send it again.", charged_usd=0.0)
    ids = "Its ids are in the receipt: look again, or send it again on purpose."
    return run.failed(now, f"{what} {cost} {ids}", unresolved=True)
