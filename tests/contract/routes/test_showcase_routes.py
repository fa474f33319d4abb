"""The routes of showcases: what they take, what they refuse and in which words."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from components.sandbox import Sandbox
from components.showcases.limits import LOGO_MAX_BYTES
from components.showcases.reviews import NewComment
from tests.apps.playgrounds import SAMPLES, serving
from tests.samples.kept_runs import keep_runs
from tests.ui.showcases.showcase_stage import Stage, staged

LOGIN = ("ann", "secret")


@pytest.fixture(scope="module")
def stage(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A playground with results to show."""
    with staged(sandbox, tmp_path_factory.mktemp("showcase-routes")) as it:
        yield it


@pytest.fixture(scope="module")
def web(stage: Stage) -> Iterator[httpx.Client]:
    """A program that asks it."""
    with httpx.Client(base_url=stage.playground.url) as client:
        yield client


def refusal(answer: httpx.Response) -> dict[str, str]:
    """Why something was refused."""
    problems: dict[str, str] = answer.json()["problems"]
    return problems


def test_one_is_made_listed_deleted_and_brought_back(web: httpx.Client) -> None:
    made = web.post("/showcases", json={"title": "<b>Bold</b>", "id": "made-once"}).json()
    assert made == web.post("/showcases", json={"title": "Again", "id": "made-once"}).json()
    listed = web.get("/showcases").text
    assert "&lt;b&gt;Bold&lt;/b&gt;" in listed
    assert "<b>Bold</b>" not in listed
    web.post("/showcases/made-once/delete", json={}).raise_for_status()
    assert "made-once" not in web.get("/showcases").text
    gone = web.get("/showcases/made-once")
    assert gone.status_code == 404
    assert refusal(gone)[""].startswith("This showcase was deleted.")
    web.post("/showcases/made-once/undelete", json={}).raise_for_status()
    assert web.get("/showcases/made-once").status_code == 200


def test_an_empty_title_gets_a_sentence(web: httpx.Client) -> None:
    answer = web.post("/showcases", json={"title": " "})
    assert answer.status_code == 422
    assert refusal(answer)["title"].startswith("Give the showcase a title")


def test_words_order_and_what_is_shown_are_changed(web: httpx.Client, stage: Stage) -> None:
    showcase_id = stage.fresh()
    first, second, *others = stage.items(showcase_id)
    path = f"/showcases/{showcase_id}"
    change = {"introduction": "Two lines\r\nof it", "shown": {"price": True}, "accent": "#0F766E"}
    web.post(f"{path}/change", json=change).raise_for_status()
    web.post(f"{path}/order", json={"items": [second.id, first.id]}).raise_for_status()
    web.post(f"/showcases/items/{first.id}/change", json={"caption": "New"}).raise_for_status()
    web.post(f"/showcases/items/{second.id}/remove", json={}).raise_for_status()
    kept = stage.rooms.editor.get(showcase_id)
    assert (kept.introduction, kept.accent) == ("Two lines\nof it", "#0f766e")
    assert kept.shown.price
    assert kept.shown.model
    assert [it.id for it in kept.items] == [first.id, *(it.id for it in others)]
    assert kept.items[0].caption == "New"
    web.post(f"/showcases/items/{second.id}/restore", json={}).raise_for_status()
    assert stage.items(showcase_id)[0].id == second.id
    added = web.post(f"{path}/text", json={"text": "The end"}).json()
    assert stage.items(showcase_id)[-1].id == added["id"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": "x" * 200}, "title"), ({"accent": "red"}, "accent"), ({"logo": "no"}, "logo")],
)
def test_what_cannot_be_kept_is_refused_by_name(
    web: httpx.Client, stage: Stage, change: dict[str, str], field: str
) -> None:
    showcase_id = stage.fresh()
    before = stage.rooms.editor.get(showcase_id)
    answer = web.post(f"/showcases/{showcase_id}/change", json=change)
    assert answer.status_code == 422
    assert refusal(answer)[field]
    assert stage.rooms.editor.get(showcase_id) == before


def test_a_logo_is_a_picture_of_some_megabytes_at_most(web: httpx.Client, stage: Stage) -> None:
    showcase_id = stage.fresh()

    def send(content: bytes, name: str) -> httpx.Response:
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/showcases/{showcase_id}/logo"
        return web.post(path, params={"name": name}, content=content, headers=headers)

    picture = (SAMPLES / "place.jpg").read_bytes()
    name = send(picture, "logo.jpg").json()["name"]
    assert stage.rooms.editor.get(showcase_id).logo == name
    for content, sentence in (
        (b"<svg onload=alert(1)>", "logo.x is no picture"),
        ((SAMPLES / "clip.mp4").read_bytes(), "logo.x is no picture"),
        (picture[:200], "cannot be read as a picture"),
        (b"\xff\xd8\xff" + bytes(LOGO_MAX_BYTES), "is larger than"),
    ):
        answer = send(content, "logo.x")
        assert answer.status_code == 422
        assert sentence in refusal(answer)["logo"]
        assert refusal(answer)["logo"].endswith("The logo is as it was.")
    assert stage.rooms.editor.get(showcase_id).logo == name


