"""The provider's answers as typed values, and the one vocabulary of a generation's status."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WrapValidator,
)

from components.provider.answers.answer import identifier
from components.provider.answers.retry_after import retry_after_s

CREDITS_PER_USD = 2_000_000
"""1 USD = 2,000,000 credits (the provider's documentation on money)."""


class Phase(Enum):
    """Where a generation is at the provider."""

    QUEUED = "queued"
    GENERATING = "generating"
    COMPLETED = "completed"
    ERROR = "error"


_PHASES = {
    "queued": Phase.QUEUED,
    "waiting": Phase.QUEUED,
    "generating": Phase.GENERATING,
    "completed": Phase.COMPLETED,
    "error": Phase.ERROR,
}


def phase_of(status: str) -> Phase:
    """Read a status word; an unknown one means "still going", never "failed"."""
    return _PHASES.get(status.strip().casefold(), Phase.GENERATING)


def _or_none(value: Any, read: Callable[[Any], Any]) -> Any:
    """Read a part; one that cannot be read is as good as none, and never worth the whole answer."""
    try:
        return read(value)
    except ValidationError:
        return None


OrNone = WrapValidator(_or_none)
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""USD or credits. Nobody is paid for a run: a negative one is as unreadable as one that is NaN."""
_AMOUNT = TypeAdapter[float](Amount)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")

    def as_received(self) -> dict[str, Any]:
        """The answer as JSON values, unknown fields included."""
        return self.model_dump(mode="json", exclude_unset=True)


class Receipt(_Answer):
    """What the headers of an answer tell: whose it is, its cost in USD, the pause it asks for.

    A cost of zero is none told: the headers may be written before the work is booked.
    """

    inference_id: str | None = None
    charged_usd: float | None = None
    retry_after_s: float | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> "Receipt":
        """Read `x-inference-id`, `x-aimlapi-usd-spent` or the credits used, and `Retry-After`."""
        usd = _amount(headers.get("x-aimlapi-usd-spent"))
        credits_used = _amount(headers.get("x-aimlapi-credits-used"))
        return cls(
            inference_id=identifier(headers.get("x-inference-id")),
            charged_usd=usd or credits_used / CREDITS_PER_USD or None,
            retry_after_s=retry_after_s(headers.get("Retry-After")),
        )


class _Usage(_Answer):
    credits_used: Amount


class _Meta(_Answer):
    usage: Annotated[_Usage | None, OrNone] = None


class _Metered(_Answer):
    meta: Annotated[_Meta | None, OrNone] = None

    def charged_usd(self, receipt: Receipt) -> float | None:
        """The charge by `meta.usage`, else by the headers; None where neither tells.

        A zero tells nothing either: no result is free, and the ledger tells later.
        """
        credits_used = self.meta.usage.credits_used if self.meta and self.meta.usage else 0.0
        return credits_used / CREDITS_PER_USD or receipt.charged_usd


class Picture(_Answer):
    """One generated picture: an address, or the file itself in base64."""

    url: str | None = None
    b64_json: str | None = None


class ImageAnswer(_Metered):
    """`POST /v1/images/generations`."""

    data: tuple[Picture, ...] = Field(min_length=1)


class _Video(_Answer):
    url: str


class _Error(_Answer):
    name: str = ""
    message: str = ""


class VideoAnswer(_Metered):
    """`POST` and `GET /v2/video/generations`."""

    id: str = Field(min_length=1)
    status: str = ""
    video: Annotated[_Video | None, OrNone] = None
    error: Annotated[_Error | None, OrNone] = None

    @property
    def phase(self) -> Phase:
        """The status word, read by the one vocabulary."""
        return phase_of(self.status)


class Balance(_Answer):
    """`GET /v2/billing`."""

    current_balance: float


class Pricing(_Answer):
    """A model's price: read `kind` first, and each `price` together with its `per`.

    `units` are the rates of a "fixed" price, `{name, price, per, …}`; `variants` those of the price
    of that name, `{when: {parameter: value}, unit, price, per}` (the provider's page on its model
    catalogue). A "variable" price has neither: it is known only after the run.
    """

    kind: str
    currency: str = "USD"
    units: tuple[dict[str, Any], ...] = ()
    dimensions: tuple[str, ...] = ()
    variants: tuple[dict[str, Any], ...] = ()


class _Model(_Answer):
    """`aliases` are other names the model can be asked for under; ours may be one of them."""

    id: str
    aliases: tuple[str, ...] | None = None
    pricing: Annotated[Pricing | None, OrNone] = None


class ModelList(_Answer):
    """`GET /v1/models`."""

    data: tuple[_Model, ...]


class Percentiles(_Answer):
    """Durations in milliseconds."""

    p50: float
    p75: float
    p90: float
    p99: float


class _Metrics(_Answer):
    duration_ms: Annotated[Percentiles | None, OrNone] = None


class _ModelMetrics(_Answer):
    alias: str
    metrics: _Metrics


class MetricsAnswer(_Answer):
    """`GET /models/metrics`."""

    models: tuple[_ModelMetrics, ...]


class Money(_Answer):
    """An amount; never negative."""

    usd: Amount


class LogRow(_Answer):
    """One request in `GET /v2/logs`."""

    created: datetime
    status: str
    model: str
    cost: Annotated[Money | None, OrNone] = None
    inference_id: str | None = None
    request_id: str | None = None
    client_request_id: str | None = None


class _LogPages(_Answer):
    has_more: bool = False


class LogPage(_Answer):
    """One page of `GET /v2/logs`."""

    data: tuple[LogRow, ...]
    pagination: _LogPages = _LogPages()


class Charge(_Answer):
    """One movement of `GET /v2/billing/transactions`."""

    created_at: datetime
    direction: str
    amount: Money
    reference_id: str | None = None


def _readable_charges(rows: Any) -> Any:
    """Leave out rows that cannot be read: an amount that is none is not booked."""
    if not isinstance(rows, list):
        return rows
    read = (_or_none(row, Charge.model_validate) for row in rows)
    return [row for row in read if row]


class _LedgerPages(_Answer):
    next_cursor: str | None = None


class LedgerPage(_Answer):
    """One page of `GET /v2/billing/transactions`."""

    data: Annotated[tuple[Charge, ...], BeforeValidator(_readable_charges)]
    pagination: _LedgerPages = _LedgerPages()


def _amount(text: str | None) -> float:
    """The amount in a header, 0 where there is none that can be read."""
    try:
        return _AMOUNT.validate_python(text)
    except ValidationError:
        return 0.0
