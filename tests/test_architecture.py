"""The house keeps its own rules: who imports whom, which library lives where, and how big."""

import ast
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([ROOT / "app.py", *(ROOT / "components").rglob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("*.py"))

MAY_IMPORT = {
    "errors": set[str](),
    "settings": {"setting_values", "errors"},
    "setting_values": {"errors"},
    "catalog": {"errors"},
    "provider": {"catalog", "errors"},
    "media": {"database", "catalog", "errors"},
    "database": {"errors"},
    "runs": {"provider", "media", "database", "catalog", "errors"},
    "showcases": {"runs", "media", "database", "catalog", "errors"},
    "commands": {
        "settings",
        "interface",
        "showcases",
        "runs",
        "provider",
        "media",
        "database",
        "sandbox",
        "catalog",
        "errors",
    },
    "interface": {"showcases", "runs", "provider", "media", "catalog", "errors"},
    "sandbox": {"catalog", "media", "errors"},
}
ROWS = {"store", "queries", "new_runs", "run", "retry", "wording"}
MAY_IMPORT_IN_RUNS = {
    "engine": {"steps", "timing", "money", *ROWS},
    "steps": {"timing", "money", *ROWS},
    "timing": ROWS,
    "money": ROWS,
    "store": ROWS,
    "queries": ROWS,
    "new_runs": ROWS,
    "maintenance": {"steps", *ROWS},
    "run": {"retry"},
    "wording": {"retry"},
    "retry": set[str](),
}
"""The service may ask all of them, and none of them the service."""
LIBRARY_ROOMS = {
    "gradio": ("components/interface/",),
    "requests": ("components/provider/",),
    "urllib3": ("components/provider/",),
    "pybase64": ("components/provider/",),
    "sqlalchemy": ("components/database/", "components/runs/", "components/showcases/"),
    "argon2": ("components/showcases/",),
    "alembic": ("components/database/",),
    "PIL": ("components/media/",),
    "pillow_heif": ("components/media/",),
    "av": ("components/media/",),
    "numpy": ("components/media/", "components/sandbox/rendering/"),
    "httpcore": ("components/media/download/",),
    "dotenv": ("components/settings.py",),
    "uvicorn": ("components/commands/", "components/sandbox/"),
    "psycopg": ("components/database/postgresql/", "components/runs/engine/cluster/"),
    "procrastinate": ("components/runs/engine/cluster/",),
    "obstore": ("components/media/store/",),
    "prometheus_client": ("components/interface/", "components/commands/"),
}
EXCEPTIONS = {("components/commands/playground.py", "gradio.utils.get_upload_folder")}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv"}
SCRIPT_IMPORT = re.compile(r'^(?:import|\} from) ?[^;]*?"(\.[^"]+)";$', re.MULTILINE)
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
FRESH_IMPORT = """
import importlib, sys, threading
import av, fastapi, gradio, PIL.Image, pillow_heif, requests, sqlalchemy, uvicorn
import obstore, procrastinate, prometheus_client, psycopg

effects = []
def watch(event, arguments):
    if event == "open":
        path, mode, _ = arguments
        if mode and set(mode) & set("wax+") and "__pycache__" not in str(path):
            effects.append(f"open {path}")
    elif event.startswith("socket.") or event in ("os.mkdir", "subprocess.Popen", "os.putenv"):
        if "__pycache__" not in str(arguments):
            effects.append(f"{event} {arguments}")

threads = threading.active_count()
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
    if threading.active_count() != threads:
        effects.append(f"a thread of {name}")
        threads = threading.active_count()
print("\\n".join(effects), end="")
"""


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def room_of(module: str) -> str:
    """Which room a module of ours is in: "components.runs.steps.runner" is in "runs"."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports_of(file: Path) -> Iterator[str]:
    """Every dotted name a file imports, wherever the import stands."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for file in SOURCES:
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name_of(file)}:{node.lineno} {node.name}", node


def length_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


each_source = pytest.mark.parametrize("file", SOURCES, ids=name_of)


@each_source
def test_rooms_import_downwards_only(file: Path) -> None:
    if file.name == "app.py":
        return
    module = name_of(file).removesuffix(".py").replace("/", ".")
    room = room_of(module)
    imported = {room_of(name) for name in imports_of(file) if name.startswith("components.")}
    assert imported - {room} <= MAY_IMPORT.get(room, set())
    assert not [name for name in imports_of(file) if name.split(".")[0] in ("app", "tests")]


@pytest.mark.parametrize("name", MAY_IMPORT_IN_RUNS)
def test_inside_runs_imports_go_downwards_only(name: str) -> None:
    room = ROOT / "components" / "runs"
    files = [room / f"{name}.py"] if (room / f"{name}.py").exists() else (room / name).glob("*.py")
    for file in files:
        for imported in imports_of(file):
            if imported.startswith("components.runs."):
                inner = imported.split(".")[2]
                assert inner in {name, *MAY_IMPORT_IN_RUNS[name]}, f"{file.name}: {imported}"


