"""The code snippets hold exactly what would be sent, whatever the prompt, and never the key."""

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.catalog.request import ModelRequest
from components.errors import InvalidRequest, MediaRejected
from components.interface.snippets.literals import (
    HERE_DOCUMENT,
    JAVASCRIPT,
    PYTHON,
    Language,
    written,
)
from components.interface.snippets.material import Addresses, gather
from components.interface.snippets.programs import snippets
from tests.processes.snippet_runs import NASTY_PROMPT, PICTURE_REF, all_values, output_of
from tests.samples.models import MODELS

ADDRESSES = Addresses("https://provider.invalid", "https://playground.invalid")
SENDABLE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from("\\\"'`$\n")
)
FIELD_NAMES = st.from_regex(r"[a-z]\w{0,20}", fullmatch=True)
TREES = st.recursive(
    SENDABLE | st.booleans() | st.none() | st.integers(-(10**9), 10**9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELD_NAMES, inner, max_size=3),
    max_leaves=8,
)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.api_name)


def source_of(value: Any, language: Language) -> str:
    return written(value, language, str)


@given(TREES)
def test_any_value_survives_as_python(value: Any) -> None:
    assert ast.literal_eval(source_of(value, PYTHON)) == value


# One process reads many values: starting it is what costs.
@settings(max_examples=6, deadline=None)
@given(st.lists(TREES, min_size=20, max_size=60))
def test_any_value_survives_as_javascript(values: list[Any]) -> None:
    program = f"process.stdout.write(JSON.stringify({source_of(values, JAVASCRIPT)}))"
    assert output_of(["node", "--input-type=module"], program) == values


@settings(max_examples=6, deadline=None)
@given(st.lists(TREES, min_size=20, max_size=60))
def test_any_value_survives_as_a_here_document(values: list[Any]) -> None:
    program = f"cat <<JSON\n{source_of(values, HERE_DOCUMENT)}\nJSON\n"
    assert output_of(["bash"], program) == values


def test_what_cannot_be_seen_is_written_as_an_escape() -> None:
    for language in (PYTHON, JAVASCRIPT, HERE_DOCUMENT):
        source = source_of(NASTY_PROMPT + "\U000e0001\u200b", language)
        assert source.isprintable()
        assert "日本 🎬" in source


@each_model
def test_the_python_program_holds_every_field_of_the_payload(model: type[ModelRequest]) -> None:
    address = "https://example.com/a?b=c&d=%20"
    values = json.loads(json.dumps(all_values()[model]).replace("/media/", "https://x.invalid/"))
    values = {name: address if name == "video_url" else value for name, value in values.items()}
    code = snippets(model, values, ADDRESSES)[0].code
    found = [
        ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "payload"
    ]
    assert found == [model.parse(values).payload(lambda it, _: it)]


@each_model
def test_files_become_constants_that_are_named_after_their_fields(
    model: type[ModelRequest],
) -> None:
    material = gather(model, all_values()[model], ADDRESSES)
    constants = list(material.files.values())
    assert len(set(constants)) == len(constants) == len(material.files) > 0
    for snippet in snippets(model, all_values()[model], ADDRESSES)[:3]:
        for file, constant in material.files.items():
            name = material.file_name(file)
            set_to = (f'\n{constant} = "{name}"', f'\nconst {constant} = "{name}"')
            assert any(it in snippet.code for it in (*set_to, f'\n{constant}="{name}"'))
            assert f"https://playground.invalid{file.ref}" in snippet.code


def test_a_file_used_twice_is_read_from_one_constant() -> None:
    values = {"prompt": "x", "image_url": PICTURE_REF, "last_image_url": PICTURE_REF}
    model = next(model for model in MODELS if model.api_name == "image_to_video")
    assert list(gather(model, values, ADDRESSES).files.values()) == ["IMAGE"]


@each_model
def test_the_key_is_only_ever_read_from_the_environment(model: type[ModelRequest]) -> None:
    *direct, own = snippets(model, all_values()[model], ADDRESSES)
    for snippet in direct:
        assert "AIML_API_KEY" in snippet.code
        assert "Bearer {os.environ" in snippet.code or "Bearer $" in snippet.code
    assert "AIML_API_KEY" not in own.code
    assert "PLAYGROUND_LOGIN" not in own.code


def test_the_programs_speak_to_the_providers_address_of_the_settings() -> None:
    model, values = next(iter(all_values().items()))
    here = Addresses("http://127.0.0.1:8090/", "http://[::1]:7860/", needs_login=True)
    *direct, own = [snippet.code for snippet in snippets(model, values, here)]
    assert all("http://127.0.0.1:8090" in code for code in direct)
    assert 'PLAYGROUND = "http://[::1]:7860"' in own
    assert 'os.environ["PLAYGROUND_LOGIN"]' in own


def test_a_hostile_address_of_this_page_cannot_leave_its_place() -> None:
    values = {"prompt": "x", "image_urls": [PICTURE_REF]}
    hostile = Addresses("https://a.invalid\"'", "http://h\"';$(touch ran)`x`\nimport os #")
    for snippet in snippets(MODELS[0], values, hostile):
        assert "http://h%22%27%3B%24%28touch%20ran%29%60x%60%0Aimport%20os%20%23" in snippet.code
        assert "https://a.invalid%22%27" in snippet.code or snippet.label == "This playground"


def test_an_unfinished_form_is_explained_field_by_field() -> None:
    with pytest.raises(InvalidRequest) as caught:
        snippets(MODELS[0], {"prompt": "", "image_urls": []}, ADDRESSES)
    assert set(caught.value.problems) == {"prompt", "image_urls"}


@pytest.mark.parametrize("ref", ["/media/x\nimport os", "/media/../../etc/passwd", "/media/"])
def test_a_reference_that_no_file_can_have_is_refused(ref: str) -> None:
    with pytest.raises(MediaRejected):
        snippets(MODELS[0], {"prompt": "x", "image_urls": [ref]}, ADDRESSES)
