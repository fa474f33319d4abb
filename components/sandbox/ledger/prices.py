"""Prices, both published and charged from: the catalogue's hints in the provider's shapes.

The shapes are those of the provider's page on its model catalogue. 1 USD is 2,000,000 credits, as
the provider states.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from components.catalog.fields import MediaKind
from components.catalog.price_hint import Rate, Unit
from components.catalog.request import ModelRequest

CREDITS_PER_USD = 2_000_000
UNHINTED: Mapping[MediaKind, tuple[Unit, float]] = {
    "image": ("image", 0.05),
    "video": ("second", 0.1),
}

Published = dict[str, object]


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


def variable(unit: Unit, price_usd: float) -> PriceRule:
    """Return a rate that nobody is told of before the charge."""
    return PriceRule("variable", (Rate(unit, price_usd),))


def price_rule(model: type[ModelRequest]) -> PriceRule:
    """Return what a model's hint says; without one, something that nobody is told of before."""
    rates = model.price_hint
    if not rates:
        return variable(*UNHINTED[model.output])
    return PriceRule("variants" if any(rate.when for rate in rates) else "fixed", rates)


def usd(credits_used: int) -> float:
    """Return credits as US dollars."""
    return credits_used / CREDITS_PER_USD
