"""A form with alternatives becomes exactly the runs it stands for, each in its place of a grid."""

from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.alternatives import alternatives_in, escaped
from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.video_edit import VideoEdit
from components.catalog.plan import MOST_RUNS, Plan, PlannedRun, expand
from components.errors import InvalidRequest
from tests.samples.models import MODELS

PICTURES = {"image_urls": ["https://example.com/a.png"]}
FRAME = {"image_url": "https://example.com/a.png"}
MARKED = st.text(alphabet="ab {}|\\", max_size=30)
TEXT = st.text(alphabet="ab \\@1é", max_size=8)
OPTIONS = st.lists(st.text(alphabet="xyz{}|\\ ", max_size=6), min_size=2, max_size=4, unique=True)


def prompts(plan: Plan) -> list[str]:
    return [run.values["prompt"] for run in plan.runs]


def every(prompt: str) -> list[str]:
    taken = alternatives_in(prompt)
    return [taken.chosen(options) for options in product(*taken.choices)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a {red|blue} boat", ["a red boat", "a blue boat"]),
        ("{a|b}{1|2}", ["a1", "a2", "b1", "b2"]),
        ("{very |}cold", ["very cold", "cold"]),
        ("{red|red|blue}", ["red", "blue"]),
        ("{red|red}", ["red"]),
        (r"\{red|blue\}", ["{red|blue}"]),
        (r"{a\|b|c}", ["a|b", "c"]),
        (r"{\{a\}|b}", ["{a}", "b"]),
        ("{red}", ["{red}"]),
        ("{}", ["{}"]),
        ("a | b", ["a | b"]),
        ("{red|blue", ["{red|blue"]),
        ("red|blue}", ["red|blue}"]),
        ("}{", ["}{"]),
        ("{a {b|c} d}", ["{a b d}", "{a c d}"]),
        (r"C:\new {x|y}", [r"C:\new x", r"C:\new y"]),
        (r"\\{x|y\\}", [r"\x", "\\y\\"]),
        ("@Image1 in\n{snow|rain}", ["@Image1 in\nsnow", "@Image1 in\nrain"]),
    ],
)
def test_braces_with_a_bar_offer_a_choice_and_everything_else_is_text(
    prompt: str, expected: list[str]
) -> None:
    assert every(prompt) == expected


@given(st.text())
def test_an_escaped_text_stands_for_itself(text: str) -> None:
    assert every(escaped(text)) == [text]


@given(MARKED)
def test_text_without_a_choice_only_loses_its_escapes(prompt: str) -> None:
    taken = alternatives_in(prompt)
    assert len(taken.texts) == len(taken.choices) + 1
    if not taken.choices:
        (text,) = taken.texts
        assert text.replace("\\", "") == prompt.replace("\\", "")


@given(st.lists(st.tuples(TEXT, OPTIONS), max_size=3), TEXT)
def test_every_combination_comes_once(parts: list[tuple[str, list[str]]], end: str) -> None:
    prompt = "".join(
        escaped(text) + "{" + "|".join(map(escaped, options)) + "}" for text, options in parts
    )
    expected = [
        "".join(text + option for (text, _), option in zip(parts, chosen, strict=True)) + end
        for chosen in product(*(options for _, options in parts))
    ]
    assert every(prompt + escaped(end)) == expected


@given(
    ratios=st.lists(st.sampled_from(get_args(ImageO1.model_fields["aspect_ratio"].annotation))),
    counts=st.lists(st.integers(1, 9), max_size=4),
    options=st.lists(st.sampled_from("rgb"), min_size=1, max_size=3),
    repeats=st.integers(1, 3),
)
def test_a_plan_is_the_product_of_what_varies(
    ratios: list[str], counts: list[int], options: list[str], repeats: int
) -> None:
    values = {**PICTURES, "prompt": f"a {{{'|'.join(options)}}} boat" if options else "a boat"}
    lists: dict[str, list[Any]] = {"aspect_ratio": ratios, "num_images": counts}
    plan = expand(ImageO1, values, lists, repeats=repeats, most_runs=10_000)
    lengths = [len(set(options)), len(set(ratios)) or 1, len(set(counts)) or 1, repeats]
    expected = 1
    for length in lengths:
        expected *= length
    assert len(plan.runs) == expected
    assert [len(it.options) for it in plan.dimensions] == [it for it in lengths if it > 1]
    assert len({(run.row, run.column, run.group) for run in plan.runs}) == expected
    assert len({tuple(run.labels.values()) for run in plan.runs}) == expected
    for run in plan.runs:
        assert ImageO1.parse(run.values).plain() == run.values
        assert run.values["aspect_ratio"] in (ratios or ["16:9"])