def test_a_part_of_the_page_knows_no_other_but_the_run_card() -> None:
    parts = ROOT / "components" / "interface" / "parts"
    for file in parts.rglob("*.py"):
        for imported in imports_of(file):
            if imported.startswith("components.interface.parts."):
                own = file.relative_to(parts).parts[0]
                assert imported.split(".")[3] in {own, "feed"}, f"{file.name}: {imported}"


def test_a_script_of_a_part_knows_no_other_part_but_the_run_card() -> None:
    interface = ROOT / "components" / "interface"
    for file in interface.rglob("*.js"):
        own = file.relative_to(interface).parts
        for imported in SCRIPT_IMPORT.findall(file.read_text(encoding="utf-8")):
            target = (file.parent / imported).resolve()
            assert target.is_file(), f"{name_of(file)}: {imported}"
            room = target.relative_to(interface).parts
            if room[0] == "parts":
                assert own[0] == "parts", f"{name_of(file)}: {imported}"
                assert room[1] in {own[1], "feed"}, f"{name_of(file)}: {imported}"


def test_a_folder_opens_as_at_most_twelve_entries() -> None:
    parents = {file.parent for file in [*SOURCES, *TESTS]} - {ROOT}
    folders = parents | {parent.parent for parent in parents} - {ROOT}
    crowded = {name_of(folder) for folder in folders if len(_entries(folder)) > 12}
    assert crowded == set()


def _entries(folder: Path) -> set[str]:
    """What one reads there; what pytest and Python ask to have in a folder is not counted."""
    return {it.name for it in folder.iterdir()} - {"__init__.py", "__pycache__", "conftest.py"}


@each_source
def test_a_library_is_imported_in_its_room_alone(file: Path) -> None:
    for name in imports_of(file):
        rooms = LIBRARY_ROOMS.get(name.split(".")[0])
        if rooms and (name_of(file), name) not in EXCEPTIONS:
            assert name_of(file).startswith(rooms), f"{name} is not imported here"


@pytest.mark.parametrize(
    ("files", "requirements"),
    [
        (SOURCES, ["requirements.txt", "requirements-cluster.txt"]),
        (TESTS, ["requirements.txt", "requirements-cluster.txt", "requirements-dev.txt"]),
    ],
    ids=["components", "tests"],
)
def test_every_library_that_is_imported_is_declared(
    files: list[Path], requirements: list[str]
) -> None:
    ours = {"app", "components", "tests"} | sys.stdlib_module_names
    names = {name.split(".")[0] for file in files for name in imports_of(file)} - ours
    # Pydantic asks for the very version of its core that it was made with.
    distributions = {**packages_distributions(), "pydantic_core": ["pydantic"]}
    lines = [line for file in requirements for line in (ROOT / file).read_text().splitlines()]
    declared = {_normal(re.split(r"[^\w.-]", line)[0]) for line in lines}
    undeclared = {name for name in names if declared.isdisjoint(map(_normal, distributions[name]))}
    assert undeclared == set()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@each_source
def test_only_the_settings_read_the_environment(file: Path) -> None:
    if file.name == "settings.py":
        return
    read = {
        node.attr
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
    read |= {name.removeprefix("os.") for name in imports_of(file) if name.startswith("os.")}
    assert not read & ENVIRONMENT


@each_source
def test_nothing_is_global(file: Path) -> None:
    assert not [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Global)]


@pytest.mark.parametrize("file", [*SOURCES, *TESTS], ids=name_of)
def test_a_module_says_what_it_is_for_and_has_a_telling_name(file: Path) -> None:
    assert ast.get_docstring(tree_of(file))
    assert not {*file.stem.split("_"), file.parent.name} & VAGUE_NAMES


def test_files_are_short() -> None:
    lines = {name_of(file): len(file.read_text("utf-8").splitlines()) for file in SOURCES}
    assert {name: count for name, count in lines.items() if count > 300} == {}
    assert statistics.median(lines.values()) <= 150


def test_functions_are_short() -> None:
    lengths = {name: length_of(node) for name, node in functions()}
    assert {name: count for name, count in lengths.items() if count > 60} == {}
    assert statistics.quantiles(lengths.values(), n=20)[-1] <= 40


def test_functions_take_seven_parameters_at_most() -> None:
    too_many = {}
    for name, node in functions():
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        named = [argument.arg for argument in arguments if argument.arg not in ("self", "cls")]
        if len(named) > 7:
            too_many[name] = named
    assert too_many == {}


def test_importing_every_module_does_nothing(tmp_path: Path) -> None:
    modules = [
        name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for file in SOURCES
        if file.name != "__main__.py"
    ]
    before = set(_files())
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PATH": os.defpath}
    result = subprocess.run(
        [sys.executable, "-B", "-c", FRESH_IMPORT, *modules],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert set(_files()) - before == set()


def _files() -> Iterator[Path]:
    """The files beside the sources; compiled ones are Python's own business."""
    for file in (ROOT / "components").rglob("*"):
        if "__pycache__" not in file.parts:
            yield file
