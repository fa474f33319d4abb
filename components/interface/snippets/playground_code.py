"""The request through this playground's own API, with `gradio_client`."""

from components.interface.snippets.literals import PYTHON, python_text, written
from components.interface.snippets.material import Material
from components.interface.snippets.template import ProgramTemplate
from components.runs.run import FINAL, Status

_PROGRAM = ProgramTemplate('''\
"""§title through the playground, which keeps the run in its History.

    pip install gradio_client
    python request.py
"""

§imports

PLAYGROUND = §playground
client = Client(PLAYGROUND§login)

run = client.predict(
§arguments
)
print("Accepted as", run["id"])

while run["status"] not in §final:
    time.sleep(2)
    run = client.predict(run_id=run["id"], api_name="/run")

if run["status"] != "§done":
    sys.exit(run["error"] or run["status"])
for output in run["outputs"]:
    print(PLAYGROUND + output["url"])
''')
_LOGIN = """, headers={
    # Your user name and password, joined by a colon.
    "Authorization": "Basic " + base64.b64encode(os.environ["PLAYGROUND_LOGIN"].encode()).decode(),
}"""
_ABOUT_FILES = """\
    # "/media/…" is a file the playground keeps; for another one: gradio_client.handle_file("path").
"""
_ABOUT_KEYS = """\
    # idempotency_key="…",  asked twice with the same one, it is one run, paid for once"""


def playground_code(material: Material) -> str:
    """Write the program."""
    model, addresses = material.model, material.addresses
    return _PROGRAM.substitute(
        title=model.title,
        imports=_imports(addresses.needs_login),
        playground=python_text(addresses.playground),
        login=_LOGIN if addresses.needs_login else "",
        arguments=_arguments(material),
        final=f"({', '.join(map(python_text, sorted(FINAL)))})",
        done=Status.DONE,
    )


def _imports(needs_login: bool) -> str:
    modules = ["sys", "time", *(["base64", "os"] if needs_login else [])]
    lines = [f"import {name}" for name in sorted(modules)]
    return "\n".join([*lines, "", "from gradio_client import Client"])


def _arguments(material: Material) -> str:
    values = {**material.fields, "api_name": f"/{material.model.api_name}"}
    lines = [
        f"    {name}={written(value, PYTHON, str, depth=1)}," for name, value in values.items()
    ]
    return (_ABOUT_FILES if material.files else "") + "\n".join([*lines, _ABOUT_KEYS])
