"""What the playground quotes is what the sandbox's ledger then charges, whatever the prices are."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.catalog.amounts import source_clip
from components.catalog.fields import Choice, Count, MediaKind, Switch
from components.catalog.price_hint import Rate, Unit
from components.catalog.request import ModelRequest
from components.media.store.media_store import FolderStore, ref
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quotes
from components.sandbox.ledger.prices import PriceRule, price_rule, variable
from tests.samples.media_files import video
from tests.samples.models import CATALOG, MODELS
from tests.servers.sandbox_requests import Caller, calling, data_uri, image_uri, small_sandbox

CLIP_LENGTHS_S = (3.0, 3.5, 4.5)
"""Half a second is where rounding can go either way."""
Values = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """A sandbox whose price list can be changed, and what quotes requests to it."""

    caller: Caller
    tariffs: dict[str, PriceRule]
    prices: Prices
    quotes: Quotes
    media: FolderStore
    clips: tuple[str, ...]

    def sent(self, model: type[ModelRequest], values: Values) -> int:
        """Send the request; return what the ledger charged, in credits."""
        payload = model.parse(values).payload(self._attached)
        answer = self.caller.post(payload.pop("model"), payload)
        assert answer.status_code == 200, answer.text
        if model.output == "video":
            assert self.caller.finish(answer.json()["id"])["status"] == "completed"
        ledger = self.caller.get("/v2/billing/transactions", direction="CHARGE", limit=1)
        assert ledger["data"][0]["reference_id"] == answer.headers["x-inference-id"]
        return int(ledger["data"][0]["amount"]["credits"])

    def _attached(self, reference: str, kind: MediaKind) -> str:
        name = reference.rpartition("/")[2]
        return image_uri() if kind == "image" else data_uri(self.media.path(name))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("quotes")
    media = FolderStore(folder / "media")
    tariffs = {model.model_id: price_rule(model) for model in MODELS}
    with (
        small_sandbox(prices=tariffs, balance_usd=1e6) as sandbox,
        calling(sandbox) as caller,
    ):
        prices = Prices(CATALOG, ProviderClient(HttpClient(sandbox.url, "key")).prices)
        clips = tuple(_kept_clip(media, folder, seconds) for seconds in CLIP_LENGTHS_S)
        yield Desk(caller, tariffs, prices, Quotes(prices, ClipLengths(media)), media, clips)


def _kept_clip(media: FolderStore, folder: Path, seconds: float) -> str:
    clip = video(folder / f"{seconds}.mp4", size=(720, 720), seconds=seconds, sound=seconds < 4)
    return ref(media.keep(clip, ".mp4"))


def fixed(unit: Unit, price_usd: float, per: int = 1) -> PriceRule:
    """Return one rate whatever the parameters are."""
    return PriceRule("fixed", (Rate(unit, price_usd, per),))


def variants(unit: Unit, dimensions: dict[str, tuple[Any, ...]], *prices_usd: float) -> PriceRule:
    """Return a rate for each combination; prices in the order of `itertools.product`."""
    combinations = itertools.product(*dimensions.values())
    rates = [
        Rate(unit, price_usd, when=dict(zip(dimensions, values, strict=True)))
        for values, price_usd in zip(combinations, prices_usd, strict=True)
    ]
    return PriceRule("variants", tuple(rates))


def options_of(model: type[ModelRequest]) -> dict[str, tuple[Any, ...]]:
    """Every value of each choice, switch and count of a model."""
    found: dict[str, tuple[Any, ...]] = {}
    for name, parameter in model.parameters().items():
        if isinstance(parameter, Choice):
            found[name] = get_args(model.model_fields[name].annotation)
        if isinstance(parameter, Switch):
            found[name] = (False, True)
        if isinstance(parameter, Count):
            found[name] = tuple(range(parameter.minimum, parameter.maximum + 1))
    return found


def media_for(model: type[ModelRequest], clip: str) -> Values:
    """The least a request needs: a prompt, and one of each medium it can carry."""
    least: Values = {
        "prompt": "A boat",
        "image_urls": ["/media/picture"],
        "image_list": ["/media/picture"],
        "image_url": "/media/picture",
        "video_url": clip,
    }
    return {name: value for name, value in least.items() if name in model.model_fields}


prices_usd = st.integers(0, 40_000).map(lambda tenth_of_a_mill: tenth_of_a_mill / 10_000)


@st.composite
def tariffs(draw: st.DrawFn, model: type[ModelRequest]) -> PriceRule:
    """A price of any of the three kinds that the provider could set for the model."""
    units: list[Unit] = ["image"] if model.output == "image" else ["video", "second"]
    unit = draw(st.sampled_from(units))
    kind = draw(st.sampled_from(["fixed", "variants", "variants", "variable"]))
    if kind == "fixed":
        return fixed(unit, draw(prices_usd), draw(st.sampled_from([1, 10, 1000])))
    if kind == "variable":
        return variable(unit, draw(prices_usd))
    options = options_of(model)
    names = draw(st.lists(st.sampled_from(sorted(options)), min_size=1, max_size=2, unique=True))
    count = len(list(itertools.product(*(options[name] for name in names))))
    prices = draw(st.lists(prices_usd, min_size=count, max_size=count))
    return variants(unit, {name: options[name] for name in names}, *prices)


@st.composite
def requests(draw: st.DrawFn, model: type[ModelRequest], clips: tuple[str, ...]) -> Values:
    """A small request with any of the model's options; those left out have their defaults."""
    media = media_for(model, draw(st.sampled_from(clips)))
    chosen = {name: draw(st.sampled_from(values)) for name, values in options_of(model).items()}
    left_out = draw(st.sets(st.sampled_from(sorted(chosen)), max_size=1))
    asked = {name: value for name, value in chosen.items() if name not in left_out}
    return {**media, **asked}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.api_name)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_quote_is_what_is_charged_whatever_the_prices_are(
    desk: Desk, model: type[ModelRequest], data: st.DataObject
) -> None:
    tariff = data.draw(tariffs(model))
    values = data.draw(requests(model, desk.clips))
    desk.tariffs[model.model_id] = tariff
    desk.prices.refresh()
    told = desk.quotes.quote(model, values)
    charged = desk.sent(model, values)
    if tariff.kind == "variable":
        assert told.usd is None
    else:
        assert told.usd is not None, told.basis
        assert round(told.usd * 2_000_000) == charged, told.basis


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.api_name)
def test_every_priced_option_of_the_sandbox_is_quoted_as_it_is_charged(
    desk: Desk, model: type[ModelRequest]
) -> None:
    tariff = price_rule(model)
    desk.tariffs[model.model_id] = tariff
    desk.prices.refresh()
    for rate in tariff.rates:
        asked = {**media_for(model, desk.clips[1]), **rate.when}
        told = desk.quotes.quote(model, asked)
        assert told.usd is not None, told.basis
        assert round(told.usd * 2_000_000) == desk.sent(model, asked), told.basis


def test_the_clip_that_is_measured_is_the_one_that_is_billed(desk: Desk) -> None:
    for clip, billed_s in zip(desk.clips, (3, 4, 5), strict=True):
        edit = next(model for model in MODELS if model.api_name == "video_edit")
        assert source_clip(edit, {"video_url": clip}) == clip
        told = desk.quotes.quote(edit, {"video_url": clip})
        assert told.basis.startswith(f"{billed_s} s × ")
