"""Strangers at the public page: what they guess, send and write leads nowhere."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from components.sandbox import Sandbox
from components.showcases.review import Place
from components.showcases.reviews import NewComment
from components.showcases.showcase import ItemKind
from tests.apps.playgrounds import Playground, serving
from tests.samples.kept_runs import keep_runs
from tests.samples.showcase_room import CLIP_RUN, PICTURE_RUN, Room, opened_room

PASSPHRASE = "three plain words"
IMG = "<img src=x onerror=window.broken=1>"
TAG = '"><script>window.broken=1</script>'
LINK = "javascript:window.broken=1"
EVIL = f"{IMG}{TAG}{LINK}"


@dataclass(frozen=True)
class Shown:
    """A playground, and showcases in it: tokens by what is behind them."""

    playground: Playground
    tokens: dict[str, str]
    items: dict[str, str]

    def url(self, name: str, rest: str = "") -> str:
        return f"{self.playground.url}/show/{self.tokens[name]}{rest}"


@pytest.fixture(scope="module")
def shown(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("shown")
    keep_runs(folder, 6)
    with opened_room(folder, 0) as room:
        room.clock.now = 4_000_000_000.0
        tokens, items = {}, {}
        for name in ("open", "other", "revoked", "deleted", "locked", "evil", "flood", "brute"):
            showcase_id, (item, *_) = room.show(PICTURE_RUN, CLIP_RUN, title=f"Title {name}")
            is_locked = name in ("locked", "brute")
            link = room.showcases.links.share(
                showcase_id, passphrase=PASSPHRASE if is_locked else None
            )
            tokens[name], items[name] = link.token, item.id
            if name == "evil":
                _fill(room, showcase_id, item.id)
            if name == "revoked":
                room.showcases.links.revoke(showcase_id)
            if name == "deleted":
                room.showcases.editor.delete(showcase_id)
        room.clock.now = 1_000_000_000.0
        showcase_id, _ = room.show(PICTURE_RUN)
        tokens["expired"] = room.showcases.links.share(showcase_id, expires_at=1e9 + 60).token
    with serving(folder, sandbox, PLAYGROUND_AUTH="ada:lovelace") as running:
        yield Shown(running, tokens, items)


def _fill(room: Room, showcase_id: str, item_id: str) -> None:
    """Put scripts in every text that there is."""
    editor, reviews = room.showcases.editor, room.showcases.reviews
    shown = {"prompt": True, "settings": True, "price": True, "date": True, "downloads": True}
    editor.change(showcase_id, title=EVIL, introduction=EVIL, shown=shown)
    editor.change_item(item_id, caption=EVIL)
    editor.add_text(showcase_id, EVIL)
    taken = [room.showcases.snapshots.result(it) for it in (PICTURE_RUN, CLIP_RUN)]
    labelled = [
        (replace(medium, row=EVIL, column=TAG, group=IMG, label=EVIL), replace(run, prompt=EVIL))
        for medium, run in taken
    ]
    editor.add_together(showcase_id, ItemKind.PLAN, labelled, caption=EVIL)
    editor.add_together(showcase_id, ItemKind.COMPARISON, labelled, caption=EVIL)
    guest, _ = reviews.enter(showcase_id, f"{IMG[:50]}")
    place = Place(0, 0.5, 0.5)
    kept = reviews.comment(showcase_id, NewComment(item_id=item_id, text=EVIL, place=place), guest)
    reviews.comment(showcase_id, NewComment(item_id=item_id, text=EVIL, answers=kept.id), guest)


def unlocked(url: str, passphrase: str) -> httpx.Response:
    """What comes of the form that asks for the passphrase."""
    return httpx.post(f"{url}/unlock", files={"passphrase": (None, passphrase)})


def told(answer: httpx.Response) -> tuple[int, str, dict[str, str]]:
    """All that a guesser could learn from."""
    headers = {name: it for name, it in answer.headers.items() if name != "date"}
    return answer.status_code, answer.text, headers


@pytest.mark.parametrize(
    "rest", ["", "/reviews", "/reviews?since=3", "/look.css", "/preview.jpg", "/logo/picture"]
)
def test_links_that_lead_nowhere_look_the_same(rest: str, shown: Shown) -> None:
    base = shown.playground.url
    ends = [shown.tokens[name] for name in ("revoked", "deleted", "expired")]
    token = shown.tokens["open"]
    others = ["A" * 32, token[:-1], token + "A", token.swapcase(), "x", "é" * 9, "a%00b", "%20"]
    answers = [httpx.get(f"{base}/show/{it}{rest}") for it in (*ends, *others)]
    assert answers[0].status_code == 404
    assert {json.dumps(told(it)) for it in answers} == {json.dumps(told(answers[0]))}


@pytest.mark.parametrize("path", ["guest", "comments", "verdicts", "unlock"])
def test_what_is_sent_to_a_link_that_leads_nowhere_looks_the_same(path: str, shown: Shown) -> None:
    bodies = {
        "guest": {"name": "Eve"},
        "comments": {"id": "a", "item_id": shown.items["open"], "text": "x"},
        "verdicts": {"item_id": shown.items["open"], "verdict": "approve"},
        "unlock": {},
    }
    names = ("revoked", "deleted", "expired")
    urls = [shown.url(name, f"/{path}") for name in names]
    urls.append(f"{shown.playground.url}/show/{'A' * 32}/{path}")
    answers = [told(httpx.post(url, json=bodies[path])) for url in urls]
    assert answers[0][0] == 404
    assert all(it == answers[0] for it in answers)


def test_nothing_beside_it_is_open(shown: Shown) -> None:
    token = shown.tokens["open"]
    name = next((shown.playground.data_dir / "media").glob("??/*")).name
    for path in (
        "/",
        "/config",
        "/changes",
        f"/media/{name}",
        "/gradio_api/info",
        "/showcases",
        "/show",
        f"/show/{token}/../../config",
        f"/show/../media/{name}",
        "/show/%2e%2e/config",
        "//show/x/../../config",
    ):
        answer = httpx.get(shown.playground.url + path)
        assert answer.status_code in (401, 404), path
        assert "gradio" not in answer.text.lower(), path


ODD_MEDIA = [
    "/media/{other}/0/320.jpg",
    "/media/{open}/1/320.jpg",
    "/media/{open}/-1/320.jpg",
    "/media/{open}/00000/320.jpg",
    "/media/{open}/\u0660/320.jpg",
    "/media/{open}/0/321.jpg",
    "/media/{open}/0/99999999999.jpg",
    "/media/{open}/0/-320.jpg",
    "/media/{open}/0/320.png",
    "/media/{open}/0/320.jpg%00",
    "/media/{open}/0/320.jpg/..",
    "/media/{open}/0/320",
    "/media/{open}/0/download",
    "/media/{open}/0/clip.mp4",
    "/media/{open}/0/..%2f..%2f..%2fplayground.sqlite3",
    "/media/{open}/0/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/media/..%2f{other}/0/320.jpg",
    "/media/{open}%00/0/320.jpg",
    "/media/%2e%2e/media/{other}/0/320.jpg",
    "/media/{name}",
    "/media/{name}/0/320.jpg",
    "/logo/picture",
    "/logo/../../../etc/passwd",
    "/api",
    "/config",
]


@pytest.mark.parametrize("path", ODD_MEDIA)
def test_other_media_are_out_of_reach(path: str, shown: Shown) -> None:
    name = next((shown.playground.data_dir / "media").glob("??/*")).name
    url = shown.url("open", path.format(**shown.items, name=name))
    answer = httpx.get(url)
    assert answer.status_code == (401 if "../" in path else 404)
    assert answer.headers["content-type"].startswith(("text/", "application/json"))
    assert httpx.get(shown.url("open", f"/media/{shown.items['open']}/0/320.jpg")).is_success


def test_behind_a_passphrase_nothing_is_told(shown: Shown) -> None:
    item = shown.items["locked"]
    page = httpx.get(shown.url("locked"))
    assert "Title locked" not in page.text
    assert item not in page.text
    for rest in ("/reviews", f"/media/{item}/0/320.jpg", "/logo/picture"):
        assert httpx.get(shown.url("locked", rest)).status_code == 404
    for proof in ("", "x", "0" * 64, "é"):
        cookie = {b"Cookie": f"show_proof={proof}".encode()}
        assert "Title locked" not in httpx.get(shown.url("locked"), headers=cookie).text
    opened = unlocked(shown.url("locked"), PASSPHRASE)
    assert opened.status_code == 303
    (proof,) = opened.cookies.values()
    cookie = {b"Cookie": f"show_proof={proof}".encode()}
    assert "Title locked" in httpx.get(shown.url("locked"), headers=cookie).text
    assert "Title brute" not in httpx.get(shown.url("brute"), headers=cookie).text


def test_cookies_are_kept_from_scripts_and_from_other_showcases(shown: Shown) -> None:
    answer = httpx.post(shown.url("open", "/guest"), json={"name": "Eve"})
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert f"path=/show/{shown.tokens['open'].lower()}" in said
    secret = answer.cookies["show_guest"]
    elsewhere = httpx.post(
        shown.url("other", "/verdicts"),
        json={"item_id": shown.items["other"], "verdict": "approve"},
        headers={"Cookie": f"show_guest={secret}"},
    )
    assert elsewhere.status_code == 422
    assert httpx.get(shown.url("other", "/reviews")).json()["verdicts"] == []


@pytest.mark.parametrize("path", ["guest", "comments", "verdicts", "unlock"])
def test_another_sites_page_may_send_nothing(path: str, shown: Shown) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ):
        answer = httpx.post(shown.url("open", f"/{path}"), json={"name": "x"}, headers=headers)
        assert answer.status_code == 403, headers


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "POST", "TRACE", "FOO"])
@pytest.mark.parametrize("rest", ["", "/reviews", "/look.css", "/media"])
def test_other_methods_do_nothing(method: str, rest: str, shown: Shown) -> None:
    answer = httpx.request(method, shown.url("open", rest))
    assert answer.status_code in (400, 401, 404, 405, 415)
    assert "access-control-allow-origin" not in answer.headers


def test_a_huge_body_is_refused_before_it_is_read(shown: Shown) -> None:
    for path in ("guest", "comments", "verdicts", "unlock"):
        answer = httpx.post(
            shown.url("open", f"/{path}"),
            content=(b"x" * 65_536 for _ in range(200)),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 413
    deep = "[" * 30_000 + "]" * 30_000
    answer = httpx.post(
        shown.url("open", "/comments"), content=deep, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)


BODIES: list[object] = [
    {},
    [],
    None,
    {"name": 5},
    {"name": "\ud800"},
    {"name": ["x"]},
    {"id": "x" * 65, "item_id": "x", "text": "x"},
    {"id": "a/b", "item_id": "x", "text": "x"},
    {"id": "a", "item_id": "x\0", "text": "x", "place": {"x": "NaN", "y": 1}},
    {"id": "a", "item_id": "x", "text": "x", "place": {"frame": 10**30}},
    {"item_id": "x", "verdict": "<script>"},
    {"item_id": "x", "verdict": "approve", "is_favourite": "perhaps"},
]


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_a_body_of_another_shape_gets_a_sentence(body: object, shown: Shown) -> None:
    for path in ("guest", "comments", "verdicts", "comments/x/resolve", "comments/x/delete"):
        answer = httpx.post(shown.url("other", f"/{path}"), content=json.dumps(body))
        assert 400 <= answer.status_code < 430, path


@pytest.mark.parametrize("since", ["-1", "-9" * 20, "9" * 18, "9" * 40, "x", "", "1e9", "NaN"])
def test_any_version_can_be_asked_for(since: str, shown: Shown) -> None:
    answer = httpx.get(shown.url("open", f"/reviews?since={since}"))
    assert answer.status_code in (200, 422)


def test_a_flood_of_comments_is_stopped_and_the_others_go_on(shown: Shown) -> None:
    with httpx.Client() as eve:
        eve.post(shown.url("flood", "/guest"), json={"name": "Eve"})
        counted: Counter[int] = Counter()
        for number in range(60):
            body = {"id": f"flood-{number}", "item_id": shown.items["flood"], "text": "x" * 2000}
            answer = eve.post(shown.url("flood", "/comments"), json=body)
            counted[answer.status_code] += 1
        assert set(counted) == {200, 429}
        assert counted[200] <= 15
        assert answer.headers["retry-after"].isdigit()
        too_long = {"id": "long", "item_id": shown.items["flood"], "text": "x" * 50_000}
        assert eve.post(shown.url("flood", "/comments"), json=too_long).status_code in (422, 429)
    assert len(httpx.get(shown.url("flood", "/reviews")).json()["comments"]) == counted[200]
    assert httpx.get(shown.url("open")).is_success


def test_a_passphrase_is_not_tried_by_the_thousand(shown: Shown) -> None:
    codes: list[int] = []

    def attempt(number: int) -> None:
        codes.append(unlocked(shown.url("brute"), f"wrong passphrase {number}").status_code)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = Counter(codes)
    assert counted.keys() == {403, 429}
    assert counted[403] <= 6
    right = unlocked(shown.url("brute"), PASSPHRASE)
    assert right.status_code == 429


def test_hidden_prompts_are_nowhere(shown: Shown) -> None:
    item = shown.items["open"]
    page = httpx.get(shown.url("open"))
    rests = (f"/media/{item}/0/320.{it}" for it in ("jpg", "webp", "avif"))
    answers = [page, *(httpx.get(shown.url("open", it)) for it in (*rests, "/reviews"))]
    answers.append(httpx.get(shown.url("open", "/preview.jpg")))
    for answer in answers:
        assert answer.is_success
        for secret in (
            b"A harbour",
            b"run-0000",
            b"klingai",
            b"generation-",
        ):
            assert secret not in answer.content
            assert secret not in str(answer.headers).encode()
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_scripts_in_every_text_are_text(shown: Shown) -> None:
    page = httpx.get(shown.url("evil")).text
    assert "<img src=x" not in page
    assert "window.broken=1</script>" not in page
    assert 'href="javascript:' not in page
    answer = httpx.get(shown.url("evil", "/reviews"))
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_scripts_in_every_text_do_not_run(shown: Shown, browser: Browser, tmp_path: Path) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(shown.url("evil"))
        page.get_by_text("onerror=window.broken").first.wait_for()
        page.wait_for_function("document.body.innerText.split('onerror=').length > 4")
        page.screenshot(path=tmp_path / "evil.png", full_page=True)
        assert page.evaluate("window.broken === undefined")
        assert page.locator("img[src='x'], script:not([src])").count() == 0
        assert not [it for it in errors if "Content Security Policy" in it]
