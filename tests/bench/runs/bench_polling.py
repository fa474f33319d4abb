"""Polling that expects the end, against fixed polls and against the best any schedule can do.

Every figure is an exact expectation over the distribution of durations; only past runs are drawn.
"""

from collections.abc import Sequence
from math import sqrt

import numpy

from components.runs.timing.durations import Durations, guessed, reported
from components.runs.timing.polling import DEFAULT_BUDGET
from tests.simulation.polling_replay import (
    POLL_S,
    Array,
    Cost,
    Truth,
    after_runs,
    at_requests,
    cost,
    figures,
    fixed_poll,
    heavy_tailed,
    lognormal,
    planned,
    sometimes_stuck,
)

SAMPLES_S = (79, 126, 203, 235)
"""How long the provider's own samples took."""
SIGMAS = (0.15, 0.25, 0.35)
FEW_RUNS = (1, 2, 3, 5, 10, 19)
Row = tuple[str, ...]


def rows_at_equal_requests() -> list[Row]:
    """Mean delays of schedules that all make as many requests as the 15 s poll, on average."""
    heading = (
        "durations",
        "looks",
        "15 s poll, s",
        "best, s",
        "best/poll",
        "known/best",
        "20 runs/best",
        "1-19 runs/poll",
        "figures/poll",
        "off 2x",
        "guess/poll",
        "off 2x",
    )
    target = ("target", "", "", "", "", "1.10", "1.30", *["1.00"] * 5)
    return [heading, target, *(_equal_requests(truth, known) for truth, known in _truths())]


def rows_as_shipped() -> list[Row]:
    """Mean delay and requests of the default budget, and of the fixed polls."""
    heading = (
        "delay in s, looks",
        "known",
        "20 runs",
        "figures",
        "guess",
        "guess/2",
        "guess x2",
        "15 s poll",
        "5 s poll",
        "2 s poll",
    )
    return [heading, *(_as_shipped(truth, known) for truth, known in _truths())]


def _truths() -> list[tuple[Truth, list[Durations]]]:
    """Each with the belief that is exactly right, where a belief can be."""
    usual = [
        (lognormal(median_s, sigma), [Durations(median_s, sigma)])
        for median_s in SAMPLES_S
        for sigma in SIGMAS
    ]
    return [*usual, (heavy_tailed(126), []), (sometimes_stuck(126), [])]


def _equal_requests(truth: Truth, known: list[Durations]) -> Row:
    poll = fixed_poll(POLL_S, truth)
    best_s = best_delay_s(truth, poll.looks)

    def delay_s(beliefs: Sequence[Durations]) -> float:
        return at_requests(beliefs, truth, poll.looks)

    def by_figures(factor: float) -> float:
        return delay_s([reported(figures(truth, factor), truth.median_s)]) / poll.delay_s

    def by_guess(factor: float) -> float:
        return delay_s([guessed(truth.median_s * factor)]) / poll.delay_s

    few = [delay_s(after_runs(count, truth, f)) for count in FEW_RUNS for f in (0.5, 2.0)]
    ratios = (
        best_s / poll.delay_s,
        delay_s(known) / best_s if known else None,
        delay_s(after_runs(20, truth, histories=24)) / best_s,
        max(few) / poll.delay_s,
        by_figures(1),
        max(by_figures(0.5), by_figures(2)),
        by_guess(1),
        max(by_guess(0.5), by_guess(2)),
    )
    cells = ["" if ratio is None else f"{ratio:.2f}" for ratio in ratios]
    return truth.name, f"{poll.looks:.1f}", f"{poll.delay_s:.2f}", f"{best_s:.2f}", *cells


def _as_shipped(truth: Truth, known: list[Durations]) -> Row:
    by_figures = [reported(figures(truth), truth.median_s)]
    measured = [known, after_runs(20, truth, histories=24), by_figures]
    costs = [planned(each, truth, DEFAULT_BUDGET) if each else None for each in measured]
    costs += [
        planned([guessed(truth.median_s * factor)], truth, DEFAULT_BUDGET, DEFAULT_BUDGET.max_gap_s)
        for factor in (1, 0.5, 2)
    ]
    costs += [fixed_poll(gap_s, truth) for gap_s in (POLL_S, 5.0, 2.0)]
    return truth.name, *(f"{each.delay_s:.2f}, {each.looks:.1f}" if each else "" for each in costs)


def best_delay_s(truth: Truth, looks: float) -> float:
    """The least mean delay of any schedule with so many looks on average.

    The best schedules are those that make the mean delay plus a price times the looks least, for
    some price; a schedule drawn by chance from the two nearest ones has exactly so many looks.
    """
    cheap, dear = 0.01, 1000.0
    found: list[Cost] = []
    for _ in range(22):
        price_s = sqrt(cheap * dear)
        found.append(cost(best_looks_s(truth, price_s), truth))
        cheap, dear = (price_s, dear) if found[-1].looks > looks else (cheap, price_s)
    more = min((each for each in found if each.looks >= looks), key=lambda each: each.looks)
    fewer = max((each for each in found if each.looks <= looks), key=lambda each: each.looks)
    span = more.looks - fewer.looks
    share = (looks - fewer.looks) / span if span else 0.0
    return fewer.delay_s + share * (more.delay_s - fewer.delay_s)


def best_looks_s(truth: Truth, price_s: float) -> Array:
    """The schedule with the least mean delay plus `price_s` a look, by dynamic programming.

    `rest[i]` is the least cost after a look at `times_s[i]` that found the run still going, times
    the share of such runs: over all next looks j, the delay of those that end in between, a look
    of all that are left, and what is left then.
    """
    times_s, ended, area = truth.times_s, truth.ended, truth.area
    last = len(times_s) - 1
    rest = numpy.zeros(last + 1)
    following = numpy.zeros(last + 1, dtype=int)
    for here in range(last - 1, -1, -1):
        later = slice(here + 1, None)
        delay_s = area[later] - area[here] - ended[here] * (times_s[later] - times_s[here])
        total = delay_s + price_s * (1 - ended[here]) + rest[later]
        choice = int(numpy.argmin(total))
        rest[here], following[here] = total[choice], here + 1 + choice
    path = [0]
    while path[-1] < last:
        path.append(int(following[path[-1]]))
    return times_s[path[1:]]
