"""What can be chosen about a sandbox, beyond where it listens and how it paces itself."""

from dataclasses import dataclass, field
from pathlib import Path

from components.sandbox.ledger.prices import PRICES, Prices


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
    prices: what each model costs.
    media_hosts: "host:port" of other servers that media may be read from without TLS.
    render_threads: how many requests are rendered at the same time.
    """

    key: str | None = None
    files_dir: Path | None = None
    balance_usd: float = 50.0
    refills: bool = True
    picture_long_side_px: int = 1024
    video_short_side_px: int = 720
    prices: Prices = field(default_factory=lambda: PRICES)
    media_hosts: frozenset[str] = frozenset()
    render_threads: int = 2
