"""What may be repeated, and when: pauses, ends, and what is never sent twice."""

from hypothesis import given
from hypothesis import strategies as st

from components.runs.retry import (
    DAY_S,
    LEAST_PAUSE_S,
    RETRY_AFTER_MAX_S,
    RULES,
    Next,
    Trouble,
    decide,
)

chances = st.floats(0, 1)
attempts = st.integers(1, 10_000)
troubles = st.sampled_from(Trouble)


def test_every_trouble_has_a_rule() -> None:
    assert set(RULES) == set(Trouble)


def test_only_what_was_certainly_not_accepted_is_sent_again() -> None:
    sending = (Trouble.NOT_ACCEPTED, Trouble.DECLINED, Trouble.ANSWER_LOST)
    assert [decide(it, 1, chance=0.5).next for it in sending] == [
        Next.REPEAT,
        Next.GIVE_UP,
        Next.LOOK_FOR_IT,
    ]


@given(trouble=troubles, attempt=attempts, chance=chances)
def test_a_pause_is_a_random_share_of_a_ceiling_that_doubles(
    trouble: Trouble, attempt: int, chance: float
) -> None:
    rule = RULES[trouble]
    decision = decide(trouble, attempt, chance=chance)
    if decision.next is Next.GIVE_UP:
        return
    ceiling_s = min(rule.longest_s, rule.base_s * 2.0 ** min(attempt - 1, 20))
    assert decision.pause_s == max(LEAST_PAUSE_S, chance * ceiling_s)


@given(
    trouble=troubles.filter(lambda it: RULES[it].does is Next.REPEAT),
    chance=chances,
    asked_s=st.floats(0, allow_infinity=True),
)
def test_a_pause_that_is_asked_for_is_kept_up_to_a_limit(
    trouble: Trouble, chance: float, asked_s: float
) -> None:
    pause_s = decide(trouble, 1, chance=chance, retry_after_s=asked_s).pause_s
    assert pause_s >= min(asked_s, RETRY_AFTER_MAX_S)
    assert pause_s <= RETRY_AFTER_MAX_S + RULES[trouble].base_s


@given(trouble=troubles, attempt=attempts, elapsed_s=st.floats(0, 30 * DAY_S))
def test_nothing_is_given_up_before_its_tries_and_its_time_are_over(
    trouble: Trouble, attempt: int, elapsed_s: float
) -> None:
    rule = RULES[trouble]
    decision = decide(trouble, attempt, chance=1, elapsed_s=elapsed_s)
    is_over = rule.tries is not None and attempt >= rule.tries and elapsed_s >= rule.within_s
    assert (decision.next is Next.GIVE_UP) == (is_over or rule.does is Next.GIVE_UP)


def test_what_costs_nothing_to_wait_for_is_never_given_up() -> None:
    for trouble in (Trouble.LOOK_FAILED, Trouble.DISK_FULL, Trouble.FAULT_HERE):
        assert decide(trouble, 10**6, chance=1, elapsed_s=10**9).next is Next.REPEAT
