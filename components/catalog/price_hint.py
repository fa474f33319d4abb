"""What a run of a model may cost, as far as that is guessed: the sandbox charges by it.

Nothing here is the provider's price; that is asked for, see `runs/money`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["image", "second", "video"]


@dataclass(frozen=True)
class Rate:
    """`price_usd` for `per` units of a request whose parameters are as in `when`."""

    unit: Unit
    price_usd: float
    per: int = 1
    when: Mapping[str, str | int | bool] = field(default_factory=dict)
