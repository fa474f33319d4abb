"""What stands in the way of a download, in a sentence that names the host, and what helps."""

from dataclasses import dataclass
from ssl import SSLCertVerificationError

import httpcore

from components.errors import DownloadFailed, LinkExpired
from components.media.download.connection import NameUnknown
from components.media.download.transfer import TransferCut, TurnOver

UPLOAD = "or upload the file itself"
LATER = f"Try again later, {UPLOAD}."
OTHER = f"Check the address, {UPLOAD}."
_GONE = {403, 404, 410}
_REFUSALS = {
    401: ("asks for a login", f"Take an address that needs none, {UPLOAD}."),
    402: ("asks for a payment", f"Take an address that costs nothing, {UPLOAD}."),
    403: ("does not give this file out", f"The link may be over: copy it anew, {UPLOAD}."),
    404: ("has no file at this address", OTHER),
    407: ("asks for the login of a proxy", LATER),
    410: ("no longer has this file", f"Take another address, {UPLOAD}."),
    429: ("is asked too often just now", LATER),
}
"""What a status says of a file (RFC 9110, 15), and what helps; the rest goes by its hundred."""

_ON_THE_WAY: tuple[tuple[type[Exception], str, str], ...] = (
    (httpcore.TimeoutException, "{host} was too slow to send the file.", LATER),
    (httpcore.ProxyError, "The proxy that is set did not connect to {host}.", LATER),
    (SSLCertVerificationError, "The certificate of {host} is not trusted here.", OTHER),
    (NameUnknown, "No host named {host} was found from here.", OTHER),
)


@dataclass(frozen=True)
class Failure:
    """`sentence` is "" when the try only had its time; `advice` is for who gave the address."""

    sentence: str = ""
    advice: str = LATER


def require_success(status: int, host: str) -> None:
    """Let an answer pass that brings a file, or the rest of one.

    Raises `LinkExpired` (403, 404, 410) and `DownloadFailed`.
    """
    if status in (200, 206, 416):
        return
    other = ("has a fault of its own", LATER) if status >= 500 else ("declined", OTHER)
    finding, advice = _REFUSALS.get(status, other)
    kind = LinkExpired if status in _GONE else DownloadFailed
    raise kind(f"{host} {finding} ({status}).", advice=advice)


def too_many_redirects(host: str, count: int) -> DownloadFailed:
    """The address leads from one to the next."""
    return DownloadFailed(
        f"{host} redirects more than {count} times.",
        advice=f"Take the address where a browser ends up, {UPLOAD}.",
    )


def failure_of(error: Exception, host: str) -> Failure:
    """What went wrong on the way."""
    if isinstance(error, TurnOver):
        return Failure()
    if isinstance(error, TransferCut):
        return Failure(error.sentence)
    # httpcore hides the cause when it gives a connection up, and leaves the context.
    causes = (error, error.__cause__ or error.__context__)
    for kind, sentence, advice in _ON_THE_WAY:
        if any(isinstance(it, kind) for it in causes):
            return Failure(sentence.format(host=host), advice)
    return Failure(f"The connection to {host} failed.")
