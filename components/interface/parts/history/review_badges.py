"""What guests said of a run, in a word or two each."""

from components.interface.widgets.wording import counted
from components.runs.queries.history import Reviewed


def review_badges(reviewed: Reviewed) -> list[tuple[str, str]]:
    """A kind and a word for each thing that was said, in this order; none where nothing was."""
    said = [
        ("approved", "Approved", reviewed.approvals),
        ("change", "Change wanted", reviewed.change_requests),
        ("rejected", "Rejected", reviewed.rejections),
        ("comments", counted(reviewed.comments, "comment"), reviewed.comments),
    ]
    return [(kind, word) for kind, word, count in said if count]
