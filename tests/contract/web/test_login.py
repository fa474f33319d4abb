"""The login: odd headers get an answer, and trying password after password gets a pause."""

import base64
from collections.abc import Iterator

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from components.interface.web.login import (
    FIRST_PAUSE_S,
    FREE_TRIES,
    LONGEST_PAUSE_S,
    Login,
    LoginThrottle,
)
from components.sandbox import Sandbox
from tests.apps.playgrounds import Playground, serving
from tests.samples.run_samples import Clock

RIGHT = ("ada", "love:lace")


@pytest.fixture(scope="module")
def locked(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground that asks who you are, behind a proxy that says who asks."""
    with serving(
        tmp_path_factory.mktemp("locked"),
        sandbox,
        PLAYGROUND_AUTH="ada:love:lace,bob:secret",
        PLAYGROUND_TRUSTED_PROXIES="127.0.0.1",
    ) as running:
        yield running


@pytest.mark.parametrize("token", ["ÿ", "%%%", "=", "YQ", "\x80\x81"])
def test_a_login_that_is_none_is_asked_for_again(token: str, locked: Playground) -> None:
    headers = {b"Authorization": b"Basic " + token.encode("latin-1")}
    assert httpx.get(locked.url, headers=headers).status_code == 401


def test_two_hundred_wrong_passwords_are_not_all_tried(locked: Playground) -> None:
    with httpx.Client(base_url=locked.url) as client:
        answers = [client.get("/", auth=("ada", f"guess {n}")) for n in range(200)]
        codes = [answer.status_code for answer in answers]
        assert codes[:FREE_TRIES] == [401] * FREE_TRIES
        assert codes.count(401) < 20
        assert codes[-1] == 429
        assert answers[-1].text.startswith("Too many wrong passwords. Try again in ")
        assert 1 <= int(answers[-1].headers["retry-after"]) <= LONGEST_PAUSE_S
        assert client.get("/", auth=RIGHT).status_code == 429, "it would tell which one is right"
        assert client.get("/healthz").status_code == 200


def the_login(throttle: LoginThrottle, address: str) -> TestClient:
    login = Login(PlainTextResponse("in"), {"ada": "lovelace"}, throttle)
    return TestClient(login, client=(address, 5))


def tried(client: TestClient, password: str) -> int:
    token = base64.b64encode(f"ada:{password}".encode()).decode()
    return client.get("/", headers={"Authorization": f"Basic {token}"}).status_code


def test_the_pause_grows_ends_and_is_forgotten_after_the_right_password() -> None:
    clock = Clock(1000.0)
    client = the_login(LoginThrottle(clock), "10.0.0.1")
    for number in range(FREE_TRIES):
        assert tried(client, f"wrong {number}") == 401
    assert tried(client, "lovelace") == 429
    clock.now += FIRST_PAUSE_S
    assert tried(client, "still wrong") == 401
    clock.now += FIRST_PAUSE_S
    assert tried(client, "lovelace") == 429, "the pause has doubled"
    clock.now += FIRST_PAUSE_S
    assert tried(client, "lovelace") == 200
    assert tried(client, "a slip") == 401
    assert tried(client, "lovelace") == 200


def test_the_same_wrong_password_again_counts_once() -> None:
    client = the_login(LoginThrottle(Clock(0.0)), "10.0.0.1")
    assert [tried(client, "an old one") for _ in range(50)] == [401] * 50
    assert tried(client, "lovelace") == 200


def test_many_addresses_together_try_a_name_no_faster() -> None:
    throttle = LoginThrottle(Clock(0.0))
    codes = [tried(the_login(throttle, f"10.0.0.{n}"), f"guess {n}") for n in range(50)]
    assert codes.count(401) == FREE_TRIES


def test_strangers_do_not_keep_out_who_has_logged_in_before() -> None:
    throttle = LoginThrottle(Clock(0.0))
    at_home = the_login(throttle, "192.168.0.5")
    assert tried(at_home, "lovelace") == 200
    for number in range(50):
        tried(the_login(throttle, f"10.0.0.{number}"), f"guess {number}")
    assert tried(at_home, "lovelace") == 200


def test_the_addresses_of_one_network_count_as_one() -> None:
    throttle = LoginThrottle(Clock(0.0))
    codes = [
        client.get("/", headers={"Authorization": f"Basic {token}"}).status_code
        for n in range(30)
        for client in [the_login(throttle, f"2001:db8::{n:x}")]
        for token in [base64.b64encode(f"name{n}:x".encode()).decode()]
    ]
    assert codes.count(401) == FREE_TRIES
