"""The scripts by themselves, on a bare page: what they do to elements and values they are given."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from components.interface.web.served.scripts import page_scripts
from tests.apps.playgrounds import Playground


@dataclass(frozen=True)
class Bare:
    """A page with nothing on it, in which a script can be tried."""

    page: Page

    def run(self, script: str, body: str, given: object = None) -> Any:
        """What `body` returns, with the script's exports as `it` and `given` at hand."""
        function = f"async ([url, given]) => {{ const it = await import(url); {body} }}"
        return self.page.evaluate(function, [f"{page_scripts().url}/{script}", given])


@pytest.fixture(scope="module")
def opened(browser: Browser, playground: Playground) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{playground.url}/healthz")
    yield page
    context.close()


@pytest.fixture
def bare(opened: Page) -> Bare:
    opened.evaluate("() => { document.body.replaceChildren(); localStorage.clear(); }")
    return Bare(opened)


PATCH = "browser/drawing/patch.js"
REFERENCES = "widgets/references/references.js"
TOKENS = "widgets/references/prompt_tokens.js"
STORAGE = "browser/server/browser_storage.js"
IDS = "parts/workbench/form/submission_ids.js"
FIELDS = "parts/workbench/form/field_widgets.js"


def test_a_patched_card_keeps_its_focus_its_clip_and_what_was_opened(bare: Bare) -> None:
    kept = bare.run(
        PATCH,
        """
        document.body.innerHTML = `<article class="card" data-key="a"><p>waiting</p>
          <details><summary>More</summary>text</details><video src="a.mp4"></video>
          <button data-action="cancel">Cancel</button></article>`;
        const card = document.querySelector(".card");
        const find = (name) => card.querySelector(name);
        const [video, button, details] = ["video", "button", "details"].map(find);
        details.open = true;
        button.focus();
        const fresh = document.createElement("template");
        fresh.innerHTML = `<article class="card done" data-key="a"><p>done</p><i>new</i>
          <details><summary>More</summary>other</details><video src="a.mp4"></video>
          <button data-action="cancel">Cancel</button></article>`;
        it.patch(card, fresh.content.firstElementChild);
        return {
          isVideo: find("video") === video,
          isFocused: document.activeElement === button,
          isOpen: details.open,
          text: find("p").textContent,
          name: card.className,
          order: [...card.children].map((child) => child.localName).join(" "),
          inner: details.textContent,
        };
        """,
    )
    assert kept == {
        "isVideo": True,
        "isFocused": True,
        "isOpen": True,
        "text": "done",
        "name": "card done",
        "order": "p i details video button",
        "inner": "Moreother",
    }


def test_items_that_change_places_are_moved_and_not_made_anew(bare: Bare) -> None:
    order = bare.run(
        PATCH,
        """
        const items = (keys) => keys.map((key) => `<li data-key="${key}">${key}</li>`).join("");
        document.body.innerHTML = `<ul>${items(["a", "b", "c", "d"])}</ul>`;
        const list = document.querySelector("ul");
        const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
        it.redraw(list, items(["d", "b", "e", "a"]));
        const isKept = (child) => before.get(child.dataset.key) === child;
        return [...list.children].map((child) => [child.textContent, isKept(child)]);
        """,
    )
    assert order == [["d", True], ["b", True], ["e", False], ["a", True]]


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ("refs.add({ field, view: null }, 'd')", ["a", "b", "c", "d"]),
        ("refs.move({ field, index: 2, view: null }, 0)", ["c", "a", "b"]),
        ("refs.move({ field, index: 0, view: null }, -1)", ["a", "b", "c"]),
        ("refs.move({ field, index: 0, view: null }, 3)", ["a", "b", "c"]),
        ("refs.remove({ field, index: 1, view: null })", ["a", "c"]),
    ],
)
def test_references_of_a_list_are_added_moved_and_removed(
    bare: Bare, action: str, left: list[str]
) -> None:
    values = bare.run(
        REFERENCES,
        f"""
        document.body.innerHTML = '<div data-field="pictures" data-widget="images"></div>';
        document.body.firstElementChild.dataset.most = 5;
        const field = document.body.firstElementChild;
        const values = {{ pictures: ["a", "b", "c"] }};
        const refs = new it.References(values);
        {action};
        return values;
        """,
    )
    assert values == {"pictures": left}


