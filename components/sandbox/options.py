"""The options of a sandbox, beyond its address and its pace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from components.catalog import Catalog, open_catalog
from components.catalog.wire import wire_schema
from components.sandbox.ledger.prices import PriceRule, price_rule
from components.sandbox.validation.contracts import ModelContract, contract_of


@dataclass(frozen=True)
class SandboxOptions:
    """Options of one sandbox; the defaults suit a demonstration.

    key: the only key let in; None lets any key in.
    files_dir: where generated files and the database are kept, for a week: a sandbox started
        on it again goes on where the last one stopped; None means a temporary directory of its own.
    balance_usd: the account's money at the start, in USD.
    refills: whether an account that is too empty for a request is filled again, so that play money
        never ends a demonstration; without, the request is refused as the provider would.
    picture_long_side_px: longer side of a "1K" picture; "2K" is twice that.
    video_short_side_px: shorter side of a video in 16:9 or 9:16.
    catalog: the models that are served.
    prices: what a model costs where that is not what its hint says.
    media_hosts: "host:port" of other servers that media may be read from without TLS.
    render_threads: how many requests are rendered at the same time.
    """

    key: str | None = None
    files_dir: Path | None = None
    balance_usd: float = 50.0
    refills: bool = True
    picture_long_side_px: int = 1024
    video_short_side_px: int = 720
    catalog: Catalog = field(default_factory=open_catalog)
    prices: Mapping[str, PriceRule] = field(default_factory=dict)
    media_hosts: frozenset[str] = frozenset()
    render_threads: int = 2

    def price_rule(self, model_id: str) -> PriceRule:
        """What a model costs. Raises `KeyError` where there is no such model."""
        return self.prices.get(model_id) or price_rule(self.catalog.by_id(model_id))

    def contract(self, model_id: str) -> ModelContract | None:
        """What the body of a model's request may hold; None where there is no such model."""
        model = self.catalog.find(model_id)
        return contract_of(wire_schema(model)) if model else None

    def contracts(self) -> list[ModelContract]:
        """The contracts of all models that are served, in the catalogue's order."""
        return [contract_of(wire_schema(model)) for model in self.catalog]
