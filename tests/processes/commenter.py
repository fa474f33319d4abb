"""Guests who comment one after the other, in a process that may be killed at any moment.

`python -m tests.processes.commenter FOLDER DATABASE SHOWCASE ITEM` prints the id of each comment,
and of each verdict its number, once it is kept.
"""

import itertools
import sys
from pathlib import Path

from components.showcases.review import Verdict
from components.showcases.reviews import NewComment
from tests.samples.showcase_room import opened_room


def comment_on(folder: Path, url: str, showcase_id: str, item_id: str) -> None:
    """Go on until the end comes."""
    with opened_room(folder, 0, url=url) as room:
        reviews = room.showcases.reviews
        guest, _ = reviews.enter(showcase_id, "Ada")
        print(guest.id, flush=True)
        for number in itertools.count():
            kept = reviews.comment(
                showcase_id, NewComment(item_id=item_id, text=f"{number}"), guest
            )
            reviews.judge(showcase_id, item_id, guest, verdict=list(Verdict)[number % 4])
            print(kept.id, flush=True)


if __name__ == "__main__":
    comment_on(Path(sys.argv[1]), *sys.argv[2:])
