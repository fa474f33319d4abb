"""What an exception of the HTTP stack means: why a request did not get there, in one sentence."""

import ssl
from collections.abc import Iterator
from http.client import HTTPException

import requests
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
)
from urllib3.util import parse_url

from components.errors import Facts, NotAccepted, NotSendable, Unreachable
from components.provider.redaction import Redaction

FAILURES = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)
"""All that `requests` and what it stands on raise; some of it escapes them as it is."""
RESTART = "start the playground again and send the request again."


def not_sent(error: Exception, base_url: str, redaction: Redaction, otherwise: str) -> NotAccepted:
    """The failure of a request of which no last byte was handed over: nothing can have come of it.

    `NotSendable` where something here has to be mended first, else `Unreachable`; `otherwise` is
    said where the cause cannot be told.
    """
    causes = list(_causes(error))
    if mend := _to_be_mended(causes, base_url):
        # The details may name a proxy with its password.
        return NotSendable(mend[0], advice=mend[1])
    what, advice = _on_the_way(causes, base_url.partition("://")[2])
    return Unreachable(what or otherwise, Facts(detail=redaction.text(error)), advice=advice)


def _to_be_mended(causes: list[BaseException], base_url: str) -> tuple[str, str] | None:
    """What stands in the way here, and how to mend it; None where it may go by itself."""
    said = " ".join(map(str, causes))
    if any(isinstance(cause, InvalidSchema) for cause in causes) and "SOCKS" in said:
        return (
            "The proxy in the environment is a SOCKS one, and the package for it is missing.",
            f"Install it (pip install PySocks) or set another proxy, then {RESTART}",
        )
    if any(isinstance(cause, InvalidURL | InvalidSchema | MissingSchema) for cause in causes):
        if _is_address(base_url):
            return (
                "The address of the proxy in the environment cannot be read.",
                f"Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, then {RESTART}",
            )
        return "AIML_API_BASE is not an address.", f"Check AIML_API_BASE, then {RESTART}"
    is_bad_bundle = any(
        isinstance(cause, ssl.SSLError) and cause.reason in _BAD_BUNDLE for cause in causes
    )
    if is_bad_bundle or "CA certificate bundle" in said:
        return (
            "The file of trusted certificates cannot be read.",
            f"Check REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, then {RESTART}",
        )
    if any(isinstance(cause, UnicodeError) for cause in causes):
        return (
            "The request cannot be written down as HTTP demands.",
            f"Check AIML_API_KEY and AIML_API_BASE, then {RESTART}",
        )
    return None


def _on_the_way(causes: list[BaseException], host: str) -> tuple[str, str | None]:
    """What happened on the way to the host; advice where something else than waiting may help."""
    refusal = next((str(each) for each in causes if str(each).startswith(_TUNNEL)), None)
    if refusal:
        code = refusal.removeprefix(_TUNNEL)
        return f"The proxy does not connect to {host} ({code}).", _CHECK_PROXY
    if _has(causes, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not trusted here.", _CHECK_CERTIFICATE
    if _has(causes, ProxyError):
        return "The proxy does not answer.", _CHECK_PROXY
    for kind, what in (
        (ssl.SSLError, f"No secure connection to {host} came about."),
        (NameResolutionError, f"The name {host} could not be looked up."),
        (NewConnectionError, f"No connection to {host}."),
        (ConnectTimeoutError, f"No connection to {host}."),
    ):
        if _has(causes, kind):
            return what, None
    return "", None


def _is_address(url: str) -> bool:
    """Whether the provider's own address can be asked; then it is the proxy's that cannot."""
    try:
        return bool(parse_url(url).host) and url.startswith(("http://", "https://"))
    except (HTTPError, ValueError):
        return False


def _has(causes: list[BaseException], kind: type[BaseException]) -> bool:
    return any(isinstance(cause, kind) for cause in causes)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and all it names as its reasons, outermost first."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        named = (
            *cause.args,
            getattr(cause, "reason", None),
            getattr(cause, "original_error", None),
            cause.__cause__,
            cause.__context__,
        )
        waiting += [each for each in named if isinstance(each, BaseException)]


_TUNNEL = "Tunnel connection failed: "
_CHECK_PROXY = "Check HTTPS_PROXY. It is tried again by itself."
_CHECK_CERTIFICATE = (
    "If a proxy of yours stands in between, set REQUESTS_CA_BUNDLE to its certificate. "
    "It is tried again by itself."
)
_BAD_BUNDLE = {"NO_CERTIFICATE_OR_CRL_FOUND", "NO_START_LINE", "PEM_LIB", "BAD_BASE64_DECODE"}
