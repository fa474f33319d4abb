"""Prices: one table that is both published and charged from.

The figures are stand-ins of a plausible size, not the provider's prices. 1 USD is 2,000,000
credits, as the provider states.
"""

from collections.abc import Mapping

CREDITS_PER_USD = 2_000_000

Quote = dict[str, object]


def _per_second(price_usd: float) -> Quote:
    return {
        "kind": "fixed",
        "currency": "USD",
        "units": [{"unit": "second", "price": price_usd, "per": 1}],
    }


def _variants(dimension: str, unit: str, prices_usd: Mapping[str | int, float]) -> Quote:
    return {
        "kind": "variants",
        "currency": "USD",
        "dimensions": [dimension],
        "variants": [
            {dimension: value, "unit": unit, "price": price, "per": 1}
            for value, price in prices_usd.items()
        ],
    }


PRICES: dict[str, Quote] = {
    "klingai/image-o1": _variants("resolution", "image", {"1K": 0.0364, "2K": 0.0728}),
    "klingai/video-o1-reference-to-video": _variants("duration", "video", {5: 0.728, 10: 1.456}),
    "klingai/video-o1-image-to-video": _per_second(0.1456),
    "klingai/video-o1-video-to-video-edit": _per_second(0.2184),
    "klingai/video-o1-video-to-video-reference": _variants(
        "duration", "video", {5: 1.092, 10: 2.184}
    ),
}


def credits_for(model: str, *, units: int, choices: Mapping[str, object]) -> int:
    """Return the charge in credits for `units` images, videos or seconds.

    `choices` holds the request's parameters that a price may depend on. Raises `LookupError` when
    the table has no rate for them.
    """
    rate = _rate(PRICES[model], choices)
    price, per = rate["price"], rate["per"]
    return round(float(str(price)) * CREDITS_PER_USD * units / int(str(per)))


def is_per_second(model: str) -> bool:
    """Tell whether the model is billed by the second."""
    return PRICES[model]["kind"] == "fixed"


def usd(credits_used: int) -> float:
    """Return credits as US dollars."""
    return credits_used / CREDITS_PER_USD


def _rate(quote: Quote, choices: Mapping[str, object]) -> dict[str, object]:
    dimensions, rates = quote.get("dimensions", []), quote.get("variants", quote.get("units"))
    if isinstance(dimensions, list) and isinstance(rates, list):
        for rate in rates:
            if all(rate[name] == choices[name] for name in dimensions):
                return dict(rate)
    raise LookupError("No rate for these parameters.")
