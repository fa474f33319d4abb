"""Prices: one table that is both published and charged from.

The figures are stand-ins of a plausible size, not the provider's prices; their shapes are those of
the provider's page on its model catalogue. 1 USD is 2,000,000 credits, as the provider states.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

CREDITS_PER_USD = 2_000_000

Published = dict[str, object]
Unit = Literal["image", "second", "video"]


@dataclass(frozen=True)
class Rate:
    """`price_usd` for `per` units of a request whose parameters are as in `when`."""

    unit: Unit
    price_usd: float
    per: int = 1
    when: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class PriceRule:
    """The price of one model. A "variable" one is charged like the others, but not published."""

    kind: Literal["fixed", "variants", "variable"]
    rates: tuple[Rate, ...]

    def published(self) -> Published:
        """Return the `pricing` section of the list of models."""
        said: Published = {"kind": self.kind, "currency": "USD"}
        if self.kind == "fixed":
            said["units"] = [
                {"name": rate.unit, "origin": "generated", "price": rate.price_usd, "per": rate.per}
                for rate in self.rates
            ]
        if self.kind == "variants":
            said["dimensions"] = list(
                dict.fromkeys(name for rate in self.rates for name in rate.when)
            )
            said["variants"] = [
                {
                    "when": dict(rate.when),
                    "price": rate.price_usd,
                    "unit": rate.unit,
                    "per": rate.per,
                }
                for rate in self.rates
            ]
        return said

    def credits_for(self, counts: Mapping[Unit, float], choices: Mapping[str, object]) -> int:
        """Return the charge in credits.

        `counts` holds how many of each unit the request makes, `choices` the parameters a rate may
        depend on. Part of a unit counts as one from the half on. Raises `LookupError` when there is
        no rate.
        """
        for rate in self.rates:
            if all(choices[name] == value for name, value in rate.when.items()):
                units = math.floor(counts[rate.unit] + 0.5)
                return round(rate.price_usd * CREDITS_PER_USD * units / rate.per)
        raise LookupError("No rate for these parameters.")


def fixed(unit: Unit, price_usd: float, per: int = 1) -> PriceRule:
    """Return one rate whatever the parameters are."""
    return PriceRule("fixed", (Rate(unit, price_usd, per),))


def variants(
    unit: Unit, dimensions: Mapping[str, tuple[str | int | bool, ...]], *prices_usd: float
) -> PriceRule:
    """Return a rate for each combination; prices in the order of `itertools.product`."""
    combinations = product(*dimensions.values())
    rates = [
        Rate(unit, price_usd, when=dict(zip(dimensions, values, strict=True)))
        for values, price_usd in zip(combinations, prices_usd, strict=True)
    ]
    return PriceRule("variants", tuple(rates))


def variable(unit: Unit, price_usd: float) -> PriceRule:
    """Return a rate that nobody is told of before the charge."""
    return PriceRule("variable", (Rate(unit, price_usd),))


Prices = Mapping[str, PriceRule]

PRICES: Prices = {
    "klingai/image-o1": variants("image", {"resolution": ("1K", "2K")}, 0.0364, 0.0728),
    "klingai/video-o1-reference-to-video": variants("video", {"duration": (5, 10)}, 0.728, 1.456),
    "klingai/video-o1-image-to-video": fixed("second", 0.1456),
    "klingai/video-o1-video-to-video-edit": fixed("second", 0.2184),
    "klingai/video-o1-video-to-video-reference": variants(
        "second", {"duration": (5, 10), "keep_audio": (False, True)}, 0.2184, 0.2366, 0.2002, 0.2184
    ),
}


def usd(credits_used: int) -> float:
    """Return credits as US dollars."""
    return credits_used / CREDITS_PER_USD
