"""Quotes for requests, from the price list at hand and the lengths of clips."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.catalog.request import ModelRequest
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quote, quote


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
