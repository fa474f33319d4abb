"""The rendering of one request, kept in a folder of its own until it is done.

The folder holds the checked request as JSON beside its media, so that the work can be taken up
again by another process.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from components.sandbox.jobs import Rendered
from components.sandbox.ledger.prices import PriceRule
from components.sandbox.options import SandboxOptions
from components.sandbox.rendering import rendering
from components.sandbox.rendering.reference_files import ReferenceFiles, gather
from components.sandbox.validation.checks import Element
from components.sandbox.validation.request_bodies import Contracts, GenerationRequest

LONGEST_SOURCE_S = 10
RuleOf = Callable[[str], PriceRule]
_FILE_NAME = "request.json"


@dataclass(frozen=True)
class RenderJob:
    """One request, its folder, and the "host:port" it may read media from without TLS."""

    request: GenerationRequest
    folder: Path
    plain_hosts: frozenset[str]

    def save(self) -> None:
        """Write the request into its folder."""
        content = {"order": asdict(self.request), "plain_hosts": sorted(self.plain_hosts)}
        (self.folder / _FILE_NAME).write_text(json.dumps(content), "utf-8")

    @classmethod
    def load(cls, folder: Path, contracts: Contracts) -> "RenderJob":
        """Read what `save` wrote. Raises `OSError` or `ValueError` when it is not there whole."""
        content = json.loads((folder / _FILE_NAME).read_text("utf-8"))
        fields = content["order"]
        contract = contracts(fields["model"])
        if contract is None:
            raise ValueError(f"{fields['model']} is served no more")
        fields |= {"scene": contract.scene, "names": contract.names}
        fields["images"] = tuple(fields["images"])
        fields["elements"] = tuple(
            Element(element["frontal"], tuple(element["others"])) for element in fields["elements"]
        )
        return cls(GenerationRequest(**fields), folder, frozenset(content["plain_hosts"]))

    def highest_credits(self, rule_of: RuleOf) -> int:
        """Return what the request can cost at most."""
        return _credits(self.request, LONGEST_SOURCE_S, rule_of)

    def gather(self) -> ReferenceFiles:
        """Fetch what the request names, into the folder. Raises `MediaRefused`."""
        return gather(self.request, self.folder, self.plain_hosts)

    def render(self, media: ReferenceFiles, options: SandboxOptions) -> Rendered:
        """Make the files, inside the folder."""
        return Rendered(self._files(media, options), self.credits(media, options.price_rule))

    def credits(self, media: ReferenceFiles, rule_of: RuleOf) -> int:
        """Return what the request costs by these rules."""
        source_s = media.video_facts.duration_s if media.video_facts else 0.0
        return _credits(self.request, source_s, rule_of)

    def _files(self, media: ReferenceFiles, options: SandboxOptions) -> tuple[Path, ...]:
        name = self.folder / self.folder.stem
        if self.request.scene == "pictures":
            return rendering.pictures(self.request, media, name, options.picture_long_side_px)
        return (rendering.video(self.request, media, name, options.video_short_side_px),)


def _credits(request: GenerationRequest, source_s: float, rule_of: RuleOf) -> int:
    """Return the price; an edit is as long as its source, and billed by the source's seconds."""
    seconds = source_s if request.scene == "edit" else request.duration_s
    values = {**vars(request), **request.options}
    choices = {
        name: values[role]
        for role, names in request.names.items()
        for name in names
        if role in values
    }
    return rule_of(request.model).credits_for(
        {"image": request.num_images, "video": 1, "second": seconds}, choices
    )
