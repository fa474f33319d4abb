"""Every failure a user can meet, as one tree.

    PlaygroundError
    ├── SettingsError              a setting cannot be used; the app does not start
    ├── InvalidInput               the user can fix it in the form; nothing was sent
    │   ├── InvalidRequest         one sentence for each field that is wrong
    │   ├── MediaRejected          a file or its content cannot be used
    │   ├── RepairCancelled        the user stopped the repair of a file
    │   └── AddressBlocked         an address the playground does not go to
    ├── AskedBefore                an id was used already: nothing is made or sent a second time
    │   ├── AskedDifferently       it stands for another request
    │   └── MadeAndDeleted         its run was made, and deleted since
    ├── RunNotFound                no such run here
    ├── ShowcaseNotFound           no such showcase, item or comment here, or its link is over
    ├── DatabaseUnavailable        the runs cannot be read or written just now
    │   └── DatabaseDamaged        its file is broken or gone, and has to be recovered
    ├── SpendingRefused            not started: the limit on the day's spending is in the way
    │   ├── SpendLimitReached      what is left of the limit is less than the run would cost
    │   └── PriceUnknown           nobody can tell whether the run would stay within the limit
    ├── ProviderError              the provider said no, or said nothing
    │   ├── NotAccepted            certainly not accepted: sending again cannot pay twice
    │   │   ├── Unreachable        the request did not get there whole, or a question has no answer
    │   │   ├── Unreadable         a question was answered, and the answer cannot be read
    │   │   │   └── NotTheProvider   by something else than the provider's API: a web page
    │   │   ├── NotSendable        a setting or a file here is in the way: repeating is no use
    │   │   ├── RateLimited        429
    │   │   ├── Overloaded         503 with a Retry-After, answered by the provider itself
    │   │   └── ProviderPaused     not even tried: it failed too often, or asked for a pause
    │   ├── Refused                understood and declined: the same request would be declined again
    │   │   ├── BadRequest         400, 404, 409, 413, 422 and every other 4xx
    │   │   ├── BadKey             401
    │   │   └── NoCredit           402, 403
    │   ├── AnswerLost             the request may have been accepted: never sent again by itself
    │   └── GenerationFailed       accepted, then reported as failed; not charged
    └── StorageError               a file could not be kept here, or not be fetched
        ├── DownloadFailed         worth another try
        ├── DownloadUnfinished     a part is here and stays; the next try goes on from there
        ├── LinkExpired            the link is gone; ask for a new one
        └── DiskFull               no room for the file

Catch `PlaygroundError` to be broad, a branch to recover narrowly. `str(error)` is the sentence the
user reads: what happened, whether it cost anything, what to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


class PlaygroundError(Exception):
    """Base of all. `cost` and `advice` complete the message to the sentence shown to the user."""

    cost = ""
    advice = ""

    def __init__(self, message: str, *, cost: str | None = None, advice: str | None = None) -> None:
        self.message = message
        self.cost = self.cost if cost is None else cost
        self.advice = self.advice if advice is None else advice
        super().__init__(" ".join(part for part in (message, self.cost, self.advice) if part))


class SettingsError(PlaygroundError):
    """A setting has a value that cannot be used; names the setting."""


class InvalidInput(PlaygroundError):
    """The user can fix it in the form. Nothing was sent."""


class InvalidRequest(InvalidInput):
    """`problems` maps a field's name to the sentence shown beside it; the name "" is the form."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class MediaRejected(InvalidInput):
    """A file cannot be used: unreadable, of another kind than its name says, or beyond a limit.

    `finding` is what is wrong, `remedy` what helps with one's own file and not with a result.
    """

    def __init__(self, finding: str, *, remedy: str = "") -> None:
        self.finding = finding.removesuffix(".")
        super().__init__(f"{finding}; {remedy}." if remedy else finding)


class RepairCancelled(InvalidInput):
    """The user stopped the repair of a file before it was done; nothing of it is kept."""


class AddressBlocked(InvalidInput):
    """An address the playground does not go to: not https, private, or with credentials in it."""


class AskedBefore(PlaygroundError):
    """An id, or a key, was used already: nothing is made or sent a second time."""

    cost = "Nothing was sent or charged now."


class AskedDifferently(AskedBefore):
    """The id, or the key, stands for another request than the one that came with it now."""

    def __init__(self) -> None:
        message = "This id or key was used before, for another request."
        super().__init__(message, advice="Repeat that request as it was, or take a new key.")


class MadeAndDeleted(AskedBefore):
    """What is asked for was made under this id before, and deleted since."""

    def __init__(self) -> None:
        super().__init__(
            "This was made already, and deleted since.",
            advice="Generate again to make, and pay for, a new one; a program takes a new key.",
        )


class RunNotFound(PlaygroundError):
    """No run with this id is kept here."""


