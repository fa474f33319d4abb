"""`/changes` over HTTP: next to nothing where nothing changed, and behind the same doors."""

from pathlib import Path

import httpx
from gradio_client import Client

from components.catalog.models.image_to_video import ImageToVideo
from components.sandbox import Sandbox
from tests.apps.playgrounds import Playground, finished, serving

PICTURE = "https://example.com/a.png"


def test_nothing_is_said_until_a_run_changes(playground: Playground, client: Client) -> None:
    with httpx.Client(base_url=playground.url) as http:
        first = http.get("/changes").json()
        assert first["all"] is True
        quiet = http.get("/changes", params={"since": first["now"]})
        assert (quiet.status_code, quiet.content) == (204, b"")
        assert quiet.headers["cache-control"] == "no-store"
        assert "content-security-policy" in quiet.headers
        run = client.predict(
            prompt="A boat", image_url=PICTURE, api_name=f"/{ImageToVideo.api_name}"
        )
        finished(client, run)
        news = http.get("/changes", params={"since": first["now"]}).json()
        assert run["id"] in news["ids"]
        assert run["id"] in news["new"]
        assert http.get("/changes", params={"since": news["now"]}).status_code == 204
        assert http.get("/changes", params={"since": "of-another-process-7"}).json()["all"] is True


def test_only_who_may_open_the_page_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    with serving(tmp_path, sandbox, PLAYGROUND_AUTH="ada:secret") as playground:
        path = f"{playground.url}/changes"
        assert httpx.get(path).status_code == 401
        assert httpx.get(path, auth=("ada", "secret")).status_code == 200
        foreign = {"Host": "evil.example"}
        assert httpx.get(path, auth=("ada", "secret"), headers=foreign).status_code == 421
