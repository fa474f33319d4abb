"""Answers in the provider's shapes: errors as JSON, and headers that name and price a call."""

import re
import uuid
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from components.sandbox.ledger.prices import usd

_CLIENT_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class ApiError(Exception):
    """Ends a call with an HTTP status and a message in the provider's error shape."""

    def __init__(self, status_code: int, message: str) -> None:
        self.status_code = status_code
        self.message = message
        super().__init__(message)


def timestamp(moment: datetime | None = None) -> str:
    """Return `moment` (default: now) as the provider writes it: UTC with milliseconds and "Z"."""
    moment = moment or datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def client_request_id(request: Request) -> str | None:
    """Return the caller's own id of the call, or None when it does not keep to the rules."""
    value = request.headers.get("x-client-request-id", "")
    return value if _CLIENT_REQUEST_ID.fullmatch(value) else None


def request_id(request: Request) -> str:
    """Return the id of this HTTP call."""
    if not hasattr(request.state, "request_id"):
        request.state.request_id = f"req-{uuid.uuid4()}"
    return str(request.state.request_id)


def answer(
    request: Request,
    content: object,
    *,
    inference_id: str | None = None,
    credits_used: int = 0,
) -> JSONResponse:
    """Return `content` as JSON with the provider's headers."""
    headers = {
        "x-aimlapi-credits-used": str(credits_used),
        "x-aimlapi-usd-spent": str(usd(credits_used)),
    }
    if inference_id:
        headers["x-inference-id"] = inference_id
    if own_id := client_request_id(request):
        headers["x-client-request-id"] = own_id
    return JSONResponse(content, headers=headers)


def error_answer(request: Request, status_code: int, message: str) -> Response:
    """Return {message, path, requestId, statusCode, timestamp}, as the provider's errors are."""
    body = {
        "message": message,
        "path": request.url.path,
        "requestId": request_id(request),
        "statusCode": status_code,
        "timestamp": timestamp(),
    }
    own_id = client_request_id(request)
    headers = {"x-client-request-id": own_id} if own_id else None
    return JSONResponse(body, status_code, headers)


def check_key(request: Request, only_key: str | None) -> str:
    """Return the caller's key. Raises `ApiError` 401 when there is none, or another one."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip() or only_key not in (None, key.strip()):
        raise ApiError(401, "This request requires a valid API key. Send it as a bearer token.")
    return key.strip()
