"""What really happened at the provider: who asked for what, what was made, what it cost."""

from dataclasses import dataclass, field
from math import inf


class Violation(BaseException):
    """The promise is broken; the sentence says how. No `except Exception` may swallow it."""


@dataclass
class Generation:
    """Work that the provider accepted. Times are the world's own, in seconds since the epoch.

    `charge_at` is when the ledger shows its charge, `inf` for never. `given` is what was handed to
    the playground whole: "id" once its id was read, "cost" once its true cost was.
    """

    id: str
    client_id: str
    kind: str
    accepted_at: float
    ready_at: float
    usd: float
    charge_at: float = inf
    logged_at: float = inf
    is_logged_with_id: bool = True
    fails: bool = False
    says: str = ""
    unknown_until: float = 0.0
    no_address_until: float = 0.0
    odd_status: str = ""
    usage: str = "right"
    pictures: int = 1
    links: int = 0
    link_life_s: float = inf
    link_since: float = 0.0
    given: set[str] = field(default_factory=set)

    @property
    def will_cost(self) -> bool:
        """Whether it is charged some day."""
        return not self.fails


@dataclass
class Post:
    """One request that may cost money, as far as the one who sent it can know."""

    at: float
    accepted: bool
    is_certain: bool
    """Whether the answer, or its lack, told that nothing was accepted."""
    fault: str


class ProviderRecords:
    """The provider's memory; refuses nothing, but tells when a request comes once too often."""

    def __init__(self) -> None:
        self.posts: dict[str, list[Post]] = {}
        self.by_client: dict[str, Generation] = {}
        self.by_id: dict[str, Generation] = {}
        self.failed_rows: list[tuple[float, str]] = []
        """When a request failed that the log names, and its client id."""

    def note_post(self, client_id: str, post: Post) -> None:
        """Keep a request. Raises `Violation` if it should never have been sent."""
        before = self.posts.setdefault(client_id, [])
        before.append(post)
        for earlier in before[:-1]:
            if earlier.accepted or not earlier.is_certain:
                raise Violation(
                    f"run {client_id} was sent again ({post.fault or 'answered'}) although its "
                    f"request of {earlier.at:.0f} ended in {earlier.fault or 'an answer'}"
                )

    def accept(self, generation: Generation) -> None:
        """Begin to work."""
        self.by_id[generation.id] = generation
        self.by_client[generation.client_id] = generation
