"""The price list is at hand at once, kept fresh in the background, and outlives a failure."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from components.errors import Unreachable
from components.media.store.media_store import FolderStore, ref
from components.provider.answers.answer_models import Pricing
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import REFRESH_S, RETRY_S, Prices
from components.runs.money.quote import Quotes
from tests.samples.media_files import drawing, video
from tests.samples.models import CATALOG, MODELS, model_by_id
from tests.samples.run_samples import Clock

EDIT = model_by_id("klingai/video-o1-video-to-video-edit")
PER_SECOND = Pricing(kind="fixed", units=({"name": "second", "price": 0.1, "per": 1},))


class Provider:
    """Answers with `prices`, or not at all while there are none; counts who asks."""

    def __init__(self) -> None:
        self.prices: Mapping[str, Pricing] | None = {EDIT.model_id: PER_SECOND}
        self.asked: list[list[str]] = []

    def fetch(self, model_ids: list[str]) -> Mapping[str, Pricing]:
        self.asked.append(model_ids)
        if self.prices is None:
            raise Unreachable("It did not answer.")
        return self.prices


def test_asking_never_waits_and_starts_one_refresh_alone() -> None:
    provider, clock, begun = Provider(), Clock(), list[Callable[[], None]]()
    prices = Prices(CATALOG, provider.fetch, clock=clock, start=begun.append)
    assert prices.known() is None
    assert prices.known() is None
    assert (len(begun), provider.asked) == (1, [])
    begun.pop()()
    assert prices.known() == {EDIT.model_id: PER_SECOND}
    assert provider.asked == [[model.model_id for model in MODELS]]
    clock.now += REFRESH_S - 1
    prices.keep_fresh()
    assert begun == []
    clock.now += 2
    assert prices.known() == {EDIT.model_id: PER_SECOND}
    assert len(begun) == 1


def test_a_failure_keeps_the_last_list_and_is_tried_again_soon() -> None:
    provider, clock = Provider(), Clock()
    prices = Prices(CATALOG, provider.fetch, clock=clock, start=lambda work: work())
    prices.keep_fresh()
    provider.prices = None
    clock.now += REFRESH_S
    assert prices.known() == {EDIT.model_id: PER_SECOND}
    provider.prices = {}
    clock.now += RETRY_S - 1
    assert prices.known() == {EDIT.model_id: PER_SECOND}
    clock.now += 2
    assert prices.known() == {}
    assert len(provider.asked) == 3


@pytest.fixture
def media(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


def quotes(media: FolderStore, clips: ClipLengths | None = None) -> Quotes:
    prices = Prices(CATALOG, Provider().fetch, start=lambda work: work())
    prices.refresh()
    return Quotes(prices, clips or ClipLengths(media))


def test_before_the_first_list_a_quote_says_so(media: FolderStore) -> None:
    told = Quotes(
        Prices(CATALOG, Provider().fetch, start=lambda _: None), ClipLengths(media)
    ).quote(EDIT, {})
    assert told.usd is None
    assert "not known yet" in told.basis


def test_a_kept_clip_is_measured_once_and_quoted_by_its_seconds(
    media: FolderStore, tmp_path: Path
) -> None:
    name = media.keep(video(tmp_path / "clip.mp4", seconds=3.5), ".mp4")
    teller = quotes(media)
    assert teller.quote(EDIT, {"video_url": ref(name)}).usd == pytest.approx(0.4)
    media.delete(name)
    assert teller.quote(EDIT, {"video_url": ref(name)}).usd == pytest.approx(0.4)


def test_a_clip_at_an_address_is_known_once_somebody_looked(
    media: FolderStore, tmp_path: Path
) -> None:
    clips, address = ClipLengths(media), "https://example.com/clip.mp4"
    teller = quotes(media, clips)
    assert teller.quote(EDIT, {"video_url": address}).usd is None
    clips.learn(address, video(tmp_path / "clip.mp4", seconds=2.0))
    assert teller.quote(EDIT, {"video_url": address}).usd == pytest.approx(0.2)


@pytest.mark.parametrize(
    "reference", ["/media/nothing", "/media/../../etc/passwd", "/etc/passwd", "", None, 5, ["x"]]
)
def test_what_is_no_kept_clip_has_no_length(media: FolderStore, reference: object) -> None:
    assert quotes(media).quote(EDIT, {"video_url": reference}).usd is None


def test_a_picture_in_place_of_a_clip_has_no_length(media: FolderStore, tmp_path: Path) -> None:
    drawing(320, 320).save(tmp_path / "a.png")
    reference = ref(media.keep(tmp_path / "a.png", ".png"))
    assert quotes(media).quote(EDIT, {"video_url": reference}).usd is None
