"""The page as it is served: who it says it is, what is drawn in it, what browsers keep of it."""

import re
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from tests.apps.playgrounds import Playground, serving, small_sandbox
from tests.samples.models import MODELS

META = re.compile(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">')


def served(playground: Playground, path: str = "/", **headers: str) -> str:
    """The HTML of a page."""
    answer = httpx.get(playground.url + path, headers={"Accept": "text/html", **headers})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("path", ["/", "/endpoints", "/?run=none"])
def test_a_preview_speaks_of_the_playground(path: str, playground: Playground) -> None:
    html = served(playground, path)
    tags = META.findall(html)
    names = [name for name, _ in tags]
    assert len(names) == len(set(names))
    said = dict(tags)
    assert "<title>Kling O1 Playground</title>" in html
    assert said["og:title"] == "Kling O1 Playground"
    assert "five Kling O1 models" in said["description"] == said["og:description"]
    assert said["og:url"] == f"{playground.url}/"
    assert said["og:image"] == f"{playground.url}/playground/preview.jpg"
    head = html[: html.index("<body")]
    assert not re.search(r'content="[^"]*(?:[Gg]radio|\{url\})', head)


def test_a_preview_names_the_address_that_people_use(tmp_path: Path) -> None:
    public = "https://playground.example/"
    with (
        small_sandbox() as sandbox,
        serving(tmp_path, sandbox, PLAYGROUND_PUBLIC_URL=public) as playground,
    ):
        said = dict(META.findall(served(playground)))
    assert said["og:url"] == public
    assert said["og:image"] == "https://playground.example/playground/preview.jpg"


def test_the_tab_that_is_asked_for_stands_in_the_page(playground: Playground) -> None:
    for model in MODELS:
        html = served(playground, f"/?tab={model.api_name}")
        view = html[html.index('id="first-view"') : html.index("<gradio-app")]
        assert re.findall(r'data-form="(\w+)"', view) == [model.api_name]
        assert len(re.findall(r'aria-selected="true"', view)) == 1
        assert f'props.selected = "{model.api_name}"' in html
    assert f'props.selected = "{MODELS[0].api_name}"' in served(playground, "/?tab=</script>")
    assert 'id="first-view"' not in served(playground, "/endpoints")


def test_what_the_page_asks_for_first_is_there_and_kept(playground: Playground) -> None:
    html = served(playground)
    head = html[: html.index("<body")]
    asked = set(re.findall(r'"([^"\s]+\.(?:js|css|woff2|svg|png|json)(?:\?[^"\s]*)?)"', head))
    assert len(asked) > 40
    with httpx.Client(base_url=playground.url) as client:
        for address in asked:
            answer = client.get(urljoin(f"{playground.url}/", address))
            assert answer.status_code == 200, address
            assert "max-age" in answer.headers["cache-control"], address
            assert answer.headers.get("etag") or "immutable" in answer.headers["cache-control"]
        sample = client.get("/playground/samples/style.jpg")
        tag = {"If-None-Match": sample.headers["etag"]}
        assert client.get("/playground/samples/style.jpg", headers=tag).status_code == 304


def test_the_styles_come_after_those_they_build_on(playground: Playground) -> None:
    html = served(playground)
    sheets = re.findall(r'<link rel="stylesheet"[^>]*href="([^"]+)"', html)
    assert [re.sub(r"[^/]*//[^/]*", "", it).split("-")[0].split("?")[0] for it in sheets] == [
        "./assets/index",
        "/theme.css",
        "/playground",
    ]
