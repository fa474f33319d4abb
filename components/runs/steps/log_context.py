"""Which run a step is about, for whatever is logged while it is taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

RUN_ID: ContextVar[str] = ContextVar("run_id", default="")
"""Its id; "" outside of steps."""


@contextmanager
def about(run_id: str) -> Iterator[None]:
    """All that this thread logs meanwhile is about a run."""
    before = RUN_ID.set(run_id)
    try:
        yield
    finally:
        RUN_ID.reset(before)
