"""Statuses of references as other replicas read them: plain values in the database.

Where it cannot be asked just now, each replica looks for itself: that is done twice, not wrongly.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from components.errors import DatabaseUnavailable
from components.interface.requests.reference_status import Key, ReferenceStatus
from components.media.clips.inspection import VideoInfo
from components.media.report import Harmless
from components.media.store.media_store import MediaStore, name_of
from components.runs.store.forms.shared_looks import Look, SharedLooks

WORKING = ReferenceStatus("working")


@dataclass(frozen=True)
class SharedStatuses:
    """`learn(source, length_s)` is told of clips that another replica measured."""

    looks: SharedLooks
    media: MediaStore
    learn: Callable[[str, float], object] = lambda *_: None

    def claim(self, key: Key) -> ReferenceStatus | None:
        """None where it is for this replica to look; else what is known of it elsewhere."""
        name = _name_of(key)
        with suppress(DatabaseUnavailable):
            found = self.looks.claim(name, written(WORKING))
            if found and not self._is_whole(found):
                self.looks.forget(name)
                found = self.looks.claim(name, written(WORKING))
            return self._told(key, found)
        return None

    def is_looked_at(self, key: Key) -> bool:
        """Whether another replica is at it."""
        with suppress(DatabaseUnavailable):
            found = self.looks.find(_name_of(key))
            return found is not None and not found.is_over
        return False

    def stopped(self, key: Key) -> ReferenceStatus | None:
        """What somebody noted who stopped it at another replica."""
        with suppress(DatabaseUnavailable):
            found = self.looks.find(_name_of(key))
            return read(found.status) if found and found.is_stopped else None
        return None

    def go_on(self, key: Key, progress: float) -> bool:
        """Say how far this replica is; False where nobody wants it any more."""
        with suppress(DatabaseUnavailable):
            return self.looks.go_on(_name_of(key), written(replace(WORKING, progress=progress)))
        return True

    def end(self, key: Key, status: ReferenceStatus, lasts_s: float) -> ReferenceStatus:
        """Say what was found; where somebody else has ended it, theirs holds."""
        with suppress(DatabaseUnavailable):
            is_stopped = status.state == "stopped"
            look = self.looks.end(_name_of(key), written(status), lasts_s, is_stopped=is_stopped)
            return read(look.status) if look.is_stopped else status
        return status

    def forget(self, key: Key) -> None:
        """This replica will not look after all."""
        with suppress(DatabaseUnavailable):
            self.looks.forget(_name_of(key))

    def _is_whole(self, found: Look) -> bool:
        """Whether every file that it names is still kept."""
        examined = read(found.status).examined
        return examined is None or all(self.media.has(name_of(it)) for it in examined.refs)

    def _told(self, key: Key, found: Look | None) -> ReferenceStatus | None:
        if found is None:
            return None
        status = read(found.status)
        clip = status.examined.preflight.before if status.examined else None
        if isinstance(clip, VideoInfo):
            self.learn(key[0], clip.total_s or clip.duration_s)
        return status


def _name_of(key: Key) -> str:
    """A reference and the choices for it, as one short name."""
    source, choices = key
    text = json.dumps([source, choices.kind, asdict(choices)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _adapter() -> TypeAdapter[ReferenceStatus]:
    return TypeAdapter(ReferenceStatus)


def written(status: ReferenceStatus) -> dict[str, Any]:
    """A status as plain values."""
    changes = status.examined.preflight.changes if status.examined else ()
    harmless = [place for place, it in enumerate(changes) if isinstance(it, Harmless)]
    return {"status": _adapter().dump_python(status, mode="json"), "harmless": harmless}


def read(kept: Mapping[str, Any]) -> ReferenceStatus:
    """The status that was written."""
    status = _adapter().validate_python(kept["status"])
    if status.examined is None:
        return status
    facts = status.examined.preflight
    changes = tuple(
        Harmless(it) if place in kept["harmless"] else str(it)
        for place, it in enumerate(facts.changes)
    )
    examined = replace(status.examined, preflight=replace(facts, changes=changes))
    return replace(status, examined=examined)
