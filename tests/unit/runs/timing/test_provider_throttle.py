"""A provider that is dead or busy is left alone, one call tries it out, and limits hold."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import (
    AnswerLost,
    BadRequest,
    Facts,
    NotSendable,
    NotTheProvider,
    ProviderError,
    ProviderPaused,
    RateLimited,
    Unreachable,
    Unreadable,
)
from components.runs.retry import RETRY_AFTER_MAX_S
from components.runs.timing.breaker import (
    BASE_S,
    BEHIND_PROBE_S,
    FAILURES_IN_A_ROW,
    LONGEST_S,
    PROBE_S,
    Breaker,
)
from components.runs.timing.provider_throttle import SPREAD_S, Limits, ProviderThrottle
from tests.samples.run_samples import NOW, Clock, FullPause

DEAD = Unreachable("No connection.")


def opened(at: float = NOW) -> Breaker:
    return Breaker().failed(at, 1.0, at_once=True)


def test_a_breaker_opens_after_some_failures_in_a_row() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker = breaker.failed(NOW, 1.0)
    assert not breaker.is_open
    assert not breaker.answered().failed(NOW, 1.0).is_open
    assert breaker.failed(NOW, 1.0).wait_s(NOW) == BASE_S


def test_one_probe_at_a_time_tries_an_open_breaker() -> None:
    breaker = opened()
    assert breaker.wait_s(NOW + 1) == BASE_S - 1
    due = NOW + BASE_S
    assert breaker.wait_s(due) == 0
    probing = breaker.began(due)
    assert probing.wait_s(due) == BEHIND_PROBE_S
    assert probing.wait_s(due + PROBE_S) == 0
    assert not probing.answered().is_open


def test_a_probe_that_fails_opens_it_for_longer() -> None:
    breaker, waits, now = opened(), [], NOW
    for _ in range(6):
        waits.append(breaker.wait_s(now))
        now += breaker.wait_s(now)
        breaker = breaker.began(now).failed(now, 1.0)
    assert waits == [4, 8, 16, 32, LONGEST_S, LONGEST_S]


def test_calls_that_were_begun_before_it_opened_do_not_lengthen_the_pause() -> None:
    breaker = opened()
    assert breaker.failed(NOW + 1, 1.0, at_once=True).wait_s(NOW) == BASE_S
    assert breaker.failed(NOW + 1, 1.0, asked_s=60, at_once=True).wait_s(NOW + 1) == 60


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 100), st.floats(0, 1)), max_size=60))
def test_a_breaker_never_waits_for_ever(calls: list[tuple[bool, float, float]]) -> None:
    breaker, now = Breaker(), NOW
    for is_answered, later_s, chance in calls:
        now += later_s
        breaker = breaker.began(now)
        breaker = breaker.answered() if is_answered else breaker.failed(now, chance, asked_s=1e9)
        assert 0 <= breaker.wait_s(now) <= LONGEST_S + RETRY_AFTER_MAX_S


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> ProviderThrottle:
    return ProviderThrottle(Limits(per_minute=3), clock, FullPause())


def fails(around: Callable[[], object], error: ProviderError, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(type(error)), around():  # type: ignore[attr-defined]
            raise error


def test_a_dead_provider_stops_asking_and_sending(throttle: ProviderThrottle, clock: Clock) -> None:
    fails(throttle.asking, DEAD, FAILURES_IN_A_ROW)
    assert throttle.room(clock.now) == 0
    with pytest.raises(ProviderPaused) as caught, throttle.asking():
        pytest.fail("it was asked")
    assert str(caught.value) == (
        "The provider does not answer; trying again at 08:00:04 UTC. "
        "Nothing is sent or charged until then. It goes on by itself."
    )
    assert caught.value.until == NOW + BASE_S + SPREAD_S
    more = " A run waits for up to 6 hours, and cancelling is free."
    assert throttle.word(clock.now) == str(caught.value) + more
    assert throttle.next_room_at(clock.now) == NOW + BASE_S


def test_one_answer_opens_the_way_again(throttle: ProviderThrottle, clock: Clock) -> None:
    fails(throttle.sending, DEAD, FAILURES_IN_A_ROW)
    clock.now += BASE_S
    assert throttle.room(clock.now) == 1
    throttle.sent([clock.now])
    assert throttle.room(clock.now) == 0
    with throttle.asking(), pytest.raises(ProviderPaused), throttle.asking():
        pytest.fail("a second probe")
    with throttle.sending():
        pass
    assert throttle.word(clock.now) == ""
    assert throttle.room(clock.now) == 2


@pytest.mark.parametrize("error", [BadRequest("No."), None])
def test_any_answer_is_an_answer(
    throttle: ProviderThrottle, clock: Clock, error: ProviderError | None
) -> None:
    fails(throttle.sending, DEAD, FAILURES_IN_A_ROW - 1)
    if error:
        fails(throttle.sending, error)
    else:
        with throttle.asking():
            pass
    fails(throttle.sending, DEAD)
    assert throttle.room(clock.now) > 0


def test_a_provider_that_takes_no_more_is_still_asked(
    throttle: ProviderThrottle, clock: Clock
) -> None:
    fails(throttle.sending, RateLimited("A pause (429).", Facts(retry_after_s=20)))
    assert throttle.word(clock.now).startswith("The provider asks for a pause; trying again at ")
    assert throttle.next_room_at(clock.now) == NOW + 20 + BASE_S
    with throttle.asking():
        pass
    assert throttle.room(clock.now) == 0


def test_lost_answers_stop_sending_alone(throttle: ProviderThrottle, clock: Clock) -> None:
    fails(throttle.sending, AnswerLost("Lost."), FAILURES_IN_A_ROW)
    assert throttle.room(clock.now) == 0
    with throttle.asking():
        pass


def test_after_a_silence_a_question_goes_before_a_run(clock: Clock) -> None:
    answers: list[ProviderError | None] = [DEAD, BadRequest("No such page (404).")]

    def question() -> None:
        if error := answers.pop(0):
            raise error

    throttle = ProviderThrottle(clock=clock, chance=FullPause(), question=question)
    fails(throttle.sending, AnswerLost("Lost."), FAILURES_IN_A_ROW)
    assert not throttle.begin_question(clock.now)
    clock.now += BASE_S
    assert (throttle.room(clock.now), throttle.begin_question(clock.now)) == (0, True)
    assert not throttle.begin_question(clock.now)
    throttle.ask()
    assert throttle.room(clock.now) == 0
    clock.now += LONGEST_S
    assert throttle.begin_question(clock.now)
    throttle.ask()
    assert (throttle.room(clock.now), answers) == (1, [])
    assert not throttle.begin_question(clock.now)


@pytest.mark.parametrize("kind", [Unreadable, NotTheProvider, NotSendable])
def test_one_answer_that_cannot_be_read_keeps_nobody_waiting(
    throttle: ProviderThrottle, clock: Clock, kind: type[ProviderError]
) -> None:
    fails(throttle.asking, kind("Unreadable.", Facts(status_code=200)), 3 * FAILURES_IN_A_ROW)
    with throttle.asking():
        pass
    assert (throttle.room(clock.now), throttle.word(clock.now)) == (3, "")


def test_a_web_page_is_no_sign_that_a_silent_provider_is_back(clock: Clock) -> None:
    answers = [
        NotTheProvider("A web page (200).", Facts(status_code=200)),
        NotSendable("No certificates."),
        Unreadable("Odd."),
    ]

    def question() -> None:
        raise answers.pop(0)

    throttle = ProviderThrottle(clock=clock, chance=FullPause(), question=question)
    fails(throttle.sending, DEAD, FAILURES_IN_A_ROW)
    clock.now += BASE_S
    assert throttle.begin_question(clock.now)
    throttle.ask()
    assert (throttle.room(clock.now), throttle.begin_question(clock.now)) == (0, False)
    assert throttle.word(clock.now).startswith("The provider does not answer as it should; trying ")
    clock.now += LONGEST_S
    assert throttle.begin_question(clock.now)
    throttle.ask()
    assert (throttle.room(clock.now), throttle.begin_question(clock.now)) == (0, False)
    clock.now += LONGEST_S
    assert throttle.begin_question(clock.now)
    throttle.ask()
    assert (throttle.room(clock.now), answers) == (1, [])


def test_a_question_that_cannot_be_asked_is_asked_again(clock: Clock) -> None:
    """A fault of ours must not leave every run waiting for an answer for ever."""

    def question() -> None:
        raise RuntimeError("a bug")

    throttle = ProviderThrottle(clock=clock, chance=FullPause(), question=question)
    fails(throttle.sending, DEAD, FAILURES_IN_A_ROW)
    for _ in range(2):
        clock.now += LONGEST_S
        assert throttle.begin_question(clock.now)
        throttle.ask()


@pytest.mark.parametrize("kind", [Unreachable, AnswerLost])
def test_answers_with_errors_are_not_called_silence(
    throttle: ProviderThrottle, clock: Clock, kind: type[ProviderError]
) -> None:
    fails(throttle.sending, kind("An error (502).", Facts(status_code=502)), FAILURES_IN_A_ROW)
    assert throttle.word(clock.now).startswith("The provider does not answer as it should; trying ")


def test_a_pause_that_was_asked_for_needs_no_question(clock: Clock) -> None:
    throttle = ProviderThrottle(clock=clock, chance=FullPause(), question=lambda: None)
    fails(throttle.sending, RateLimited("A pause (429)."))
    clock.now += BASE_S
    assert (throttle.room(clock.now), throttle.begin_question(clock.now)) == (1, False)


def test_a_question_beside_the_point_stops_nothing(
    throttle: ProviderThrottle, clock: Clock
) -> None:
    fails(lambda: throttle.asking(is_vital=False), DEAD, 3 * FAILURES_IN_A_ROW)
    assert throttle.room(clock.now) == 3


def test_a_question_asked_through_the_gate_waits_for_its_pauses(
    throttle: ProviderThrottle, clock: Clock
) -> None:
    asked = []

    def price(model: str, *, answer: ProviderError | None = None) -> int:
        asked.append(model)
        if answer:
            raise answer
        return 7

    through = throttle.through(price)
    assert through("a") == 7
    for _ in range(3 * FAILURES_IN_A_ROW):
        with pytest.raises(Unreachable):
            through("b", answer=DEAD)
    assert throttle.room(clock.now) == 3
    fails(throttle.asking, RateLimited("Slow down.", Facts(retry_after_s=20)))
    asked.clear()
    with pytest.raises(ProviderPaused):
        through("c")
    assert asked == []
    clock.now += 20 + BASE_S
    assert through("d") == 7


def test_no_more_runs_are_sent_in_a_minute_than_allowed(
    throttle: ProviderThrottle, clock: Clock
) -> None:
    assert throttle.next_room_at(clock.now) is None
    throttle.sent([NOW - 61, NOW - 30, NOW - 10])
    assert throttle.room(clock.now) == 1
    throttle.sent([NOW])
    assert throttle.room(clock.now) == 0
    assert throttle.next_room_at(clock.now) == NOW + 30
    clock.now += 30
    assert throttle.room(clock.now) == 1


@given(seed=st.integers(0, 999))
def test_in_any_minute_the_limit_holds(seed: int) -> None:
    chance, throttle, sent = random.Random(seed), ProviderThrottle(Limits(per_minute=5)), []
    now = NOW
    for _ in range(100):
        now += chance.uniform(0, 20)
        wanted = min(throttle.room(now), chance.randint(0, 5))
        throttle.sent([now] * wanted)
        sent += [now] * wanted
    for at in sent:
        assert sum(at - 60 < other <= at for other in sent) <= 5
