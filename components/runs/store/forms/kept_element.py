"""A kept element: what may come in, and what a form can take when it is read back."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from components.catalog.fields import Element, Parameter, parameters_of
from components.errors import InvalidInput, InvalidRequest, MediaRejected
from components.media.download.addresses import check_address
from components.media.store.media_store import REF_PREFIX, media_type, name_of

MOST_PROBLEMS = 5
"""So many are enough to read at once."""
_FRONT, _OTHERS = parameters_of(Element)
_REFERENCE = re.compile(re.escape(REF_PREFIX) + r"([0-9a-f]{64}\.[a-z0-9]{2,5})")


def checked_element(element: Any, allowed_hosts: frozenset[str]) -> dict[str, Any]:
    """The element as the catalogue describes it, gaps between its views left out.

    `allowed_hosts` are host:port pairs that an address may name besides public ones.

    Raises:
        InvalidRequest: one sentence for each thing that is wrong.
    """
    if not isinstance(element, Mapping):
        raise InvalidRequest({"": "That is no element: it has a front view and other views."})
    problems = {
        str(name): f"An element has no field {str(name)[:40]!a}."
        for name in element
        if name not in (_FRONT, _OTHERS)
    }
    front, others = element.get(_FRONT), element.get(_OTHERS)
    views = {_FRONT: [front], _OTHERS: others if isinstance(others, list | tuple) else [others]}
    kept = {name: [it for it in given if it not in (None, "")] for name, given in views.items()}
    for name, parameter in parameters_of(Element).items():
        if problem := _problem(parameter, kept[name], allowed_hosts):
            problems[name] = problem
    if problems:
        raise InvalidRequest(dict(list(problems.items())[:MOST_PROBLEMS]))
    return {_FRONT: kept[_FRONT][0], _OTHERS: kept[_OTHERS]}


def readable_element(text: str) -> dict[str, Any] | None:
    """What is stored, where a form can take it; an element may be unfinished, but nothing else."""
    try:
        element = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(element, dict) or not element.keys() <= {_FRONT, _OTHERS}:
        return None
    others = element.get(_OTHERS) or []
    if not isinstance(others, list):
        return None
    views = [element.get(_FRONT), *others]
    return element if all(it is None or _is_text(it) for it in views) else None


def files_in(text: str) -> Iterator[str]:
    """The names of the kept files that a stored element refers to, readable or not."""
    for match in _REFERENCE.finditer(text):
        yield match[1]


def _problem(parameter: Parameter, views: list[Any], allowed_hosts: frozenset[str]) -> str:
    """What is wrong with the pictures of a field, in one sentence; "" where nothing is."""
    if not views:
        return parameter.missing
    most = getattr(parameter, "max_items", 1)
    if len(views) > most:
        return f"{parameter.label}: {len(views)} pictures, but an element has at most {most}."
    for view in views:
        if not isinstance(view, str):
            return f"{parameter.label}: give pictures kept here, or https:// addresses."
        try:
            _require_picture(view, allowed_hosts)
        except InvalidInput as error:
            return f"{parameter.label}: {error}"
    return ""


def _require_picture(view: str, allowed_hosts: frozenset[str]) -> None:
    """Raises `InvalidInput` for what is neither a kept picture nor an address to go to."""
    if not view.startswith(REF_PREFIX):
        check_address(view, allowed_hosts=allowed_hosts)
    elif not media_type(name_of(view)).startswith("image"):
        raise MediaRejected("That file is not a picture.")


def _is_text(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(value.encode() or True)
    except UnicodeEncodeError:
        return False
