"""References in the prompt: found, checked, renumbered, and written for the chosen route."""

from hypothesis import given
from hypothesis import strategies as st

from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.video_edit import VideoEdit
from components.catalog.tokens import dangling, in_dialect, renumbered, tokens_in, unnamed

A, B, C = "https://x.test/a.png", "https://x.test/b.png", "https://x.test/c.png"
CLIP = "https://x.test/clip.mp4"


def edit(*images: str) -> dict[str, object]:
    return {"prompt": "x", "video_url": CLIP, "image_list": list(images)}


def test_references_are_numbered_by_position_over_all_fields() -> None:
    element = {"frontal_image_url": A, "reference_image_urls": [B]}
    values = {**edit(A, B), "elements": [element]}
    tokens = [reference.token for reference in VideoEdit.references(values)]
    assert tokens == ["@Video1", "@Image1", "@Image2", "@Element1"]


def test_the_first_frame_is_image_one_and_the_last_frame_image_two() -> None:
    values = {"prompt": "x", "image_url": A, "last_image_url": B}
    found = {reference.token: reference.field for reference in ImageToVideo.references(values)}
    assert found == {"@Image1": "image_url", "@Image2": "last_image_url"}


def test_tokens_are_found_in_any_case_but_not_inside_words_or_addresses() -> None:
    prompt = "@image1 and @IMAGE1, me@image2.org, @Image3rd, (@Video1) @@Element1"
    assert tokens_in(prompt) == ["@Image1", "@Video1"]


def test_a_token_that_points_to_nothing_is_flagged() -> None:
    assert dangling("@Image1 @Image3 @Video1", VideoEdit.references(edit(A, B))) == ["@Image3"]


def test_a_reference_that_is_never_named_is_flagged() -> None:
    assert unnamed("@Image1 in @Video1", VideoEdit.references(edit(A, B))) == ["@Image2"]


def test_removing_a_reference_renumbers_the_rest_and_marks_what_is_gone() -> None:
    before, after = VideoEdit.references(edit(A, B, C)), VideoEdit.references(edit(A, C))
    assert renumbered("@Image1, @Image2, @image3", before, after) == "@Image1, @Image?, @Image2"


def test_moving_references_swaps_their_numbers() -> None:
    before, after = VideoEdit.references(edit(A, B)), VideoEdit.references(edit(B, A))
    assert renumbered("@Image1 on @Image2", before, after) == "@Image2 on @Image1"


def test_a_reference_given_twice_keeps_both_numbers() -> None:
    before, after = VideoEdit.references(edit(A, A, B)), VideoEdit.references(edit(A, A, B))
    assert renumbered("@Image1 @Image2 @Image3", before, after) == "@Image1 @Image2 @Image3"


@given(st.permutations([A, B, C, "https://x.test/d.png"]))
def test_renumbering_there_and_back_gives_the_prompt_again(order: list[str]) -> None:
    start = VideoEdit.references(edit(A, B, C, "https://x.test/d.png"))
    moved = VideoEdit.references(edit(*order))
    prompt = "@Image4 @Image2 @Image1 @Image3"
    assert renumbered(renumbered(prompt, start, moved), moved, start) == prompt


def test_the_kling_route_reads_its_own_notation() -> None:
    prompt = "@Image1 @video1 @Element2 mail@image1.org"
    assert (
        in_dialect(prompt, "kling") == "<<<image_1>>> <<<video_1>>> <<<element_2>>> mail@image1.org"
    )
    assert in_dialect(prompt, "auto") == in_dialect(prompt, "fal") == prompt


def test_the_payload_is_written_in_the_route_chosen() -> None:
    request = VideoEdit.parse({**edit(A), "prompt": "@Image1 in @Video1", "provider": "kling"})
    payload = request.payload(lambda reference, _kind: reference)
    assert payload["prompt"] == "<<<image_1>>> in <<<video_1>>>"
    assert request.prompt == "@Image1 in @Video1"
