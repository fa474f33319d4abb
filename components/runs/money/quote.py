"""What a run will cost, by the provider's own price list; an unknown price is never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from components.catalog.amounts import length_s, option, picture_count, source_clip
from components.catalog.request import ModelRequest
from components.provider.answers.answer_models import CREDITS_PER_USD, Pricing
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.price_rates import PriceUnclear, Rate, rate_for
from components.runs.money.prices import Prices
from components.runs.wording import money


@dataclass(frozen=True)
class Quote:
    """`usd` is None where the price is not known; `basis` says how it comes about, or why not."""

    usd: float | None
    basis: str


@dataclass(frozen=True)
class _Amount:
    """How many units are billed, and how that is said: "3 pictures", "8 s"."""

    units: Decimal
    words: str
    remark: str = ""


def quote(
    model: type[ModelRequest],
    values: Mapping[str, Any],
    pricing: Pricing | None,
    clip_s: float | None = None,
) -> Quote:
    """The price of a request, finished or not, whose media play no part but for `clip_s`.

    `clip_s` is the length of the clip the request names, in seconds, None where it is not known.
    A result without a length of its own is as long as that clip and billed by its seconds, rounded
    (the provider's notes on the edit model).
    """
    if pricing is None:
        return Quote(None, "The provider has no price for this model.")
    options = {name: option(model, values, name) for name in model.model_fields}
    try:
        rate = rate_for(pricing, options)
        amount = _amount(rate.unit, model, values, clip_s)
    except PriceUnclear as unclear:
        return Quote(None, str(unclear))
    return Quote(_whole_credits(rate.price_usd * amount.units), _basis(rate, amount))


@dataclass(frozen=True)
class Quotes:
    """Tells what a request would cost; never waits for a server."""

    prices: Prices
    clips: ClipLengths

    def quote(self, model: type[ModelRequest], values: Mapping[str, Any]) -> Quote:
        """The price of a request that may be unfinished or wrong; never raises.

        A clip counts by its reference into the media store, or by an address seen before.
        """
        known = self.prices.known()
        if known is None:
            return Quote(None, "The provider's prices are not known yet; look again in a moment.")
        return quote(model, values, known.get(model.model_id), self.clips.length_of(model, values))


def total(quotes: Sequence[Quote]) -> Quote:
    """What several runs cost together; unknown where one of them is."""
    if len(quotes) == 1:
        return quotes[0]
    for each in quotes:
        if each.usd is None:
            return each
    whole = sum(Decimal(str(each.usd)) for each in quotes)
    return Quote(_whole_credits(Decimal(whole)), f"{len(quotes)} runs")


def _amount(
    unit: str, model: type[ModelRequest], values: Mapping[str, Any], clip_s: float | None
) -> _Amount:
    """Count what is billed. Raises `PriceUnclear`."""
    match unit, model.output:
        case "image", "image":
            count = _whole(picture_count(model, values))
            return _Amount(count, f"{count} picture{'' if count == 1 else 's'}")
        case "video", "video":
            return _Amount(Decimal(1), "1 video")
        case "second", "video":
            asked_s = length_s(model, values)
            if asked_s is not None:
                return _Amount(_whole(asked_s), f"{asked_s} s")
            return _clip_amount(source_clip(model, values), clip_s)
        case _:
            raise PriceUnclear(
                f"The provider charges by the {unit}, which cannot be counted before the run."
            )


def _clip_amount(clip: str | None, clip_s: float | None) -> _Amount:
    if clip is None:
        raise PriceUnclear("The price depends on the clip: add it.")
    if clip_s is None:
        raise PriceUnclear("The price depends on the length of the clip, which is not known here.")
    billed_s = (Decimal(str(clip_s)) + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    return _Amount(billed_s, f"{billed_s} s", ", the clip's seconds rounded")


def _whole(value: Any) -> Decimal:
    text = str(value).strip()
    if isinstance(value, bool) or not text.isdecimal():
        raise PriceUnclear("The price is known once every field is filled in.")
    return Decimal(text)


def _whole_credits(usd: Decimal) -> float:
    """The provider moves whole credits only."""
    return float((usd * CREDITS_PER_USD).to_integral_value(ROUND_HALF_UP) / CREDITS_PER_USD)


def _basis(rate: Rate, amount: _Amount) -> str:
    chosen = ", ".join(f"{name} {value}" for name, value in rate.when.items())
    note = f" ({chosen.replace('_', ' ')})" if chosen else ""
    return f"{amount.words} × {money(rate.price_usd)}{note}{amount.remark}"