def test_one_picture_takes_the_place_of_the_other_and_an_element_has_views(bare: Bare) -> None:
    values = bare.run(
        REFERENCES,
        """
        document.body.innerHTML = `<div data-field="first" data-widget="image" data-most="1"></div>
          <div data-field="who" data-widget="elements"></div>`;
        Object.assign(document.body.lastElementChild.dataset, { front: "front", others: "others" });
        const [first, who] = document.body.children;
        const values = { first: "a", who: [] };
        const refs = new it.References(values);
        refs.add({ field: first, view: null }, "b");
        refs.addElement(who);
        refs.add({ field: who, index: 0, view: null }, "x");
        refs.add({ field: who, index: 0, view: null }, "y");
        refs.move({ field: who, index: 0, view: 1 }, 0);
        return values;
        """,
    )
    assert values == {"first": "b", "who": [{"front": "y", "others": ["x"]}]}


@pytest.mark.parametrize(
    ("text", "caret", "after"),
    [
        ("", 0, "@Image1 "),
        ("A fox at", 8, "A fox at @Image1 "),
        ("A fox ", 6, "A fox @Image1 "),
        ("A fox at noon", 5, "A fox @Image1  at noon"),
    ],
)
def test_a_token_is_put_in_where_the_caret_stands(
    bare: Bare, text: str, caret: int, after: str
) -> None:
    written = bare.run(
        TOKENS,
        """
        document.body.innerHTML = "<textarea></textarea>";
        const area = document.querySelector("textarea");
        area.value = given.text;
        area.setSelectionRange(given.caret, given.caret);
        it.insertToken(area, "@Image1");
        return area.value;
        """,
        {"text": text, "caret": caret},
    )
    assert written == after


def test_the_counter_counts_letters_and_not_their_halves(bare: Bare) -> None:
    told = bare.run(
        TOKENS,
        """
        document.body.innerHTML = `<div data-field="p"><textarea>🦊🦊a</textarea>
          <span class="counter" data-most="2"></span></div>`;
        it.count(document.querySelector("textarea"));
        const counter = document.querySelector(".counter");
        return [counter.textContent, counter.className];
        """,
    )
    assert told == ["3 of 2 characters", "counter over"]


def test_a_draft_comes_back_and_storage_that_fails_is_no_error(bare: Bare) -> None:
    recalled = bare.run(
        STORAGE,
        """
        it.remember("draft", { values: { prompt: "A" } });
        const kept = it.recall("draft", null);
        localStorage.setItem("broken", "{");
        const broken = it.recall("broken", "otherwise");
        const circular = {};
        circular.self = circular;
        it.remember("draft", circular);
        return [kept, broken, it.recall("none", 7), it.recall("draft", null)];
        """,
    )
    assert recalled == [{"values": {"prompt": "A"}}, "otherwise", 7, {"values": {"prompt": "A"}}]


def test_the_same_wish_has_the_same_id_until_it_was_answered(bare: Bare) -> None:
    lost, again, fresh, other = bare.run(
        IDS,
        """
        const submissionIds = new it.SubmissionIds();
        const ids = [];
        const ask = (answer) => (id) => { ids.push(id); return answer(); };
        const lost = ask(() => Promise.reject(new Error("lost")));
        await submissionIds.make({ a: 1 }, lost).catch(() => {});
        await submissionIds.make({ a: 1 }, ask(async () => "made"));
        await submissionIds.make({ a: 1 }, ask(async () => "made"));
        await submissionIds.make({ a: 2 }, ask(async () => "made"));
        return ids;
        """,
    )
    assert lost == again
    assert len({again, fresh, other}) == 3


def test_fields_are_read_and_filled_by_their_widgets(bare: Bare) -> None:
    read = bare.run(
        FIELDS,
        """
        document.body.innerHTML = `<form>
          <div data-field="text" data-widget="prompt" data-default="null">
            <textarea></textarea></div>
          <div data-field="seconds" data-widget="choice" data-default="5">
            <input type="radio" name="s" value="5"><input type="radio" name="s" value="10"></div>
          <div data-field="count" data-widget="count" data-default="1">
            <input type="number"></div>
          <div data-field="sound" data-widget="switch" data-default="false">
            <input type="checkbox"></div>
          </form>`;
        const fields = it.fieldsOf(document.querySelector("form"));
        it.fillPlain(fields, it.initialValues(fields));
        const initial = it.readPlain(fields);
        it.fillPlain(fields, { text: "A", seconds: 10, count: null, sound: true });
        return [initial, it.readPlain(fields)];
        """,
    )
    assert read == [
        {"text": "", "seconds": 5, "count": 1, "sound": False},
        {"text": "A", "seconds": 10, "count": None, "sound": True},
    ]
