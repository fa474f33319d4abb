"""The calls the playground makes to the AI/ML API."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel

from components.catalog.request import ENDPOINTS
from components.errors import AnswerLost, NotTheProvider, Unreachable, Unreadable
from components.provider.answers.answer import Answer
from components.provider.answers.answer_models import (
    Balance,
    ImageAnswer,
    LedgerPage,
    LogPage,
    LogRow,
    MetricsAnswer,
    ModelList,
    Percentiles,
    Pricing,
    Receipt,
    VideoAnswer,
)
from components.provider.http.http_client import HttpClient, Timeouts

PAGE_ROWS = 100
"""Most rows a page of the log or the ledger carries (the contract's maximum)."""
MAX_PAGES = 100
"""More are not read: what may stand on a later one must not be taken for absent."""

UNREAD = "The provider's answer could not be read."

AnswerT = TypeVar("AnswerT", bound=BaseModel)


class ProviderClient:
    """Typed calls; every one has a timeout and raises `ProviderError` alone."""

    def __init__(self, http: HttpClient, timeouts: Timeouts | None = None) -> None:
        self._http = http
        self._timeouts = timeouts or Timeouts()
        self._prices: tuple[str, dict[str, Pricing]] | None = None

    def generate_images(
        self, payload: dict[str, Any], client_request_id: str
    ) -> tuple[ImageAnswer, Receipt]:
        """Ask for pictures and wait for them, up to `Timeouts.images_s`."""
        answer = self._http.post(
            ENDPOINTS["image"],
            payload,
            client_request_id=client_request_id,
            read_timeout_s=self._timeouts.images_s,
        )
        return self._posted(answer, ImageAnswer), Receipt.from_headers(answer.headers)

    def submit_video(
        self, payload: dict[str, Any], client_request_id: str
    ) -> tuple[VideoAnswer, Receipt]:
        """Ask for a video; the answer's id is the generation to look for."""
        answer = self._http.post(
            ENDPOINTS["video"],
            payload,
            client_request_id=client_request_id,
            read_timeout_s=self._timeouts.submit_s,
        )
        accepted = self._posted(answer, VideoAnswer)
        if not accepted.status:
            raise AnswerLost(UNREAD, self._http.facts(answer))
        return accepted, Receipt.from_headers(answer.headers)

    def video_status(self, generation_id: str) -> tuple[VideoAnswer, Receipt]:
        """Look at a generation once."""
        answer = self._get(ENDPOINTS["video"], {"generation_id": generation_id})
        return self._read(answer, VideoAnswer), Receipt.from_headers(answer.headers)

    def balance_usd(self) -> float:
        """The account's credit, in USD."""
        return self._read(self._get("/v2/billing", {}), Balance).current_balance

    def prices(self, model_ids: Iterable[str]) -> dict[str, Pricing]:
        """The price of each model that has one, kept as long as the provider's ETag holds."""
        headers = {"If-None-Match": self._prices[0]} if self._prices else {}
        query = {"id": ",".join(model_ids), "include": "pricing"}
        answer = self._get("/v1/models", query, headers)
        if answer.status_code == HTTPStatus.NOT_MODIFIED and self._prices:
            return self._prices[1]
        models = self._read(answer, ModelList).data
        prices = {
            name: model.pricing
            for model in models
            if model.pricing
            for name in (*(model.aliases or ()), model.id)
        }
        if etag := answer.headers.get("ETag"):
            self._prices = (etag, prices)
        return prices

    def durations(self, model_ids: Iterable[str]) -> dict[str, Percentiles]:
        """How long each model took of late, for the models the provider has figures of."""
        answer = self._get("/models/metrics", {"aliases": list(model_ids)})
        return {
            model.alias: model.metrics.duration_ms
            for model in self._read(answer, MetricsAnswer).models
            if model.metrics.duration_ms
        }

    def find_log(
        self, client_request_id: str, *, since: datetime, until: datetime
    ) -> LogRow | None:
        """The provider's log row of one of our requests, one that succeeded before one that failed.

        A request that was sent again, after it was put off, has several. None where there is none.

        Raises:
            ProviderError: the log cannot be read, or not to its end.
        """
        failed = None
        for row in self._log_rows(since, until):
            if row.client_request_id == client_request_id:
                if row.status != "failed":
                    return row
                failed = failed or row
        return failed

    def ledger_page(
        self, *, since: datetime, until: datetime | None = None, cursor: str | None = None
    ) -> LedgerPage:
        """A page of what was charged from `since` on and before `until`, newest first.

        `cursor` is the `next_cursor` of the page before, which is None on the last one.
        """
        window = {"from": since.isoformat(), "to": until.isoformat() if until else None}
        query = {**window, "direction": "CHARGE", "limit": PAGE_ROWS, "cursor": cursor}
        asked = {name: value for name, value in query.items() if value is not None}
        return self._read(self._get("/v2/billing/transactions", asked), LedgerPage)

    def _log_rows(self, since: datetime, until: datetime) -> Iterator[LogRow]:
        window = {"start": since.isoformat(), "end": until.isoformat(), "limit": PAGE_ROWS}
        for number in range(MAX_PAGES):
            page = self._read(
                self._get("/v2/logs", {**window, "offset": number * PAGE_ROWS}), LogPage
            )
            yield from page.data
            if not page.pagination.has_more:
                return
        raise Unreachable("The provider's log is too long to be read to its end.")

    def _get(
        self, path: str, query: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Answer:
        return self._http.get(path, query, read_timeout_s=self._timeouts.read_s, headers=headers)

    def _read(self, answer: Answer, shape: type[AnswerT]) -> AnswerT:
        """Read the answer to a question."""
        try:
            return self._shaped(answer, shape)
        except ValueError:
            facts = self._http.facts(answer)
            if answer.is_web_page:
                raise NotTheProvider(answer.web_page_words, facts) from None
            raise Unreadable(UNREAD, facts) from None

    def _posted(self, answer: Answer, shape: type[AnswerT]) -> AnswerT:
        """Read the answer to a POST: unreadable, it is a lost one; it may have been accepted."""
        try:
            return self._shaped(answer, shape)
        except ValueError:
            what = answer.web_page_words if answer.is_web_page else UNREAD
            raise AnswerLost(what, self._http.facts(answer)) from None

    def _shaped(self, answer: Answer, shape: type[AnswerT]) -> AnswerT:
        """The answer's values; those of a generation are kept, so without an echo of the key."""
        value = answer.value
        is_kept = issubclass(shape, ImageAnswer | VideoAnswer)
        return shape.model_validate(self._http.redaction.answer(value) if is_kept else value)
