"""The JSON that the page and its server exchange, as one schema: `make wire` makes types of it.

The scripts are checked against those types, so a key that is renamed here and not there is found.
"""

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from components.interface.parts.feed.live_changes import Changes
from components.interface.parts.feed.results.result_routes import FrameBody, KeptFrame
from components.interface.parts.feed.run_routes import AgainBody
from components.interface.parts.history.detail.detail import Own
from components.interface.parts.history.history_routes import (
    Chosen,
    Deleted,
    Deletion,
    Elsewhere,
    FoundRun,
)
from components.interface.parts.showcases.adding.adding import AddBody, Added
from components.interface.parts.showcases.adding.adding_routes import HeldBody, Holders
from components.interface.parts.showcases.adding.choices import Choices
from components.interface.parts.showcases.editor.editor_routes import (
    AddedItem,
    ItemChange,
    ItemOrder,
    NewText,
    ShowcaseChange,
)
from components.interface.parts.showcases.editor.look.logo_routes import KeptLogo
from components.interface.parts.showcases.links.link_routes import LinkBody
from components.interface.parts.showcases.listing.list_routes import MadeShowcase, NewShowcase
from components.interface.parts.showcases.public_page.routes.review_messages import (
    CommentBody,
    NameBody,
    ResolvedBody,
    ReviewNews,
    VerdictBody,
)
from components.interface.parts.showcases.reviews.review_routes import (
    DrawnReviews,
    MakerComment,
    Resolution,
)
from components.interface.parts.workbench.plans.plan_routes import PlanBody, StartBody
from components.interface.requests.form_messages import (
    ElementBody,
    FormBody,
    FormStatus,
    StopBody,
    Values,
)
from components.interface.uploads.upload_routes import Uploaded
from components.interface.web.app import Problems

SENT: tuple[type[BaseModel], ...] = (
    AddBody,
    AgainBody,
    Chosen,
    CommentBody,
    Deletion,
    ElementBody,
    Elsewhere,
    FormBody,
    FrameBody,
    NameBody,
    HeldBody,
    Own,
    PlanBody,
    ResolvedBody,
    ItemChange,
    ItemOrder,
    LinkBody,
    MakerComment,
    NewShowcase,
    NewText,
    Resolution,
    ShowcaseChange,
    StartBody,
    StopBody,
    VerdictBody,
)
ANSWERED: tuple[type[BaseModel], ...] = (
    Added,
    AddedItem,
    Changes,
    Choices,
    Deleted,
    DrawnReviews,
    FormStatus,
    FoundRun,
    Holders,
    KeptFrame,
    KeptLogo,
    MadeShowcase,
    Problems,
    ReviewNews,
    Uploaded,
    Values,
)


def wire_schema() -> dict[str, Any]:
    """All messages, each under its class's name; what is sent may leave out what has a default."""
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in SENT),
        *((model, "serialization") for model in ANSWERED),
    ]
    _, schema = models_json_schema(modes)
    return {**_as_types(schema), "title": "Wire", "additionalProperties": False}


def _as_types(schema: Any) -> Any:
    """Without titles, each of which would become a type; what is free is free there too."""
    if isinstance(schema, list):
        return [_as_types(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("additionalProperties") is True:
        return {"tsType": "Record<string, any>"}
    titles = {"title"} if isinstance(schema.get("title"), str) else set[str]()
    return {key: _as_types(value) for key, value in schema.items() if key not in titles}


if __name__ == "__main__":
    print(json.dumps(wire_schema(), indent=1))  # noqa: T201