def test_a_link_keeps_its_end_and_its_passphrase_unless_they_change(
    web: httpx.Client, stage: Stage
) -> None:
    showcase_id, links = stage.fresh(), stage.rooms.links
    path = f"/showcases/{showcase_id}/link"
    made = web.post(path, json={"ends": "30"})
    link = links.of(showcase_id)
    assert link
    assert f"{stage.playground.url}/show/{link.token}" in made.text
    web.post(path, json={"passphrase": "three blue boats"}).raise_for_status()
    changed = links.of(showcase_id)
    assert changed
    assert (changed.token, changed.expires_at) == (link.token, link.expires_at)
    assert changed.has_passphrase
    for body, field in (
        ({"ends": "date", "expires_at": 1_000_000.0}, "expires_at"),
        ({"ends": "date"}, "expires_at"),
        ({"passphrase": "a"}, "passphrase"),
    ):
        answer = web.post(path, json=body)
        assert answer.status_code == 422
        assert "The link is as it was." in refusal(answer)[field]
    assert links.of(showcase_id) == changed
    web.post(f"{path}/renew", json={}).raise_for_status()
    renewed = links.of(showcase_id)
    assert renewed
    assert renewed.token != link.token
    assert "Create link" in web.post(f"{path}/revoke", json={}).text
    assert web.post(f"{path}/renew", json={}).status_code == 404


def test_a_link_names_the_address_that_people_use(sandbox: Sandbox, tmp_path: Path) -> None:
    keep_runs(tmp_path, 1)
    public_url = "https://show.example.com"
    with serving(tmp_path, sandbox, PLAYGROUND_PUBLIC_URL=public_url) as running:
        showcase = httpx.post(f"{running.url}/showcases", json={"title": "Far"}).json()["id"]
        html = httpx.post(f"{running.url}/showcases/{showcase}/link", json={}).text
    assert 'value="https://show.example.com/show/' in html


def test_reviews_come_as_news_and_as_files(web: httpx.Client, stage: Stage) -> None:
    showcase_id = stage.fresh()
    path = f"/showcases/{showcase_id}"
    guest = stage.guest(showcase_id, "=HYPERLINK(1)")
    before = web.get(f"{path}/reviews").json()
    first = stage.items(showcase_id)[0]
    comment = stage.say(showcase_id, 0, "<script>alert(1)</script>", guest)
    news = web.get(f"{path}/reviews", params={"since": before["version"]}).json()
    assert list(news["items"]) == [first.id]
    assert "&lt;script&gt;" in news["items"][first.id]
    assert "<script>" not in news["items"][first.id] + news["all"]
    assert news["content_version"] == before["content_version"]
    nothing = web.get(f"{path}/reviews", params={"since": news["version"]}).json()
    assert (nothing["items"], nothing["all"]) == ({}, None)

    answer = {"item_id": first.id, "text": "Done.", "answers": comment.id, "id": "answer-1"}
    for _ in range(2):
        web.post(f"{path}/comments", json=answer).raise_for_status()
    table = web.get(f"{path}/reviews.csv")
    assert table.headers["content-type"].startswith("text/csv")
    found = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [it["author"] for it in found] == ["'=HYPERLINK(1)", "The maker"]
    assert found[1]["answers"] == comment.id
    record = web.get(f"{path}/reviews.json").json()
    said = record["items"][0]["comments"][0]
    assert (said["author"], said["is_maker"]) == ("=HYPERLINK(1)", False)
    assert [it["text"] for it in said["replies"]] == ["Done."]


def test_who_is_logged_in_answers_under_the_own_name(sandbox: Sandbox, tmp_path: Path) -> None:
    with (
        staged(sandbox, tmp_path, ":".join(LOGIN)) as stage,
        httpx.Client(base_url=stage.playground.url, auth=LOGIN) as web,
    ):
        showcase_id = stage.fresh()
        first = stage.items(showcase_id)[0]
        path = f"/showcases/{showcase_id}"
        web.post(f"{path}/comments", json={"item_id": first.id, "text": "Mine"}).raise_for_status()
        record = web.get(f"{path}/reviews.json").json()
        assert record["items"][0]["comments"][0]["author"] == LOGIN[0]
        assert httpx.get(f"{stage.playground.url}/showcases").status_code == 401


def test_a_comment_without_words_is_refused(web: httpx.Client, stage: Stage) -> None:
    showcase_id = stage.fresh()
    first = stage.items(showcase_id)[0]
    path = f"/showcases/{showcase_id}/comments"
    for text, sentence in ((" ", "Write something first"), ("x" * 100_000, "characters long")):
        answer = web.post(path, json={"item_id": first.id, "text": text})
        assert answer.status_code == 422
        assert sentence in refusal(answer)["text"]


def test_pictures_are_small_and_of_kept_files_only(web: httpx.Client, stage: Stage) -> None:
    name = stage.items(stage.fresh())[1].media[0].name
    picture = web.get(f"/showcases/pictures/{name}")
    assert picture.headers["content-type"] == "image/webp"
    assert len(picture.content) < 120_000
    for other in ("..%2F..%2Fetc%2Fpasswd", "nothing.png", f"{'0' * 64}.png"):
        assert web.get(f"/showcases/pictures/{other}").status_code == 404


def test_comments_of_others_are_resolved_and_deleted(web: httpx.Client, stage: Stage) -> None:
    showcase_id = stage.fresh()
    guest = stage.guest(showcase_id)
    new = NewComment(item_id=stage.items(showcase_id)[0].id, text="Hm.")
    comment = stage.rooms.reviews.comment(showcase_id, new, guest)
    path = f"/showcases/{showcase_id}/comments/{comment.id}"
    web.post(f"{path}/resolve", json={"is_resolved": True}).raise_for_status()
    assert "data-resolved" in web.get(f"/showcases/{showcase_id}").text
    web.post(f"{path}/delete", json={}).raise_for_status()
    assert "Hm." not in web.get(f"/showcases/{showcase_id}").text
    assert web.post(f"{path}/resolve", json={"is_resolved": True}).status_code == 404
