"""The public page: who has a link sees its showcase, and nothing else of the playground."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from components.sandbox import Sandbox
from components.showcases.links import Link
from components.showcases.opening import Showcases
from components.showcases.showcase import ItemKind, Showcase
from tests.apps.playgrounds import Playground, serving
from tests.samples.shown_results import HIDDEN, PROMPT, keep_showcase, of_kind, room

POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PASSPHRASE = "three little words"
ADDRESS = re.compile(r'(?:src|href|poster)="(/show/[^"]+)"')
IN_SRCSET = re.compile(r"(/show/\S+) \d+w")


@dataclass(frozen=True)
class Shared:
    """A showcase with a link, on a playground that asks everybody else for a login."""

    playground: Playground
    room: Showcases
    showcase: Showcase
    link: Link

    @property
    def path(self) -> str:
        return f"/show/{self.link.token}"

    def guest(self, address: str = "127.0.0.1") -> httpx.Client:
        headers = {"User-Agent": "Firefox", "X-Forwarded-For": address}
        return httpx.Client(base_url=self.playground.url, headers=headers)

    def enter(self, client: httpx.Client, name: str) -> None:
        assert client.post(f"{self.path}/guest", json={"name": name}).status_code == 200


@pytest.fixture(scope="module")
def shared(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    data_dir = tmp_path_factory.mktemp("shown")
    showcase = keep_showcase(data_dir)
    with (
        serving(
            data_dir,
            sandbox,
            PLAYGROUND_AUTH="ada:lovelace",
            PLAYGROUND_TRUSTED_PROXIES="127.0.0.1",
        ) as playground,
        room(data_dir) as showcases,
    ):
        link = showcases.links.share(showcase.id)
        yield Shared(playground, showcases, showcase, link)


@pytest.fixture
def client(shared: Shared) -> Iterator[httpx.Client]:
    with shared.guest() as client:
        yield client


@pytest.fixture(scope="module")
def locked(shared: Shared) -> Shared:
    showcase = shared.room.editor.create("A secret title")
    shared.room.editor.add_text(showcase.id, "Secret words")
    link = shared.room.links.share(showcase.id, passphrase=PASSPHRASE)
    return Shared(shared.playground, shared.room, showcase, link)


def addresses(html: str) -> set[str]:
    found = {*ADDRESS.findall(html), *IN_SRCSET.findall(html)}
    return {it.replace("&amp;", "&") for it in found}


def test_the_page_and_all_its_files_need_no_login(shared: Shared, client: httpx.Client) -> None:
    page = client.get(shared.path)
    assert page.status_code == 200
    found = addresses(page.text)
    assert len(found) > 40
    for address in found:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    ["/", "/history", "/show", "/media/x.jpg", "/comparisons", "/gradio_api/info", "/config"],
)
def test_nothing_else_is_open(path: str, shared: Shared, client: httpx.Client) -> None:
    assert client.get(path).status_code == 401
    below = client.get(httpx.URL(shared.playground.url + f"{shared.path}/%2e%2e{path}"))
    assert below.status_code == 404
    assert client.get(f"/show/%2e%2e{path}").status_code == 404
    assert client.get(f"//show{path}").status_code == 401


def test_the_page_is_strict(shared: Shared, client: httpx.Client) -> None:
    page = client.get(shared.path)
    headers = page.headers
    assert headers["content-security-policy"] == POLICY
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in page.text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", page.text)
    assert len(page.content) <= 100_000
    assert "no-store" in client.head(shared.path).headers["cache-control"]


def test_unknown_expired_and_revoked_links_are_alike(shared: Shared, client: httpx.Client) -> None:
    room = shared.room
    revoked = room.links.share(room.editor.create("Gone").id)
    room.links.revoke(revoked.showcase_id)
    deleted = room.links.share(room.editor.create("Deleted").id)
    room.editor.delete(deleted.showcase_id)
    renewed = room.links.share(room.editor.create("Renewed").id)
    room.links.renew(renewed.showcase_id)
    over = room.links.share(room.editor.create("Over").id, expires_at=time.time() + 0.5)
    time.sleep(0.6)
    for below in ("", "/look.css", "/preview.jpg", "/media/x/0/640.jpg", "/logo/picture"):
        tokens = ("A" * 32, "%2e", *(it.token for it in (revoked, deleted, renewed, over)))
        answers = [client.get(f"/show/{token}{below}") for token in tokens]
        assert {it.status_code for it in answers} == {404}
        assert len({it.content for it in answers}) == 1
        kept = [{n: v for n, v in it.headers.items() if n != "date"} for it in answers]
        assert all(it == kept[0] for it in kept)
        assert kept[0]["content-security-policy"] == POLICY


def test_media_are_those_of_this_showcase_in_sizes_that_are_offered(
    shared: Shared, client: httpx.Client
) -> None:
    other = keep_showcase(shared.playground.data_dir, "Another")
    own = of_kind(shared.showcase, ItemKind.RESULT).id
    media = f"{shared.path}/media"
    assert client.get(f"{media}/{own}/0/640.avif").headers["content-type"] == "image/avif"
    assert client.get(f"{media}/{own}/0/640.jpg").headers["cache-control"].endswith("immutable")
    for below in (
        f"{other.items[0].id}/0/640.jpg",
        f"{own}/1/640.jpg",
        f"{own}/-1/640.jpg",
        f"{own}/0/641.jpg",
        f"{own}/0/640.png",
        f"{own}/0/clip.mp4",
        f"{own}/0/download",
        f"{own}/0/%2e%2e%2f%2e%2e%2f640.jpg",
        f"{own}/²/640.jpg",
        f"%2e%2e/{own}/0/640.jpg",
    ):
        assert client.get(f"{media}/{below}").status_code == 404, below


def test_clips_have_ranges(shared: Shared, client: httpx.Client) -> None:
    clip = of_kind(shared.showcase, ItemKind.RESULT, 1).id
    address = f"{shared.path}/media/{clip}/0/clip.mp4"
    part = client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, len(part.content)) == (206, 100)
    assert part.headers["content-type"] == "video/mp4"
    again = client.get(address, headers={"If-None-Match": part.headers["etag"]})
    assert again.status_code == 304


def test_a_hidden_prompt_is_nowhere(shared: Shared, client: httpx.Client) -> None:
    page = client.get(shared.path)
    assert PROMPT not in page.text
    assert "$0.56" not in page.text
    assert "Resolution" not in page.text
    for address in addresses(page.text):
        content = client.get(address).content
        assert HIDDEN.encode() not in content, address
        assert PROMPT.encode() not in content, address


def test_what_is_chosen_is_shown_and_downloads_are_clean(
    shared: Shared, client: httpx.Client
) -> None:
    room = shared.room
    chosen = dict.fromkeys(("prompt", "settings", "price", "date", "downloads"), True)
    room.editor.change(shared.showcase.id, shown=chosen)
    try:
        page = client.get(shared.path).text
        for words in (f"{PROMPT} 0", "$0.56", "Resolution", "1K", "9 October 2025"):
            assert words in page
        for number in range(2):
            item = of_kind(shared.showcase, ItemKind.RESULT, number)
            kept = client.get(f"{shared.path}/media/{item.id}/0/download")
            assert kept.status_code == 200
            assert f"Harbours-0{number + 1}." in kept.headers["content-disposition"]
            assert kept.headers["content-disposition"].startswith("attachment")
            assert HIDDEN.encode() not in kept.content
    finally:
        room.editor.change(shared.showcase.id, shown=dict.fromkeys(chosen, False))


def test_a_passphrase_comes_first_and_tells_nothing(locked: Shared) -> None:
    with locked.guest() as client:
        page = client.get(locked.path)
        assert "Passphrase" in page.text
        assert "ecret" not in page.text
        assert page.headers["content-security-policy"] == POLICY
        preview = client.get(f"{locked.path}/preview.jpg")
        assert preview.headers["content-type"] == "image/jpeg"
        assert client.get(f"{locked.path}/reviews").status_code == 404
        assert client.get(f"{locked.path}/logo/picture").status_code == 404
        assert client.post(f"{locked.path}/guest", json={"name": "A"}).status_code == 404
        wrong = unlock(client, locked, "three little birds")
        assert (wrong.status_code, "show_proof" in client.cookies) == (403, False)
        right = unlock(client, locked, f" {PASSPHRASE} ")
        assert (right.status_code, right.headers["location"]) == (303, locked.path)
        cookie = right.headers["set-cookie"]
        for said in ("HttpOnly", "SameSite=lax", f"Path={locked.path}"):
            assert said in cookie
        assert PASSPHRASE not in cookie
        assert "A secret title" in client.get(locked.path).text
        locked.room.links.share(locked.showcase.id, passphrase="three other words")
        assert "ecret" not in client.get(locked.path).text, "another passphrase ends it"
        locked.room.links.share(locked.showcase.id, passphrase=PASSPHRASE)


def test_passphrases_are_not_all_tried(locked: Shared) -> None:
    with locked.guest("203.0.113.9") as client:
        answers = [unlock(client, locked, f"guess number {n}") for n in range(40)]
        assert [it.status_code for it in answers].count(403) < 12
        assert answers[-1].status_code == 429
        assert "Too many wrong passphrases. Try again in " in answers[-1].text
        assert unlock(client, locked, PASSPHRASE).status_code == 429


def unlock(client: httpx.Client, shared: Shared, passphrase: str) -> httpx.Response:
    return client.post(f"{shared.path}/unlock", files={"passphrase": (None, passphrase)})


def test_links_are_absolute_and_cookies_secure_behind_a_proxy(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    showcase = keep_showcase(tmp_path)
    public_url = "https://show.example.com"
    with (
        serving(tmp_path, sandbox, PLAYGROUND_PUBLIC_URL=public_url) as playground,
        room(tmp_path) as showcases,
    ):
        link = showcases.links.share(showcase.id)
        page = httpx.get(f"{playground.url}/show/{link.token}", headers={"User-Agent": "Firefox"})
        preview = f"{public_url}/show/{link.token}/preview.jpg"
        assert f'<meta property="og:image" content="{preview}' in page.text
        assert '<meta property="og:title" content="Harbours">' in page.text
        assert "Secure" in page.headers["set-cookie"]
        picture = httpx.get(f"{playground.url}/show/{link.token}/preview.jpg")
        assert picture.content.startswith(b"\xff\xd8")


def test_openings_are_counted_once_for_a_person_and_not_for_robots(shared: Shared) -> None:
    before = shared.room.links.find(shared.link.token).opened_count
    with shared.guest() as client:
        client.get(shared.path)
        client.get(shared.path)
        client.head(shared.path)
    httpx.get(shared.playground.url + shared.path, headers={"User-Agent": "Slackbot-LinkExpanding"})
    assert shared.room.links.find(shared.link.token).opened_count == before + 1


def test_comments_and_verdicts_are_heard_by_others(shared: Shared) -> None:
    item = of_kind(shared.showcase, ItemKind.RESULT).id
    with shared.guest("203.0.113.1") as anna, shared.guest("203.0.113.1") as ben:
        shared.enter(anna, "Anna <b>")
        shared.enter(ben, "Ben")
        news = anna.get(f"{shared.path}/reviews").json()
        body: dict[str, Any] = {"id": "c-1", "item_id": item, "text": "<script>alert(1)</script>"}
        body["place"] = {"side": 0, "x": 0.25, "y": 0.5}
        for _ in range(2):
            assert anna.post(f"{shared.path}/comments", json=body).json()["is_own"]
        verdict = {"item_id": item, "verdict": "approve", "is_favourite": True}
        assert anna.post(f"{shared.path}/verdicts", json=verdict).status_code == 204
        heard = ben.get(f"{shared.path}/reviews?since={news['version']}").json()
        [comment], [given] = heard["comments"], heard["verdicts"]
        assert (comment["author"], comment["text"]) == ("Anna <b>", body["text"])
        assert (comment["is_own"], comment["is_maker"], comment["place"]["x"]) == (
            False,
            False,
            0.25,
        )
        assert (given["verdict"], given["is_favourite"]) == ("approve", True)
        assert ben.get(f"{shared.path}/reviews?since={heard['version']}").status_code == 204
        answer = {"id": "c-2", "item_id": item, "text": "Yes.", "answers": "c-1"}
        assert ben.post(f"{shared.path}/comments", json=answer).status_code == 200
        resolved = ben.post(f"{shared.path}/comments/c-1/resolve", json={"is_resolved": True})
        assert resolved.status_code == 204
        assert ben.delete(f"{shared.path}/comments/c-1").status_code == 422, "it is Anna's"
        assert anna.post(f"{shared.path}/comments/c-1/delete", json={}).status_code == 204


@pytest.mark.parametrize(
    ("changed", "code", "sentence"),
    [
        ({"text": "x" * 50_000}, 422, "at most 2,000"),
        ({"text": "x" * 100_000}, 413, "far too long"),
        ({"text": "  "}, 422, "Write something"),
        ({"place": {"side": 0, "x": 7, "y": 0}}, 422, "not in the picture"),
        ({"place": {"side": 5}}, 422, "not in the picture"),
        ({"item_id": "no-such-item"}, 404, "taken out"),
        ({"answers": "no-such-comment"}, 404, "deleted"),
    ],
)
def test_bad_comments_get_a_sentence(
    changed: dict[str, Any], code: int, sentence: str, shared: Shared
) -> None:
    good = {"id": "c-9", "item_id": of_kind(shared.showcase, ItemKind.RESULT).id, "text": "A"}
    with shared.guest(f"203.0.113.{100 + code % 100 + len(sentence)}") as client:
        shared.enter(client, "Carl")
        answer = client.post(f"{shared.path}/comments", json={**good, **changed})
        assert answer.status_code == code
        assert sentence in " ".join(answer.json()["problems"].values())


def test_strangers_and_closed_reviews_write_nothing(shared: Shared, client: httpx.Client) -> None:
    item = of_kind(shared.showcase, ItemKind.RESULT).id
    body = {"id": "c-8", "item_id": item, "text": "A"}
    assert client.post(f"{shared.path}/comments", json=body).json()["problems"]["name"]
    closed = {"comments": False, "verdicts": False}
    shared.room.editor.change(shared.showcase.id, shown=closed)
    try:
        assert client.post(f"{shared.path}/guest", json={"name": "A"}).status_code == 404
        assert client.post(f"{shared.path}/comments", json=body).status_code == 404
        assert client.post(f"{shared.path}/verdicts", json={"item_id": item}).status_code == 404
        assert client.get(f"{shared.path}/reviews").json()["comments"] == []
        assert "data-review" not in client.get(shared.path).text
    finally:
        shared.room.editor.change(shared.showcase.id, shown=dict.fromkeys(closed, True))


def test_a_flood_gets_a_pause(shared: Shared) -> None:
    item = of_kind(shared.showcase, ItemKind.RESULT).id
    with shared.guest("198.51.100.4") as client:
        shared.enter(client, "Flood")
        codes = []
        for number in range(30):
            body = {"id": f"flood-{number}", "item_id": item, "text": "Again"}
            answer = client.post(f"{shared.path}/comments", json=body)
            codes.append(answer.status_code)
        assert codes[:10] == [200] * 10
        assert codes.count(200) < 15
        assert "try again in" in answer.json()["problems"][""]
        assert int(answer.headers["retry-after"]) >= 1
        names = [client.post(f"{shared.path}/guest", json={"name": "F"}) for _ in range(36)]
        assert names[-1].status_code == 429


def test_stored_scripts_are_words(shared: Shared, client: httpx.Client) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    editor = shared.room.editor
    showcase = editor.create(evil)
    editor.change(showcase.id, introduction=evil)
    editor.add_text(showcase.id, evil)
    link = shared.room.links.share(showcase.id)
    page = client.get(f"/show/{link.token}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 4


def test_an_open_page_hears_at_once_of_words_and_of_the_end_of_its_link(shared: Shared) -> None:
    showcase = shared.room.editor.create("Short")
    shown = shared.showcase.items[0]
    taken = [(shown.media[0], shown.runs[0])]
    (item,) = shared.room.editor.add(showcase.id, taken)
    link = shared.room.links.share(showcase.id)
    url = f"{shared.playground.url}/show/{link.token}"
    with httpx.Client(headers={"User-Agent": "Firefox"}) as client:
        before = client.get(f"{url}/reviews").json()["version"]
        assert client.get(f"{url}/reviews?since={before}").status_code == 204
        assert client.post(f"{url}/guest", json={"name": "Ida"}).status_code == 200
        said = {"id": "first-words", "item_id": item.id, "text": "Good"}
        assert client.post(f"{url}/comments", json=said).status_code == 200
        after = client.get(f"{url}/reviews?since={before}").json()
        assert [it["text"] for it in after["comments"]] == ["Good"]
        ended = httpx.post(
            f"{shared.playground.url}/showcases/{showcase.id}/link/revoke",
            json={},
            auth=("ada", "lovelace"),
        )
        assert ended.status_code == 200
        assert client.get(f"{url}/reviews?since={after['version']}").status_code == 404
