"""Which names, pages and kinds of body the playground answers: no foreign site acts or reads."""

import http.client
import socket
from collections.abc import Iterator

import httpx
import pytest

from components.sandbox import Sandbox
from tests.apps.playgrounds import Playground, posts, serving

EVERYWHERE = (
    "/",
    "/healthz",
    "/config",
    "/gradio_api/info",
    "/media/none",
    "/history",
    "/cards?ids=x",
    "/theme.css",
    "/playground/logo.svg",
    "/nowhere",
)


@pytest.fixture(scope="module")
def public(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground that people open by a name of its own, through a proxy."""
    with serving(
        tmp_path_factory.mktemp("public"),
        sandbox,
        PLAYGROUND_PUBLIC_URL="https://play.example.org",
        PLAYGROUND_TRUSTED_PROXIES="127.0.0.1",
    ) as running:
        yield running


def asked(playground: Playground, path: str, host: str) -> int:
    return httpx.get(playground.url + path, headers={"Host": host}).status_code


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example"])
def test_a_name_that_is_not_ours_is_refused_everywhere(
    path: str, host: str, playground: Playground
) -> None:
    answer = httpx.get(playground.url + path, headers={"Host": host})
    assert answer.status_code == 421
    assert "PLAYGROUND_PUBLIC_URL" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/forms/image_o1/runs", "/uploads", "/gradio_api/call/image_o1"])
def test_nothing_is_begun_under_a_foreign_name(path: str, playground: Playground) -> None:
    before = len(posts(playground.sandbox))
    headers = {"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}
    assert httpx.post(playground.url + path, json={}, headers=headers).status_code == 421
    assert len(posts(playground.sandbox)) == before


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "192.168.7.9:7860",
        "[::1]:7860",
        "[2001:db8::7]",
        "localhost",
        "LOCALHOST:1",
        "localhost.",
        "play.localhost:7860",
        socket.gethostname(),
        f"{socket.gethostname()}.local:7860",
    ],
)
def test_addresses_and_this_machines_own_names_are_answered(
    host: str, playground: Playground
) -> None:
    assert asked(playground, "/healthz", host) == 200


@pytest.mark.parametrize(
    "host", ["evil@localhost", "localhost/evil", "[evil]", "a b", "é", "0x7f.1"]
)
def test_a_malformed_name_is_refused(host: str, playground: Playground) -> None:
    answer = httpx.get(f"{playground.url}/healthz", headers={b"Host": host.encode()})
    assert answer.status_code in (400, 421)


def test_a_program_without_a_host_is_answered(playground: Playground) -> None:
    connection = http.client.HTTPConnection(playground.url.removeprefix("http://"))
    connection.putrequest("GET", "/healthz", skip_host=True)
    connection.putheader("Connection", "close")
    connection.endheaders()
    # Without a Host an HTTP/1.1 request is malformed, which the server itself says.
    assert connection.getresponse().status in (200, 400)
    connection.close()


def test_the_public_name_is_answered_and_stands_in_links(public: Playground) -> None:
    answer = httpx.get(public.url, headers={"Host": "play.example.org"})
    assert answer.status_code == 200
    assert "https://play.example.org" in answer.text
    assert asked(public, "/", "other.example.org") == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost:8888"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/forms/image_o1/runs", "/uploads", "/kit", "/gradio_api/upload"])
def test_another_page_may_change_nothing_be_it_on_this_machine(
    path: str, headers: dict[str, str], playground: Playground
) -> None:
    answer = httpx.post(playground.url + path, json={}, headers=headers)
    assert (answer.status_code, answer.text) == (403, "Only the playground's own page may do this.")


def test_the_own_page_may_act_by_either_of_its_names(public: Playground) -> None:
    for origin in ("https://play.example.org", public.url):
        answer = httpx.post(f"{public.url}/kit", json={}, headers={"Origin": origin})
        assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/history"])
@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:1", "null"])
def test_no_other_page_may_read_an_answer(path: str, origin: str, playground: Playground) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    for answer in (
        httpx.get(playground.url + path, headers={"Origin": origin}),
        httpx.options(playground.url + path, headers=headers),
    ):
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/uploads", "/runs/none/cancel", "/runs/none/look-again", "/forms/image_o1/runs"]
)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_any_page_can_post_unasked_is_not_taken(
    path: str, kind: str, playground: Playground
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = httpx.post(playground.url + path, content=b"", headers=headers)
    assert answer.status_code == 415
    assert "Nothing was sent or charged." in answer.json()["problems"][""]


@pytest.mark.parametrize(
    "path", ["/openapi.json", "/gradio_api/openapi.json", "/gradio_api/dev/reload", "/docs"]
)
def test_what_nothing_uses_is_closed(path: str, playground: Playground) -> None:
    assert httpx.get(playground.url + path).status_code == 404


def test_a_mistyped_address_leads_a_person_back(playground: Playground) -> None:
    page = httpx.get(f"{playground.url}/nonexistent", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 404
    assert "There is nothing at this address." in page.text
    assert 'href="/"' in page.text
    program = httpx.get(f"{playground.url}/nonexistent", headers={"Accept": "application/json"})
    assert program.json() == {"detail": "Not Found"}


HALF = '"\\ud800"'


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/forms/image_o1/validate", f'{{"values": {{"prompt": {HALF}}}}}'),
        ("POST", "/forms/image_o1/runs", f'{{"values": {{"prompt": {HALF}}}, "run_id": {HALF}}}'),
        ("POST", "/forms/image_o1/code", f'{{"values": {{"prompt": {HALF}}}}}'),
        ("POST", "/kit", f'{{"name": {HALF}, "element": {{}}}}'),
        ("POST", "/history/delete", f'{{"ids": [{HALF}]}}'),
        ("POST", "/history/undelete", f'{{"ids": [{HALF}]}}'),
        ("POST", "/history/fetch", f'{{"generation_id": {HALF}}}'),
        ("PATCH", "/runs/none", f'{{"title": {HALF}, "remark": {HALF}}}'),
    ],
)
def test_half_a_character_is_no_fault_of_ours(
    method: str, path: str, body: str, playground: Playground
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = httpx.request(method, playground.url + path, content=body, headers=headers)
    assert answer.status_code < 500, answer.text


def test_half_a_character_in_a_prompt_is_kept_as_a_mark(playground: Playground) -> None:
    url = f"{playground.url}/gradio_api/call/v2/image_to_video"
    body = '{"prompt": "half \\ud83e", "image_url": "https://example.org/none.jpg"}'
    headers = {"Content-Type": "application/json"}
    assert httpx.post(url, content=body, headers=headers).status_code < 500