class ShowcaseNotFound(PlaygroundError):
    """No showcase, item, comment or link with this id is kept here any more."""


class SpendingRefused(PlaygroundError):
    """A limit on the day's spending does not let this run start."""

    cost = "Nothing was sent or charged."


class SpendLimitReached(SpendingRefused):
    """What is left of the day's limit is less than the run would cost."""

    advice = "Ask for less, or wait for the next day, which begins at 00:00 UTC."


class PriceUnknown(SpendingRefused):
    """There is a limit, and the price of the run is not known: it could break the limit."""


class DatabaseUnavailable(PlaygroundError):
    """The database is locked, full or not there; what was to be kept is not kept."""

    cost = "Nothing was sent or charged."
    advice = "Try again in a moment."


class DatabaseDamaged(DatabaseUnavailable):
    """The database's file is broken, empty or gone; nothing was overwritten."""

    advice = (
        "Stop the playground and run `python app.py recover`: it gets back what can be read, and "
        "keeps the damaged file."
    )


@dataclass(frozen=True)
class Facts:
    """What the provider told about a call that failed.

    `detail` is its own message, `request_id` its id of the HTTP call, `inference_id` of the work.
    """

    detail: str = ""
    request_id: str | None = None
    inference_id: str | None = None
    status_code: int | None = None
    retry_after_s: float | None = None


class ProviderError(PlaygroundError):
    """A call to the provider did not bring what was asked for."""

    def __init__(
        self, message: str, facts: Facts | None = None, *, advice: str | None = None
    ) -> None:
        self.facts = facts or Facts()
        super().__init__(message, advice=advice)


class NotAccepted(ProviderError):
    """Certainly not accepted: a repeat cannot pay twice."""

    cost = "Nothing was charged."
    advice = "It is tried again by itself."


class Unreachable(NotAccepted):
    """The request did not get to the provider whole, or a question to it was not answered."""


class Unreadable(NotAccepted):
    """A question was answered, but its answer is not what the provider's description promises."""


class NotTheProvider(Unreadable):
    """A web page came instead of an answer: a gateway, a login page, or a wrong address."""

    advice = "It is tried again by itself. If it stays so, check AIML_API_BASE and the proxy."


class NotSendable(NotAccepted):
    """It cannot be sent from here before something is mended; repeating it alone is no use."""

    cost = "Nothing was sent or charged."
    advice = "Mend it, start the playground again and send the request again."


class RateLimited(NotAccepted):
    """The provider asks for a pause (429)."""


class Overloaded(NotAccepted):
    """The provider is too busy, and says when to come back (503, its own shape, Retry-After)."""


class ProviderPaused(NotAccepted):
    """Nothing is asked of the provider before `until`, in seconds since the epoch."""

    cost = "Nothing is sent or charged until then."
    advice = "It goes on by itself."

    def __init__(self, message: str, facts: Facts | None = None, *, until: float = 0.0) -> None:
        self.until = until
        super().__init__(message, facts)


class Refused(ProviderError):
    """Understood and declined; the same request would be declined again."""

    cost = "Nothing was charged."
    advice = "Change the request and generate again."


class BadRequest(Refused):
    """A value, or the request as a whole, is not what the provider takes (4xx)."""


class BadKey(Refused):
    """The key is missing, wrong or withdrawn (401)."""

    advice = "Check AIML_API_KEY and start the playground again."


class NoCredit(Refused):
    """The account has no credit left, or may not use this model (402, 403)."""

    advice = "Top up the account at the provider, then generate again."


class AnswerLost(ProviderError):
    """The request left and no usable answer came back; it may have been accepted and charged."""

    cost = "It may have been accepted."
    advice = "The provider's log is being searched; it is not sent again by itself."


class GenerationFailed(ProviderError):
    """The provider accepted the run and later reported that it failed."""

    cost = "A failed generation is not charged."
    advice = "Change the request and generate again."


class StorageError(PlaygroundError):
    """A file could not be kept here, or not be fetched, for something that is not sent yet."""

    cost = "Nothing was sent or charged."
    advice = "Try again in a moment."
    result_advice = "Copying it is tried again by itself."

    def of_a_result(self, cost: str) -> Self:
        """The same failure where the file is what a run brought; `cost` says where that is."""
        return type(self)(self.message, cost=cost, advice=self.result_advice)


class DownloadFailed(StorageError):
    """A transfer broke, or what arrived is not a whole, decodable file."""


class DownloadUnfinished(StorageError):
    """The try is over and brought the file on; what arrived stays."""

    result_advice = "The rest is fetched by itself."


class LinkExpired(StorageError):
    """The link is no longer served (403, 404, 410)."""


class DiskFull(StorageError):
    """The data folder has no room."""

    advice = "Free some space in the data folder, then try again."
    result_advice = "Free some space in the data folder; copying is then tried again by itself."
