"""What an answer's status means: which are refusals, and which tell nothing of the request."""

from http import HTTPStatus

from components.errors import (
    AnswerLost,
    BadKey,
    BadRequest,
    NoCredit,
    NotTheProvider,
    Overloaded,
    RateLimited,
    Unreachable,
)
from components.provider.answers.answer import Answer
from components.provider.redaction import Redaction


def raise_for_get(answer: Answer, redaction: Redaction, host: str) -> None:
    """Raise what the status of an answer to a GET means, if it is not the answer asked for."""
    code = answer.status_code
    if _is_no_answer(code):
        what = _gateway_words(answer) or f"{host} has a problem ({code})."
        raise Unreachable(what, answer.facts(redaction))
    if code >= HTTPStatus.BAD_REQUEST and _is_of_something_else(answer):
        raise NotTheProvider(answer.web_page_words, answer.facts(redaction))
    _raise_for_refusal(answer, redaction, host)


def raise_for_post(answer: Answer, redaction: Redaction, host: str, *, was_whole: bool) -> None:
    """Raise what the status of an answer to a POST means, if it is not an acceptance.

    `was_whole` tells whether the last byte of the request was handed over before the answer came.
    """
    code = answer.status_code
    if code < HTTPStatus.MULTIPLE_CHOICES:
        return
    facts = answer.facts(redaction)
    told_to_wait = answer.error_body() is not None and facts.retry_after_s is not None
    if code == HTTPStatus.SERVICE_UNAVAILABLE and told_to_wait and not facts.inference_id:
        raise Overloaded("The provider is overloaded.", facts)
    if _is_no_answer(code):
        what = _gateway_words(answer) or f"The provider answered with an error ({code})."
        if not was_whole:
            raise Unreachable(f"{what} It had not read the request to its end.", facts)
        raise AnswerLost(what, facts)
    if code >= HTTPStatus.BAD_REQUEST and _is_of_something_else(answer):
        is_too_long = code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise BadRequest(
            f"{answer.web_page_words}{' The request is too long for it.' * is_too_long}",
            facts,
            advice="Check AIML_API_BASE and what stands in between, then generate again.",
        )
    _raise_for_refusal(answer, redaction, host)


def _raise_for_refusal(answer: Answer, redaction: Redaction, host: str) -> None:
    code = answer.status_code
    if code < HTTPStatus.MULTIPLE_CHOICES or code == HTTPStatus.NOT_MODIFIED:
        return
    facts = answer.facts(redaction)
    said = f" It says: {facts.detail.rstrip('.')}." if facts.detail else ""
    match code:
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimited("The provider asks for a pause (429).", facts)
        case HTTPStatus.UNAUTHORIZED:
            raise BadKey("The provider does not accept the key (401).", facts)
        case HTTPStatus.PAYMENT_REQUIRED | HTTPStatus.FORBIDDEN:
            raise NoCredit(f"The provider declined the account ({code}).{said}", facts)
        case _ if code < HTTPStatus.BAD_REQUEST:
            raise BadRequest(
                f"{host} sent the request elsewhere ({code}).",
                facts,
                advice="Check AIML_API_BASE.",
            )
        case _:
            raise BadRequest(f"The provider declined the request ({code}).{said}", facts)


def _is_no_answer(status_code: int) -> bool:
    """Whether a status tells nothing of the request itself: 408, 5xx, and what is no status."""
    is_timeout = status_code == HTTPStatus.REQUEST_TIMEOUT
    return is_timeout or status_code >= HTTPStatus.INTERNAL_SERVER_ERROR


def _is_of_something_else(answer: Answer) -> bool:
    """A web page instead of a refusal; a 429 asks for a pause in whatever words."""
    return answer.is_web_page and answer.status_code != HTTPStatus.TOO_MANY_REQUESTS


def _gateway_words(answer: Answer) -> str:
    if not answer.is_web_page:
        return ""
    return f"A gateway answered for the provider, with an error page ({answer.status_code})."
