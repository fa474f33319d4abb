"""The request as a Python program that uses `requests`."""

from components.interface.snippets.literals import PYTHON, python_text, written
from components.interface.snippets.material import Material
from components.interface.snippets.template import ProgramTemplate

_PROGRAM = ProgramTemplate('''\
"""§title with §model: send the request, wait, save what comes back.

    pip install requests
    export AIML_API_KEY=your-key
    python request.py
"""

§imports

API = §api
HEADERS = {"Authorization": f"Bearer {os.environ['AIML_API_KEY']}"}
§files
payload = §payload

answer = requests.post(f"{API}§endpoint", json=payload, headers=HEADERS, timeout=300)
if not answer.ok:
    sys.exit(f"Not accepted ({answer.status_code}): {answer.text}")
§wait

for number, url in enumerate(urls, 1):
    result = requests.get(url, timeout=300)
    result.raise_for_status()
    file = Path(f"result-{number}{Path(urlsplit(url).path).suffix}")
    file.write_bytes(result.content)
    print(f"{url}\\nsaved as {file}")
''')
_PICTURES = """\
urls = [picture["url"] for picture in answer.json()["data"]]"""
_VIDEO = ProgramTemplate("""\
video = answer.json()
print("Accepted as", video["id"])

while video["status"] not in ("completed", "error"):
    time.sleep(§poll_s)
    look = {"generation_id": video["id"]}
    answer = requests.get(f"{API}§endpoint", params=look, headers=HEADERS, timeout=30)
    if answer.status_code == 429 or answer.status_code >= 500:
        continue  # too busy to answer; the video is not touched by that
    answer.raise_for_status()
    video = answer.json()
    print(video["status"])

if video["status"] == "error":
    sys.exit(f"It failed: {video.get('error')}")
urls = [video["video"]["url"]]""")
_FILES = ProgramTemplate('''
# Files that were added in the playground: save them under these names, or write your own paths.
§constants


def data_uri(path):
    """The whole file as text, as it stands in a request."""
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"data:{media_type};base64,{base64.b64encode(Path(path).read_bytes()).decode()}"

''')


def python_code(material: Material) -> str:
    """Write the program."""
    model = material.model
    endpoint = model.endpoint()
    is_video = model.output == "video"
    constants = material.declared(lambda it, name, url: f'{it} = "{name}"  # {url}')
    video = _VIDEO.substitute(endpoint=endpoint, poll_s=material.poll_s)
    return _PROGRAM.substitute(
        title=model.title,
        model=model.model_id,
        imports=_imports(bool(material.files), is_video),
        api=python_text(material.addresses.provider),
        files=_FILES.substitute(constants=constants) if material.files else "",
        payload=written(material.payload, PYTHON, lambda file: f"data_uri({material.files[file]})"),
        endpoint=endpoint,
        wait=video if is_video else _PICTURES,
    )


def _imports(has_files: bool, is_video: bool) -> str:
    modules = ["os", "sys"]
    if has_files:
        modules += ["base64", "mimetypes"]
    if is_video:
        modules.append("time")
    lines = [f"import {name}" for name in sorted(modules)]
    lines += ["from pathlib import Path", "from urllib.parse import urlsplit"]
    return "\n".join([*lines, "", "import requests"])
