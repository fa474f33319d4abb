"""The pictures or clips of a run: what it was made from, and what came back."""

from dataclasses import dataclass

from components.catalog.fields import MediaKind, media_in
from components.catalog.request import ModelRequest
from components.media.download.addresses import host_of
from components.media.store.media_store import REF_PREFIX, ref
from components.runs.run import Output, Run

FIRST_RESULT, FIRST_SOURCE = "1", "s1"
_NOUN = {"image": "picture", "video": "video"}


@dataclass(frozen=True)
class Medium:
    """A picture or clip. `pick` names it in its run: "2" is the second result, "s1" the source.

    `url` is our own file, or "" where it lies at `host`, from which the page loads nothing;
    `poster` is what a clip shows until it plays.
    """

    pick: str
    label: str
    kind: MediaKind
    url: str
    host: str = ""
    poster: str = ""

    @property
    def is_source(self) -> bool:
        """What the run was made from, not what came back."""
        return self.pick.startswith("s")

    @property
    def elsewhere(self) -> str:
        """Why it cannot be shown, where it lies at another host."""
        return (
            f"The {self.label.lower()} lies at {self.host}, and this page shows nothing "
            "from other hosts."
        )


def media_of(run: Run, model: type[ModelRequest]) -> tuple[Medium, ...]:
    """The sources that are of the same kind as the result, then the results that are kept here."""
    kind = model.output
    sources = media_in(model, run.request, kind)
    results = [(str(number), it) for number, it in enumerate(run.outputs, 1) if it.name]
    return (
        *(
            Medium(
                f"s{number}",
                _label(f"Source {_NOUN[kind]}", number, len(sources)),
                kind,
                *at,
                poster=poster_url(at[0], kind),
            )
            for number, at in enumerate(map(_place, sources), 1)
        ),
        *(
            Medium(
                pick,
                _label("Result", int(pick), len(run.outputs)),
                kind,
                ref(it.name or ""),
                poster=poster_of(it),
            )
            for pick, it in results
        ),
    )


def poster_of(output: Output) -> str:
    """What a clip among the results shows until it plays; "" for a picture."""
    if output.thumb and output.kind == "video":
        return ref(output.thumb)
    return poster_url(ref(output.name), output.kind) if output.name else ""


def poster_url(url: str, kind: str) -> str:
    """What a kept clip shows until it plays; "" for a picture, and what lies elsewhere."""
    is_ours = kind == "video" and url.startswith(REF_PREFIX)
    return f"/posters/{url.removeprefix(REF_PREFIX)}" if is_ours else ""


def _place(source: str) -> tuple[str, str]:
    return (source, "") if source.startswith(REF_PREFIX) else ("", host_of(source))


def _label(noun: str, number: int, count: int) -> str:
    return f"{noun} {number} of {count}" if count > 1 else noun
