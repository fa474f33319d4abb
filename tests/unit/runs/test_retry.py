"""What may be repeated, and when: pauses, ends, and what is never sent twice."""

from hypothesis import given
from hypothesis import strategies as st

from components.runs.retry import (
    ALL_WITHIN_S,
    DAY_S,
    LEAST_PAUSE_S,
    LONGEST_PAUSE_S,
    RETRY_AFTER_MAX_S,
    RULES,
    FailureKind,
    Next,
    decide,
    is_over,
)
from components.runs.timing.breaker import PAUSE_MAX_S
from components.runs.timing.polling import LONGEST_GAP_S
from components.runs.timing.provider_throttle import SPREAD_S

chances = st.floats(0, 1)
attempts = st.integers(1, 10_000)
troubles = st.sampled_from(FailureKind)


def test_every_trouble_has_a_rule() -> None:
    assert set(RULES) == set(FailureKind)


def test_only_what_was_certainly_not_accepted_is_sent_again() -> None:
    sending = (FailureKind.NOT_ACCEPTED, FailureKind.DECLINED, FailureKind.ANSWER_LOST)
    assert [decide(it, 1, chance=0.5).next for it in sending] == [
        Next.REPEAT,
        Next.GIVE_UP,
        Next.RECONCILE,
    ]


@given(trouble=troubles, attempt=attempts, chance=chances)
def test_a_pause_is_a_random_share_of_a_ceiling_that_doubles(
    trouble: FailureKind, attempt: int, chance: float
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
    trouble: FailureKind, chance: float, asked_s: float
) -> None:
    pause_s = decide(trouble, 1, chance=chance, retry_after_s=asked_s).pause_s
    assert pause_s >= min(asked_s, RETRY_AFTER_MAX_S)
    assert pause_s <= RETRY_AFTER_MAX_S + RULES[trouble].base_s


@given(trouble=troubles, over=st.booleans())
def test_only_what_is_over_is_given_up(trouble: FailureKind, over: bool) -> None:
    rule = RULES[trouble]
    decision = decide(trouble, 1, chance=1, is_over=over)
    ends = rule.does is Next.GIVE_UP or (over and rule.does is Next.REPEAT)
    assert (decision.next is Next.GIVE_UP) == ends


@given(trouble=troubles, tries=attempts, lasted_s=st.floats(0, 30 * DAY_S))
def test_nothing_is_over_before_its_tries_and_its_time(
    trouble: FailureKind, tries: int, lasted_s: float
) -> None:
    rule = RULES[trouble]
    both = tries >= rule.tries and lasted_s >= rule.within_s
    assert is_over(trouble, tries, lasted_s, all_lasted_s=lasted_s) == (
        both or lasted_s >= ALL_WITHIN_S
    )


def test_nothing_is_endless() -> None:
    repeated = [rule for rule in RULES.values() if rule.does is Next.REPEAT]
    assert all(0 < rule.within_s <= 7 * DAY_S and rule.tries > 1 for rule in repeated)
    assert is_over(FailureKind.DISK_FULL, 1, 0, all_lasted_s=7 * DAY_S)


def test_no_pause_is_longer_than_the_longest() -> None:
    pauses = [rule.longest_s + RETRY_AFTER_MAX_S for rule in RULES.values()]
    assert max(*pauses, LONGEST_GAP_S, PAUSE_MAX_S + SPREAD_S) == LONGEST_PAUSE_S
