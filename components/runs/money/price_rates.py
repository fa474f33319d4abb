"""The provider's price of a model, read into rates; what cannot be read for sure is refused.

Shapes are those of the provider's page on its model catalogue: a "fixed" price has one rate per
unit in `units`, a "variants" price one rate for each combination of `dimensions` in `variants`, and
a "variable" price cannot be told before the run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from components.provider.answers.answer_models import Pricing

_UNITS = {
    "image": "image",
    "images": "image",
    "second": "second",
    "seconds": "second",
    "video": "video",
    "videos": "video",
}


class PriceUnclear(Exception):
    """No price can be told; its text is the sentence that says why."""


@dataclass(frozen=True)
class Rate:
    """`price_usd` for one `unit` ("image", "second" or "video") where `when` holds."""

    unit: str
    price_usd: Decimal
    when: Mapping[str, Any] = field(default_factory=dict)


def rate_for(pricing: Pricing, options: Mapping[str, Any]) -> Rate:
    """The one rate that holds for a request with these options.

    Raises:
        PriceUnclear: none does, several differ, or the price is of a kind nobody told of.
    """
    if pricing.currency.upper() != "USD":
        raise PriceUnclear(f"The provider's price is in {pricing.currency}, not in USD.")
    match pricing.kind:
        case "fixed":
            entries = list(pricing.units)
        case "variants":
            entries = [entry for entry in pricing.variants if _holds(entry, pricing, options)]
        case "variable":
            raise PriceUnclear("The provider tells the price of this model only after the run.")
        case _:
            raise PriceUnclear("The provider's price is of a kind that cannot be read here.")
    rates = [_rate(entry) for entry in entries]
    if not rates:
        raise PriceUnclear("The provider has no price for these settings.")
    if any((rate.unit, rate.price_usd) != (rates[0].unit, rates[0].price_usd) for rate in rates):
        raise PriceUnclear("The provider's price has several parts that cannot be told apart.")
    return rates[0]


def _holds(entry: Mapping[str, Any], pricing: Pricing, options: Mapping[str, Any]) -> bool:
    when = entry.get("when")
    if not isinstance(when, Mapping) or set(when) - set(pricing.dimensions):
        raise PriceUnclear("The provider's price is of a kind that cannot be read here.")
    return all(_plain(options.get(name)) == _plain(value) for name, value in when.items())


def _plain(value: Any) -> str:
    """A value's spelling: the provider writes 5 and "5", true and "true"."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().casefold()


def _rate(entry: Mapping[str, Any]) -> Rate:
    named = str(entry.get("unit") or entry.get("name") or "").strip().casefold()
    if named not in _UNITS:
        what = f"by the {named}" if named else "by a unit it does not name"
        raise PriceUnclear(f"The provider charges {what}, which cannot be counted before the run.")
    price, per = _number(entry.get("price")), _number(entry.get("per"))
    if price is None or per is None or price < 0 or per <= 0:
        raise PriceUnclear("The provider's price is of a kind that cannot be read here.")
    return Rate(_UNITS[named], price / per, entry.get("when") or {})


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
