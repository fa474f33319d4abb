"""How fast guests may write: some at once, then as fast as the bucket fills."""

from components.interface.parts.showcases.public_page.access.rate_limit import (
    REMEMBERED,
    RateLimit,
)
from tests.samples.run_samples import Clock


def test_a_burst_passes_then_one_at_a_time() -> None:
    clock = Clock(0.0)
    limit = RateLimit(per_minute=20, burst=10, clock=clock)
    assert [limit.wait_s("anna") for _ in range(10)] == [0.0] * 10
    assert limit.wait_s("anna") == 3.0
    assert limit.wait_s("ben") == 0.0
    clock.now += 2.9
    assert 0 < limit.wait_s("anna") < 0.2
    clock.now += 0.2
    assert limit.wait_s("anna") == 0.0
    assert limit.wait_s("anna") > 0
    clock.now += 3600
    assert [limit.wait_s("anna") for _ in range(10)] == [0.0] * 10
    assert limit.wait_s("anna") > 0


def test_it_remembers_no_more_than_it_should() -> None:
    limit = RateLimit(per_minute=1, burst=1, clock=Clock(0.0))
    for number in range(REMEMBERED + 5):
        limit.wait_s(str(number))
    assert limit.wait_s("0") == 0.0, "it was forgotten"
    assert limit.wait_s(str(REMEMBERED + 4)) > 0
