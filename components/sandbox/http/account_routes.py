"""The routes that look at the database: balance, ledger, log and durations."""

import base64
import json

from starlette.requests import Request
from starlette.responses import Response

from components.sandbox.app_state import AppState
from components.sandbox.http import query_parameters
from components.sandbox.http.responses import ApiError, answer, check_key, timestamp
from components.sandbox.ledger.account import LogRow, Movement, fingerprint
from components.sandbox.ledger.prices import usd

_DIRECTIONS = ("TOPUP", "CHARGE")
_TYPES = ("PAYMENT", "BONUS", "REFUND", "ADJUSTMENT", "MODEL_USAGE", "CREDITS_EXPIRED", "INIT")


class Account:
    """Handlers of the account routes."""

    def __init__(self, app_state: AppState) -> None:
        self._shop = app_state

    async def balance(self, request: Request) -> Response:
        """`GET /v2/billing`."""
        self._enter(request)
        balance_usd = usd(self._shop.ledger.balance_credits())
        return answer(request, {"current_balance": balance_usd, "currency": "USD"})

    async def transactions(self, request: Request) -> Response:
        """`GET /v2/billing/transactions`: newest first, by cursor."""
        self._enter(request)
        query = request.query_params
        start = query_parameters.moment(query, "from", needs_offset=True)
        end = query_parameters.moment(query, "to", needs_offset=True)
        if start and end and end <= start:
            raise ApiError(400, "Query validation error: to: Expected a moment later than from")
        direction = query_parameters.choice(query, "direction", _DIRECTIONS)
        kind = query_parameters.choice(query, "type", _TYPES)
        limit = query_parameters.whole_number(query, "limit", default=50, low=1, high=100)
        before = _cursor_number(query.get("cursor"))
        found = [
            move
            for move in self._shop.ledger.movements()
            if (start is None or move.created_at >= start)
            and (end is None or move.created_at < end)
            and direction in (None, move.direction)
            and kind in (None, move.type)
            and (before is None or move.number < before)
        ]
        page, more = found[:limit], len(found) > limit
        pagination = {"next_cursor": _cursor(page[-1].number) if more else None, "has_more": more}
        content = {"data": [_movement(move) for move in page], "pagination": pagination}
        return answer(request, content)

    async def logs(self, request: Request) -> Response:
        """`GET /v2/logs`: one row per request made with this key, newest first."""
        key = self._enter(request)
        query = request.query_params
        if not key.startswith(query.get("key_prefix", "")):
            raise ApiError(403, "Listing the requests of another key requires a management key.")
        start, end = query_parameters.window(query, self._shop.ledger.now())
        models, statuses = query.getlist("model"), query.getlist("status")
        if len(models) > 50 or not set(statuses) <= {"succeeded", "failed"}:
            raise ApiError(400, "Query validation error: model, status: Unexpected value")
        limit = query_parameters.whole_number(query, "limit", default=50, low=1, high=100)
        offset = query_parameters.whole_number(query, "offset", default=0, low=0)
        own = fingerprint(key)
        found = [
            row
            for row in self._shop.ledger.rows()
            if row.key == own
            and start <= row.created_at <= end
            and (not models or row.model in models or row.model.partition("/")[2] in models)
            and (not statuses or _outcome(row) in statuses)
        ]
        pagination = {
            "limit": limit,
            "offset": offset,
            "total": len(found),
            "has_more": offset + limit < len(found),
        }
        page = [_row(row) for row in found[offset : offset + limit]]
        return answer(request, {"data": page, "pagination": pagination})

    async def metrics(self, request: Request) -> Response:
        """`GET /models/metrics`: no key is needed; only `aliases` may be asked for."""
        self._shop.jobs.settle()
        if others := sorted(set(request.query_params) - {"aliases"}):
            raise ApiError(400, f"Query validation error: {others[0]}: Unexpected parameter")
        aliases = request.query_params.getlist("aliases")
        if len(aliases) > 100:
            raise ApiError(400, "Query validation error: aliases: Expected at most 100 values")
        return answer(request, self._shop.metrics.report(aliases))

    def _enter(self, request: Request) -> str:
        self._shop.jobs.settle()
        return check_key(request, self._shop.options.key)


def _amount(credits_moved: int) -> dict[str, float | int]:
    return {"usd": usd(credits_moved), "credits": credits_moved}


def _movement(move: Movement) -> dict[str, object]:
    return {
        "created_at": timestamp(move.created_at),
        "direction": move.direction,
        "type": move.type,
        "amount": _amount(move.credits),
        "model": move.model,
        "reference_id": move.reference_id,
    }


def _outcome(row: LogRow) -> str:
    return "succeeded" if row.succeeded else "failed"


def _row(row: LogRow) -> dict[str, object]:
    return {
        "created": timestamp(row.created_at),
        "status": _outcome(row),
        "origin": "api",
        "model": row.model,
        "cost": _amount(row.credits),
        "tokens": {"input": 0, "output": 0, "total": 0},
        "request_id": row.request_id,
        "inference_id": row.inference_id,
        "client_request_id": row.client_request_id,
    }


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"v": 1, "n": number}).encode()).decode()


def _cursor_number(cursor: str | None) -> int | None:
    """Return where to go on. Raises `ApiError` 400 unless the cursor is one we issued."""
    if cursor is None:
        return None
    try:
        number = json.loads(base64.urlsafe_b64decode(cursor))["n"]
        if isinstance(number, int) and _cursor(number) == cursor:
            return number
    except (ValueError, LookupError, TypeError):
        pass
    raise ApiError(400, "Query validation error: cursor: Expected a cursor from a previous page")