def test_rows_then_columns_then_groups() -> None:
    values = {**FRAME, "prompt": "a {red|blue} boat at {dawn|dusk}"}
    plan = expand(ImageToVideo, values, {"duration": [5, 10]}, repeats=2)
    assert [it.label for it in plan.dimensions] == ["Prompt 1", "Prompt 2", "Duration", "Run"]
    last = plan.runs[-1]
    assert last == PlannedRun(
        values={**FRAME, "prompt": "a blue boat at dusk", "duration": 10, "provider": "auto"},
        row=1,
        column=1,
        group=3,
        labels={"row": "blue", "column": "dusk", "group": "Duration 10 · Run 2"},
    )
    assert plan.runs[1].group == 1


def test_one_thing_that_varies_makes_rows_alone() -> None:
    plan = expand(ImageO1, {**PICTURES, "prompt": "a boat"}, {"resolution": ["1K", "2K"]})
    assert [it.labels for it in plan.runs] == [{"row": "1K"}, {"row": "2K"}]
    assert {(run.column, run.group) for run in plan.runs} == {(0, 0)}


def test_a_form_without_alternatives_is_a_plan_of_one_run() -> None:
    plan = expand(ImageO1, {**PICTURES, "prompt": "a boat"})
    assert (plan.dimensions, prompts(plan)) == ((), ["a boat"])
    assert plan.runs[0].labels == {}


def test_the_same_value_in_another_spelling_is_not_paid_twice() -> None:
    values = {**FRAME, "prompt": "a boat"}
    plan = expand(ImageToVideo, values, {"duration": [5, "5", 10], "provider": ["FAL", "fal"]})
    assert [(it.values["duration"], it.values["provider"]) for it in plan.runs] == [
        (5, "fal"),
        (10, "fal"),
    ]


def test_a_switch_varies_in_words() -> None:
    values = {"prompt": "a boat", "video_url": "https://example.com/a.mp4"}
    plan = expand(VideoEdit, values, {"keep_audio": [True, False]})
    assert [(it.values["keep_audio"], it.labels["row"]) for it in plan.runs] == [
        (True, "yes"),
        (False, "no"),
    ]


@pytest.mark.parametrize(
    ("change", "lists", "repeats", "problems"),
    [
        ({}, {}, MOST_RUNS + 1, {"": "This makes 25 runs, and a plan has at most 24: vary less."}),
        ({"prompt": "{a|b}" * 60}, {}, 1, {"": "runs, and a plan has at most 24: vary less."}),
        ({}, {}, 0, {"": "This plan has no run: ask for each at least once."}),
        ({}, {"prompt": ["a", "b"]}, 1, {"prompt": "Prompt cannot have several values"}),
        ({}, {"image_urls": [[], []]}, 1, {"image_urls": "Reference images cannot have several"}),
        ({}, {"nothing": [1]}, 1, {"nothing": "nothing cannot have several values"}),
        ({}, {"num_images": [1, 10]}, 1, {"num_images": "choose between 1 and 9"}),
        ({"prompt": "{ |boat}"}, {}, 1, {"prompt": "Prompt is empty"}),
        ({"image_urls": []}, {}, 1, {"image_urls": "add at least one picture"}),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_a_sentence(
    change: dict[str, Any], lists: dict[str, Any], repeats: int, problems: dict[str, str]
) -> None:
    values = {**PICTURES, "prompt": "a boat", **change}
    with pytest.raises(InvalidRequest) as caught:
        expand(ImageO1, values, lists, repeats=repeats)
    assert caught.value.problems.keys() == problems.keys()
    for field, sentence in problems.items():
        assert sentence in caught.value.problems[field]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.api_name)
def test_every_choice_of_every_model_can_vary(model: Any) -> None:
    values = model.examples[0].values
    for name, parameter in model.parameters().items():
        options = get_args(model.model_fields[name].annotation)
        if type(parameter).__name__ == "Choice":
            plan = expand(model, values, {name: options})
            assert [run.values[name] for run in plan.runs] == list(options)
